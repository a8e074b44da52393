const order = JSON.stringify({ bread: 'rye' });

async function orderAsJson(api) {
  const response = await fetch(`${api}/orders`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: order,
  });
  return response.json();
}

// A Blob without a type has no Content-Type, so the browser doesn't send a preflight.
async function orderWithoutType(api) {
  const response = await fetch(`${api}/orders`, { method: 'POST', body: new Blob([order]) });
  return { status: response.status, body: await response.json() };
}

export default [orderAsJson, orderWithoutType];
