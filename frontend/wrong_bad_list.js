async function put(url) {
  const response = await fetch(url, {
    method: 'PUT',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ loaves: 2 }),
  });
  return response.json();
}

async function changeOrder(api) {
  return put(`${api}/orders/17`);
}

async function changeBread(api) {
  return put(`${api}/breads/rye`);
}

export default [changeOrder, changeBread];
