async function readMenu(api) {
  const response = await fetch(`${api}/menu`);
  return response.json();
}

async function readHours(api) {
  const response = await fetch(`${api}/hours`);
  return response.json();
}

async function changeHours(api) {
  const response = await fetch(`${api}/hours`, {
    method: 'PUT',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ opens: 6, closes: 18 }),
  });
  return response.json();
}

export default [readMenu, readHours, changeHours];
