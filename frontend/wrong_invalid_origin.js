async function readMenu(url) {
  const response = await fetch(url);
  return response.json();
}

async function readWithoutScheme(api) {
  return readMenu(`${api}/menu/no_scheme`);
}

async function readWithSlash(api) {
  return readMenu(`${api}/menu/trailing_slash`);
}

async function readWithEmpty(api) {
  return readMenu(`${api}/menu/empty`);
}

async function readWithNull(api) {
  return readMenu(`${api}/menu/null`);
}

export default [readWithoutScheme, readWithSlash, readWithEmpty, readWithNull];
