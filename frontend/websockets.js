async function listenForOrders(api) {
  const socket = new WebSocket(`${api.replace('http', 'ws')}/orders`);
  return new Promise((resolve, reject) => {
    socket.onmessage = ({ data }) => resolve(data);
    socket.onclose = ({ code }) => {
      reject(new DOMException(`closed with code ${code}`, 'NetworkError'));
    };
  });
}

export default [listenForOrders];
