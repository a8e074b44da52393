async function readMenu(api) {
  const response = await fetch(`${api}/menu`, { credentials: 'include' });
  return response.json();
}

export default [readMenu];
