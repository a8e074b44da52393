async function listenToTheOven(api) {
  const events = new EventSource(`${api}/oven`);
  const loaves = [];
  return new Promise((resolve, reject) => {
    events.onmessage = ({ data }) => {
      loaves.push(data);
      if (loaves.length === 2) {
        events.close(); // otherwise the browser reconnects again and again
        resolve(loaves);
      }
    };
    events.onerror = () => {
      events.close();
      reject(new TypeError('the EventSource failed'));
    };
  });
}

export default [listenToTheOven];
