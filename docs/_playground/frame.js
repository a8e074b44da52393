// The frame's own script. The frame has the sandbox attribute, so its origin is opaque: it reaches neither
// the guide's document nor its storage and cookies. Its Content Security Policy allows no connection,
// and a worker made from a blob: URL inherits both (https://html.spec.whatwg.org/#initialize-worker-policy-container).
// Python and the page script run in workers, so an endless loop stops neither this script nor the guide.

const LEAST_SECONDS = 5; // without a sign of life from either worker
const MOST_SECONDS = 20; // the same, on a machine where Python takes long to start
const TOTAL_RUN = 4; // times that limit, for a run that keeps sending messages
const START_SECONDS = 120; // for Python to start, on a slow machine
const LONGEST_MESSAGE = 2_000_000; // characters that a worker may send at once

let port;
let supplies;
let python;
let lastNumber = 0;
let idleSeconds = LEAST_SECONDS;

function makeWorker(...texts) {
  const url = URL.createObjectURL(new Blob(texts, { type: 'text/javascript' }));
  const worker = new Worker(url);
  URL.revokeObjectURL(url);
  return worker;
}

// What a worker sends is written by the reader's code as well, so only short text counts.
function parsed(data) {
  if (typeof data !== 'string' || data.length > LONGEST_MESSAGE) return {};
  try {
    return JSON.parse(data) ?? {};
  } catch {
    return {};
  }
}

// Python in its worker. It stays alive between runs, and is replaced after an endless loop.
class Python {
  constructor() {
    const { module, pyodide, stdlib, snapshot, libraries, own, code } = supplies;
    this.waiting = new Map();
    this.worker = makeWorker(pyodide, '\n', code.python_worker);
    this.worker.onmessage = ({ data }) => this.take(parsed(data));
    this.worker.onerror = ({ message }) => this.end(`Python stopped: ${message}`);
    this.ready = this.expect(0);
    this.worker.postMessage({ module, stdlib, snapshot, libraries, own });
  }

  expect(number) {
    return new Promise((resolve, reject) => this.waiting.set(number, { resolve, reject }));
  }

  take({ number, value, error }) {
    const waiting = this.waiting.get(number);
    if (!waiting) return;
    this.waiting.delete(number);
    if (error) waiting.reject(new Error(error));
    else waiting.resolve(value);
  }

  call(name, argument) {
    lastNumber += 1;
    const answer = this.expect(lastNumber);
    this.worker.postMessage({ number: lastNumber, name, argument });
    return answer;
  }

  end(reason) {
    this.worker.terminate();
    for (const { reject } of this.waiting.values()) reject(new Error(reason));
    this.waiting.clear();
  }
}

// A machine that takes long to start Python takes long for a run as well, so the limit follows it.
function startPython() {
  const before = performance.now();
  python = new Python();
  python.ready.then(
    () => {
      const seconds = (2 * (performance.now() - before)) / 1000;
      idleSeconds = Math.round(Math.min(Math.max(seconds, LEAST_SECONDS), MOST_SECONDS));
    },
    () => {},
  );
  return python.ready;
}

function replacePython() {
  python.end('stopped');
  startPython();
}

// One run: load the program, then call the steps of the page script.
async function run(job) {
  const watch = { python, page: undefined, stop: () => {} };
  const stopped = new Promise((_, reject) => {
    watch.stop = reject;
  });
  const limit = idleSeconds;
  const deadline = performance.now() + TOTAL_RUN * limit * 1000;
  let idle = performance.now();
  const alive = () => {
    idle = performance.now();
  };
  const timer = setInterval(() => {
    const now = performance.now();
    if (now < deadline && now < idle + limit * 1000) return;
    watch.stop(Object.assign(new Error('stopped'), { inPython: python.waiting.size > 0 }));
  }, 100);
  try {
    const outcome = await Promise.race([stopped, work(job, watch, alive)]);
    if (/^MemoryError/.test(outcome.fault?.message)) replacePython(); // WebAssembly gives no memory back
    return outcome;
  } catch (error) {
    if (error.inPython === undefined) return { failed: error.message };
    if (error.inPython) replacePython();
    return { stopped: error.inPython ? 'program' : 'script', seconds: limit };
  } finally {
    clearInterval(timer);
    watch.page?.terminate();
  }
}

async function work(job, watch, alive) {
  const loaded = await python.call('load', job);
  alive();
  if (loaded.fault || job.script === undefined) return { ...loaded, steps: [] };
  watch.page = makeWorker(supplies.code.page_worker);
  const steps = [];
  return new Promise((resolve) => {
    watch.page.onerror = ({ message, lineno }) => {
      resolve({ ...loaded, steps, scriptError: { message, line: lineno } });
    };
    watch.page.onmessage = async ({ data }) => {
      alive();
      const { call, number, argument, step, end, scriptError } = parsed(data);
      if (call) {
        // A rejection means that Python was stopped, which ends the run.
        const value = await python.call(call, argument).catch(() => null);
        alive();
        if (value) watch.page.postMessage({ number, value });
      } else if (step) {
        steps.push(step);
        port.postMessage({ step });
      } else if (end) {
        resolve({ ...loaded, steps, scriptError });
      }
    };
    watch.page.postMessage({ script: job.script, page: job.page, api: job.api, engine: job.engine });
  });
}

async function answer({ data: { number, start, job, ask } }) {
  let value;
  try {
    if (start) {
      // Once: after WebKit has ended a worker that looped, it compiles no more in this process.
      supplies = { ...start, module: await WebAssembly.compile(start.wasm) };
      value = await startPython();
    } else if (ask) {
      value = await asked(ask);
    } else {
      await python.ready;
      value = await run(job);
    }
    port.postMessage({ number, value });
  } catch (error) {
    port.postMessage({ number, error: String(error?.message ?? error) });
  }
}

// A single call of Python, with the same limit as a run.
async function asked({ name, argument }) {
  await python.ready;
  const limit = idleSeconds;
  let timer;
  const late = new Promise((resolve) => {
    timer = setTimeout(() => {
      replacePython();
      resolve({ stopped: 'program', seconds: limit });
    }, limit * 1000);
  });
  try {
    return await Promise.race([late, python.call(name, argument)]);
  } finally {
    clearTimeout(timer);
  }
}

addEventListener('message', ({ source, ports }) => {
  if (source !== parent || port) return;
  [port] = ports;
  port.onmessage = answer;
});
