async function call(url, options) {
  const response = await fetch(url, options);
  return { status: response.status, body: await response.json() };
}

async function readMissingOrder(api) {
  return call(`${api}/orders/18`);
}

async function postToOrder(api) {
  return call(`${api}/orders/17`, { method: 'POST' });
}

async function readBrokenOven(api) {
  return call(`${api}/oven`);
}

async function putNowhere(api) {
  return call(`${api}/nowhere`, { method: 'PUT' });
}

export default [readMissingOrder, postToOrder, readBrokenOven, putNowhere];
