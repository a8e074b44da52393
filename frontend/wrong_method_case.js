async function change(api, method) {
  const response = await fetch(`${api}/orders/17`, {
    method,
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ loaves: 2 }),
  });
  return response.json();
}

async function changeOrder(api) {
  return change(api, 'patch'); // wrong
}

async function changeOrderInUpperCase(api) {
  return change(api, 'PATCH');
}

export default [changeOrder, changeOrderInUpperCase];
