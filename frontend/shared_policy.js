async function cancelOrder(api) {
  const response = await fetch(`${api}/orders/17`, {
    method: 'DELETE',
    headers: { Authorization: 'Bearer token-of-anna' },
  });
  return response.json();
}

async function cancelWithAnotherHeader(api) {
  const response = await fetch(`${api}/orders/17`, {
    method: 'DELETE',
    headers: { Authorization: 'Bearer token-of-anna', 'X-Debug': '1' },
  });
  return response.json();
}

async function cancelNothing(api) {
  const response = await fetch(`${api}/nowhere`, {
    method: 'DELETE',
    headers: { Authorization: 'Bearer token-of-anna' },
  });
  return { status: response.status, body: await response.json() };
}

export default [cancelOrder, cancelWithAnotherHeader, cancelNothing];
