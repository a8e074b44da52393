async function readMenu(api) {
  const response = await fetch(`${api}/menu`);
  return response.json();
}

export default [readMenu];
