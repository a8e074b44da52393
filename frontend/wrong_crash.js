async function readOven(api) {
  const response = await fetch(`${api}/oven`);
  return { status: response.status, body: await response.json() };
}

export default [readOven];
