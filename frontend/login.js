async function readBasket(api, headers = {}) {
  const response = await fetch(`${api}/basket`, { headers });
  const found = await response.json();
  // On your page: location.assign(found.login). CORS doesn't apply to opening a page.
  return response.status === 401 ? { open: found.login } : found;
}

async function readBasketLoggedIn(api) {
  return readBasket(api, { Authorization: 'Bearer token-of-anna' });
}

export default [readBasket, readBasketLoggedIn];
