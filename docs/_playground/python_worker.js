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

// The memory that is loaded may be larger than the one that the module starts with.
function makeRoom({ exports }, bytes) {
  const memory = Object.values(exports).find((one) => one instanceof WebAssembly.Memory);
  const missing = bytes - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
}

async function start({ module, stdlib, snapshot, libraries, own }) {
  limitMemory();
  const { fetch } = globalThis;
  globalThis.fetch = async () => new Response(stdlib);
  WebAssembly.instantiateStreaming = async (_, imports) => {
    const instance = await WebAssembly.instantiate(module, imports);
    makeRoom(instance, snapshot.byteLength);
    return { module, instance };
  };
  const python = await globalThis.startPython({
    indexURL: NOWHERE,
    packageBaseUrl: NOWHERE,
    _loadSnapshot: snapshot,
  });
  globalThis.fetch = fetch;
  python.FS.writeFile('/lib/libraries.zip', new Uint8Array(libraries));
  python.unpackArchive(own, 'zip', { extractDir: '/home/bakery' });
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
