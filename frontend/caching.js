async function readMenu(api) {
  const response = await fetch(`${api}/menu`);
  return response.json();
}

async function readPublicMenu(api) {
  const response = await fetch(`${api}/public/menu`);
  return response.json();
}

export default [readMenu, readPublicMenu];
