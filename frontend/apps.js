async function readBasket(api) {
  const response = await fetch(`${api}/basket`, {
    headers: { Authorization: 'Bearer token-of-anna' },
  });
  return response.json();
}

export default [readBasket];
