// Python in a worker of the sandboxed frame. The worker has no network, so what Python's runtime
// would fetch comes with the first message.

const NOWHERE = 'https://runtime.invalid/'; // the runtime only builds addresses with it
const MOST_MEMORY = 640 * 2 ** 20; // bytes; beyond it Python raises a MemoryError
const PAGE = 65536; // bytes of a page of WebAssembly's memory

function limitMemory() {
  const { grow } = WebAssembly.Memory.prototype;
  WebAssembly.Memory.prototype.grow = function growWithinLimit(pages) {
    if (this.buffer.byteLength + pages * PAGE > MOST_MEMORY) throw new RangeError('too much memory');
    return grow.call(this, pages);
  };
}

async function start({ wasm, stdlib, snapshot, libraries, own }) {
  limitMemory();
  const { fetch } = globalThis;
  globalThis.fetch = async () => new Response(stdlib);
  // At once: on the second page of a WebKit process, WebAssembly.compile() doesn't end.
  const module = new WebAssembly.Module(wasm);
  WebAssembly.instantiateStreaming = async (_, imports) => {
    return { module, instance: await WebAssembly.instantiate(module, imports) };
  };
  const python = await globalThis.startPython({
    indexURL: NOWHERE,
    packageBaseUrl: NOWHERE,
    _loadSnapshot: snapshot,
  });
  globalThis.fetch = fetch;
  python.FS.writeFile('/lib/libraries.zip', new Uint8Array(libraries));
  python.unpackArchive(own, 'zip', { extractDir: '/home/bakery' });
  python.runPython("import sys\nsys.path.insert(0, '/home/bakery')\nimport runner");
  return python.pyimport('runner').call;
}

let call;

onmessage = async ({ data }) => {
  const { number = 0, name, argument } = data;
  try {
    let value = 'ready';
    if (name) value = JSON.parse(await call(name, JSON.stringify(argument)));
    else call = await start(data);
    postMessage(JSON.stringify({ number, value }));
  } catch (error) {
    postMessage(JSON.stringify({ number, error: String(error).slice(-2000) }));
  }
};
