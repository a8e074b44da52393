async function readOrders(api) {
  const response = await fetch(`${api}/orders`);
  return {
    orders: await response.json(),
    'Content-Type': response.headers.get('Content-Type'),
    'X-Total-Count': response.headers.get('X-Total-Count'),
    'X-Oven': response.headers.get('X-Oven'),
  };
}

export default [readOrders];
