async function cancelAsBaker(api) {
  const response = await fetch(`${api}/orders/17`, {
    method: 'DELETE',
    headers: { Authorization: 'Bearer token-of-anna' },
  });
  return response.json();
}

export default [cancelAsBaker];
