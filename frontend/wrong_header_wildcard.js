async function fillBasket(api) {
  const response = await fetch(`${api}/basket`, {
    method: 'PUT',
    credentials: 'include',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ bread: 'rye' }),
  });
  return response.json();
}

export default [fillBasket];
