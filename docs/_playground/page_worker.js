// The page script in a worker of the sandboxed frame, with a fetch() that asks the model of the browser.

const FAILS = {
  chromium: 'Failed to fetch',
  firefox: 'NetworkError when attempting to fetch resource.',
  webkit: 'Load failed',
  standard: 'Failed to fetch',
};
const NO_IMAGE = {
  chromium: 'The source image cannot be decoded.',
  firefox: 'Invalid encoded image data.',
  webkit: 'Access control error.',
  standard: 'The source image cannot be decoded.',
};
const TAINTED = {
  chromium: "Failed to execute 'toDataURL' on 'HTMLCanvasElement': Tainted canvases may not be exported.",
  firefox: 'The operation is insecure.',
  webkit: 'The operation is insecure.',
  standard: 'The operation is insecure.',
};
const LONGEST_VALUE = 100_000; // characters of a value that a step returns
const waiting = new Map();
let calls = 0;
let setting;
let current; // what the step under way has done
const send = postMessage.bind(globalThis);

function ask(call, argument) {
  calls += 1;
  const number = calls;
  send(JSON.stringify({ call, number, argument }));
  return new Promise((resolve) => waiting.set(number, resolve));
}

function toBase64(bytes) {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

function fromBase64(text) {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}

function bytesOf(part) {
  if (part instanceof PlayBlob) return part.bytes;
  if (part instanceof ArrayBuffer) return new Uint8Array(part);
  if (ArrayBuffer.isView(part)) return new Uint8Array(part.buffer, part.byteOffset, part.byteLength);
  return new TextEncoder().encode(String(part));
}

// A Blob whose bytes are at hand: WebKit reads none in a frame of opaque origin.
class PlayBlob {
  constructor(parts = [], { type = '' } = {}) {
    this.type = type;
    this.bytes = Uint8Array.from(parts.flatMap((part) => [...bytesOf(part)]));
    this.size = this.bytes.length;
  }

  async text() {
    return new TextDecoder().decode(this.bytes);
  }

  async arrayBuffer() {
    return this.bytes.slice().buffer;
  }
}

// The body as bytes, and the Content-Type that it brings along.
async function bodyOf(body) {
  if (body === undefined || body === null) return {};
  if (body instanceof PlayBlob) return { type: body.type || undefined, body: toBase64(body.bytes) };
  const response = new Response(body);
  const type = response.headers.get('Content-Type');
  return { type, body: toBase64(new Uint8Array(await response.arrayBuffer())) };
}

function pairsOf(headers) {
  if (headers instanceof Headers || Array.isArray(headers)) return [...headers];
  return Object.entries(headers ?? {}).map(([name, value]) => [name, String(value)]);
}

// Chromium's console says what was loaded: a picture is no fetch.
async function fetched(url, options = {}, kind = 'fetch') {
  const { type, body } = await bodyOf(options.body);
  const headers = pairsOf(options.headers);
  if (type && !headers.some(([name]) => name.toLowerCase() === 'content-type')) {
    headers.push(['Content-Type', type]);
  }
  const outcome = await ask('fetch', {
    url: String(url),
    method: options.method ?? 'GET',
    headers,
    body,
    mode: options.mode ?? 'cors',
    credentials: options.credentials ?? 'same-origin',
    redirect: options.redirect ?? 'follow',
    referrer_policy: options.referrerPolicy || 'strict-origin-when-cross-origin',
    page: options.page,
  });
  if (outcome.invalid) throw new TypeError(outcome.invalid);
  if (outcome.blocked) {
    outcome.blocked.console = outcome.blocked.console.replace('Access to fetch at', `Access to ${kind} at`);
  }
  current.outcomes.push(outcome);
  return outcome;
}

async function playFetch(url, options) {
  const { response } = await fetched(url, options);
  if (!response) throw new TypeError(FAILS[setting.engine]);
  const { status, type, body, headers, redirected } = response;
  const bytes = [101, 204, 205, 304].includes(status) ? null : fromBase64(body);
  const seen = new Response(bytes, { status: status || 200, headers });
  const shown = { type, url: response.url, redirected, status, ok: status >= 200 && status <= 299 };
  for (const [name, value] of Object.entries(shown)) Object.defineProperty(seen, name, { value });
  return seen;
}

class PlaySocket extends EventTarget {
  constructor(url) {
    super();
    this.url = String(url);
    this.open();
  }

  async open() {
    const outcome = await ask('websocket', { url: this.url });
    current.outcomes.push(outcome);
    if (outcome.accepted) this.fire(new Event('open'));
    else this.fire(new Event('error'));
    for (const data of outcome.messages) this.fire(new MessageEvent('message', { data }));
    this.fire(Object.assign(new Event('close'), { code: outcome.code, wasClean: outcome.accepted }));
  }

  fire(event) {
    this[`on${event.type}`]?.(event);
    this.dispatchEvent(event);
  }

  close() {}
}

class PlayEventSource extends EventTarget {
  constructor(url, { withCredentials = false } = {}) {
    super();
    this.url = String(url);
    this.credentials = withCredentials ? 'include' : 'same-origin';
    this.isClosed = false;
    this.open();
  }

  async open() {
    const headers = { Accept: 'text/event-stream' };
    const { response } = await fetched(this.url, { headers, credentials: this.credentials }, 'resource');
    const stream = response && new TextDecoder().decode(fromBase64(response.body));
    const isEvents = response?.headers.some(
      ([name, value]) => name.toLowerCase() === 'content-type' && value.startsWith('text/event-stream'),
    );
    if (!isEvents || response.status !== 200) {
      this.fire(new Event('error'));
      return;
    }
    this.fire(new Event('open'));
    for (const event of stream.split(/\n\n/)) {
      const data = [...event.matchAll(/^data: ?(.*)$/gm)].map(([, line]) => line).join('\n');
      if (data && !this.isClosed) this.fire(new MessageEvent('message', { data }));
    }
  }

  fire(event) {
    this[`on${event.type}`]?.(event);
    this.dispatchEvent(event);
  }

  close() {
    this.isClosed = true;
  }
}

// Whether a response lets the page see its times (https://fetch.spec.whatwg.org/#tao-check).
function allowsTiming({ response_headers: headers }) {
  const [, value = ''] = headers.find(([name]) => name === 'timing-allow-origin') ?? [];
  return value.split(',').some((one) => ['*', setting.page].includes(one.trim()));
}

class PlayImage {
  crossOrigin = null;
  naturalWidth = 0;

  async decode() {
    const isShared = this.crossOrigin !== null;
    const { response, exchange } = await fetched(
      this.src,
      {
        mode: isShared ? 'cors' : 'no-cors',
        credentials: isShared && this.crossOrigin !== 'use-credentials' ? 'same-origin' : 'include',
      },
      'image',
    );
    if (!response) throw new DOMException(NO_IMAGE[setting.engine], 'EncodingError');
    timings.set(this.src, { requestStart: exchange.steps.every(allowsTiming) ? 1 : 0 });
    this.isTainted = !isShared;
    // The script never sees the bytes; the browser itself reads the size from them.
    this.naturalWidth = Number(/<svg[^>]* width="(\d+)"/.exec(exchange.steps.at(-1).response_body)?.[1] ?? 0);
  }
}

class PlayCanvas {
  isTainted = false;

  getContext() {
    return {
      drawImage: (picture) => {
        this.isTainted ||= picture.isTainted;
      },
    };
  }

  toDataURL() {
    if (this.isTainted) throw new DOMException(TAINTED[setting.engine], 'SecurityError');
    return 'data:image/png;base64,';
  }
}

// A frame with the sandbox attribute: its script has the origin null.
class PlayFrame {
  run() {
    const [, script] = /<script>([^]*)<\/script>/.exec(this.srcdoc) ?? [];
    const fetchAsFrame = (url, options) => playFetch(url, { ...options, page: 'null' });
    const parent = {
      postMessage: (data) => listeners.splice(0).forEach((listener) => listener({ data })),
    };
    if (script) new Function('fetch', 'parent', script)(fetchAsFrame, parent);
  }

  remove() {}
}

const timings = new Map();
const listeners = [];
const ELEMENTS = { iframe: PlayFrame, canvas: PlayCanvas };
const playDocument = {
  createElement: (name) => {
    if (!Object.hasOwn(ELEMENTS, name)) throw new TypeError(`the playground has no <${name}>`);
    return new ELEMENTS[name]();
  },
  body: { append: (frame) => frame.run() },
};

// What replaces the browser's own objects in the script, by their names there.
const PARTS = {
  fetch: playFetch,
  WebSocket: PlaySocket,
  EventSource: PlayEventSource,
  Blob: PlayBlob,
  Image: PlayImage,
  document: playDocument,
  addEventListener: (_, listener) => listeners.push(listener),
  performance: { now: () => performance.now(), getEntriesByName: (url) => [timings.get(url)] },
};

function stepsOf(script) {
  if (!/^[ \t]*export default /m.test(script)) {
    throw new SyntaxError('The script must end with: export default [aStep, anotherStep];');
  }
  const names = [...Object.keys(PARTS), 'location'];
  const values = [...Object.values(PARTS), { origin: setting.page }];
  const body = `"use strict";${script.replace(/^[ \t]*export default /m, 'return ')}`;
  return new Function(...names, body)(...values);
}

// The line of the script in an error, as far as the browser says it.
function lineOf(error) {
  const found = /(?:<anonymous>|Function|anonymous):(\d+):\d+/.exec(error?.stack ?? '');
  return found ? Number(found[1]) - 2 : undefined; // new Function puts two lines before the body
}

function shown(value) {
  const text = JSON.stringify(value, null, 2) ?? String(value);
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)} ...` : text;
}

async function runStep(step) {
  current = { outcomes: [] };
  const { outcomes } = current;
  try {
    return { name: step.name, value: shown(await step(setting.api)), outcomes };
  } catch (error) {
    return { name: step.name, error: shown(String(error)).slice(1, -1), line: lineOf(error), outcomes };
  }
}

async function runAll() {
  try {
    for (const step of stepsOf(setting.script)) send(JSON.stringify({ step: await runStep(step) }));
    send(JSON.stringify({ end: true }));
  } catch (error) {
    send(JSON.stringify({ end: true, scriptError: { message: String(error), line: lineOf(error) } }));
  }
}

onmessage = ({ data }) => {
  if (data.script !== undefined) {
    setting = data;
    runAll();
    return;
  }
  waiting.get(data.number)?.(data.value);
  waiting.delete(data.number);
};
