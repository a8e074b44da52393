async function readOrders(api) {
  const response = await fetch(`${api}/orders`, {
    headers: { Authorization: 'Bearer token-of-anna' },
  });
  return response.json();
}

async function readOrdersWithoutToken(api) {
  const response = await fetch(`${api}/orders`);
  return { status: response.status, body: await response.json() };
}

export default [readOrders, readOrdersWithoutToken];
