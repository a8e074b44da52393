async function fillBasket(api) {
  const response = await fetch(`${api}/basket/rye`, {
    method: 'POST',
    credentials: 'include',
  });
  return response.json();
}

async function readBasket(api) {
  const response = await fetch(`${api}/basket`, { credentials: 'include' });
  return response.json();
}

async function readBasketWithoutCookies(api) {
  const response = await fetch(`${api}/basket`);
  return response.json();
}

export default [fillBasket, readBasket, readBasketWithoutCookies];
