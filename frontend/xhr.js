// axios and jQuery send an XMLHttpRequest. It reports every failure as a "Network Error".
function send(method, url, { withCredentials = false, onProgress, body } = {}) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(method, url);
    request.withCredentials = withCredentials;
    if (onProgress) request.upload.onprogress = onProgress;
    request.onload = () => resolve(request);
    request.onerror = () => reject(new TypeError('Network Error'));
    request.send(body);
  });
}

async function readBasket(api) {
  const request = await send('GET', `${api}/basket`, { withCredentials: true });
  return { ...JSON.parse(request.response), 'X-Total-Count': request.getResponseHeader('X-Total-Count') };
}

async function readOven(api) {
  const request = await send('GET', `${api}/basket`);
  return { 'X-Oven': request.getResponseHeader('X-Oven') };
}

async function upload(api) {
  const request = await send('POST', `${api}/pictures`, { body: 'a loaf' });
  return JSON.parse(request.response);
}

// A listener on the upload makes the browser send a preflight first.
async function uploadWithProgress(api) {
  let sent = 0;
  const onProgress = ({ loaded }) => { sent = loaded; };
  const request = await send('POST', `${api}/pictures`, { onProgress, body: 'a loaf' });
  return { ...JSON.parse(request.response), sent };
}

export default [readBasket, readOven, upload, uploadWithProgress];
