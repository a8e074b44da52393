async function readPublic(api) {
  const response = await fetch(`${api}/public/menu`);
  return response.json();
}

async function changePublic(api) {
  const response = await fetch(`${api}/public/menu`, {
    method: 'PUT',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ rye: 4.5 }),
  });
  return response.json();
}

async function readOrders(api) {
  const response = await fetch(`${api}/orders`);
  return response.json();
}

async function readInternal(api) {
  const response = await fetch(`${api}/internal/costs`);
  return response.json();
}

export default [readPublic, changePublic, readOrders, readInternal];
