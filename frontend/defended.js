async function readBasket(api) {
  const response = await fetch(`${api}/basket`, { credentials: 'include' });
  return response.json();
}

export default [readBasket];
