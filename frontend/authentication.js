async function cancelOrder(api, token) {
  const response = await fetch(`${api}/orders/17`, {
    method: 'DELETE',
    headers: token ? { Authorization: `Bearer ${token}` } : {},
  });
  return { status: response.status, body: await response.json() };
}

async function cancelAsNobody(api) {
  return cancelOrder(api);
}

async function cancelAsGuest(api) {
  return cancelOrder(api, 'token-of-ben');
}

async function cancelAsBaker(api) {
  return cancelOrder(api, 'token-of-anna');
}

export default [cancelAsNobody, cancelAsGuest, cancelAsBaker];
