async function cancelOrder(api) {
  const response = await fetch(`${api}/orders/17`, { method: 'DELETE' });
  return response.json();
}

export default [cancelOrder];
