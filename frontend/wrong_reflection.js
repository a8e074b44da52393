// wrong: this is the attacker's page. Run it on your own machine only.
async function readBasket(api) {
  const response = await fetch(`${api}/basket`, { credentials: 'include' });
  return response.json();
}

export default [readBasket];
