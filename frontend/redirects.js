async function readAtOldAddress(api) {
  const response = await fetch(`${api}/breads`);
  return { redirected: response.redirected, body: await response.json() };
}

async function changeAtOldAddress(api) {
  const response = await fetch(`${api}/breads`, {
    method: 'PUT',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ rye: 4.5 }),
  });
  return { redirected: response.redirected, body: await response.json() };
}

async function readWithTrailingSlash(api) {
  const response = await fetch(`${api}/menu/`);
  return { redirected: response.redirected, body: await response.json() };
}

export default [readAtOldAddress, changeAtOldAddress, readWithTrailingSlash];
