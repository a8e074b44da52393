// Each function is one step. `api` is the address of the lesson's API.

async function readMenu(api) {
  const response = await fetch(`${api}/menu`);
  return response.json();
}

export default [readMenu];
