async function readItems(api) {
  const response = await fetch(`${api}/items`, { credentials: 'same-origin' });
  return response.json();
}

async function changeItems(api) {
  const response = await fetch(`${api}/items`, {
    method: 'PUT',
    headers: { 'Content-Type': 'application/json' },
    credentials: 'include',
    body: JSON.stringify({ items: ['rye'] }),
  });
  return response.json();
}

export default [readItems, changeItems];
