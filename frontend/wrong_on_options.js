async function changeOrder(api) {
  const response = await fetch(`${api}/orders/17`, {
    method: 'PUT',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ loaves: 2 }),
  });
  return response.json();
}

export default [changeOrder];
