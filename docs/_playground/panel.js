// The playground: edit a program and its page script, run both in a sandbox, see what a browser makes of it.
// Loaded when the reader asks for it. Everything shown is set as text, never as HTML.

const here = new URL('.', import.meta.url);
const guide = new URL('../../', here);
const API = 'https://api.example.com';
const SHOP = 'https://shop.example.com';
const OTHER = 'another origin';
const COOKIE = 'basket=rye; Path=/; Secure; SameSite=Lax';
const ENGINES = { chromium: 'Chromium', firefox: 'Firefox', webkit: 'WebKit', standard: 'the Fetch Standard' };
const INTERFACES = { wsgi: 'WSGI', asgi: 'ASGI' };
const LONGEST_LINK = 200_000; // characters of the code in a link
const QUIET = /^(accept|accept-encoding|accept-language|connection|dnt|host|pragma|priority|referer|sec-(?!fetch-site).*|user-agent)$/i;
const DECIDES = /^(origin|cookie|set-cookie|authorization|vary|access-control-.*)$/i;
// The frame ends a run after 80 seconds at the latest; if it says nothing at all, it has crashed.
const FRAME_SECONDS = 100;

// A worker made from a blob: URL has the policy of the frame that makes it: no connection of any kind.
const POLICY = [
  "default-src 'none'",
  "script-src 'unsafe-inline' 'unsafe-eval' 'wasm-unsafe-eval' blob:",
  'worker-src blob:',
].join('; ');

export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children.filter((child) => child !== undefined && child !== ''));
  return made;
}

// ---- What the guide's build has packed

let contents;

export function load() {
  contents ??= fetch(new URL('playground.json', here), { cache: 'no-cache' }).then((response) => {
    if (!response.ok) throw new Error(`playground.json: ${response.status}`);
    return response.json();
  });
  return contents;
}

async function part({ file, bytes }, progress) {
  const response = await fetch(new URL(file, here));
  if (!response.ok) throw new Error(`${file}: ${response.status}`);
  let last = 0;
  const counted = response.body.pipeThrough(
    new TransformStream({
      transform(chunk, controller) {
        last += chunk.length;
        progress(Math.min(last, bytes));
        controller.enqueue(chunk);
      },
    }),
  );
  return new Response(counted.pipeThrough(new DecompressionStream('gzip'))).arrayBuffer();
}

async function supplies(onProgress) {
  const { parts, code } = await load();
  const done = {};
  const total = Object.values(parts).reduce((sum, { bytes }) => sum + bytes, 0);
  const fetched = await Promise.all(
    Object.entries(parts).map(async ([name, listed]) => {
      const content = await part(listed, (bytes) => {
        done[name] = bytes;
        onProgress(Object.values(done).reduce((sum, one) => sum + one, 0) / total);
      });
      return [name, content];
    }),
  );
  const all = Object.fromEntries(fetched);
  return { ...all, pyodide: new TextDecoder().decode(all.pyodide), code };
}

// ---- The sandbox: a frame of opaque origin without network; see frame.js

class Sandbox {
  constructor(parts) {
    this.parts = parts;
    this.started = this.start();
  }

  async start() {
    this.waiting = new Map();
    this.number = 0;
    const { port1, port2 } = new MessageChannel();
    this.port = port1;
    this.port.onmessage = ({ data }) => this.take(data);
    this.frame = element('iframe', {
      sandbox: 'allow-scripts',
      title: 'The sandbox of the playground',
      class: 'playground-frame',
      'aria-hidden': 'true',
      tabindex: -1,
      srcdoc:
        `<!doctype html><meta http-equiv="Content-Security-Policy" content="${POLICY}">` +
        `<script>${this.parts.code.frame}</script>`,
    });
    const loaded = new Promise((resolve) => this.frame.addEventListener('load', resolve, { once: true }));
    document.body.append(this.frame);
    await loaded;
    this.frame.contentWindow.postMessage('port', '*', [port2]);
    return this.send({ start: this.parts }, 3 * FRAME_SECONDS);
  }

  take({ number, value, error, step }) {
    if (step) this.onStep?.(step);
    const waiting = this.waiting.get(number);
    if (!waiting) return;
    this.waiting.delete(number);
    clearTimeout(waiting.timer);
    if (error) waiting.reject(new Error(String(error)));
    else waiting.resolve(value);
  }

  send(message, seconds = FRAME_SECONDS) {
    this.number += 1;
    const { number } = this;
    this.port.postMessage({ number, ...message });
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.restart();
        resolve({ stopped: 'sandbox', seconds });
      }, seconds * 1000);
      this.waiting.set(number, { resolve, reject, timer });
    });
  }

  end() {
    for (const { timer } of this.waiting.values()) clearTimeout(timer);
    this.frame.remove();
    this.port.close();
  }

  // A frame that doesn't respond is replaced.
  restart() {
    this.end();
    this.started = this.start();
  }

  async run(job, onStep) {
    await this.started;
    this.onStep = onStep;
    return this.send({ job });
  }

  async call(name, argument) {
    await this.started;
    return this.send({ ask: { name, argument } });
  }
}

let sandbox;

export function openSandbox(onProgress) {
  sandbox ??= supplies(onProgress).then(async (parts) => {
    const opened = new Sandbox(parts);
    await opened.started;
    return opened;
  });
  sandbox.catch(() => {
    sandbox = undefined; // the next press tries again
  });
  return sandbox;
}

// A page that is left keeps no Python running, not even in the browser's cache of pages: in WebKit the
// next page could then start none.
addEventListener('pagehide', () => {
  sandbox?.then((opened) => opened.end());
  sandbox = undefined;
});

// ---- The state in a link

function toBase64(bytes) {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}

function fromBase64(text) {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(binary, (letter) => letter.charCodeAt(0));
}

export async function toLink(state) {
  const stream = new Blob([JSON.stringify(state)]).stream().pipeThrough(new CompressionStream('deflate-raw'));
  return `#code=${toBase64(new Uint8Array(await new Response(stream).arrayBuffer()))}`;
}

// Read the state of a link: what has another form, or unpacks to too much, is no state.
export async function fromLink(hash) {
  if (!hash.startsWith('#code=') || hash.length > LONGEST_LINK) return null;
  const reader = new Blob([fromBase64(hash.slice(6))])
    .stream()
    .pipeThrough(new DecompressionStream('deflate-raw'))
    .pipeThrough(new TextDecoderStream())
    .getReader();
  let text = '';
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    text += read.value;
    if (text.length > LONGEST_LINK) {
      await reader.cancel();
      return null;
    }
  }
  const state = JSON.parse(text);
  const { lesson, interface: kind, program, script, page, engine, cookies } = state;
  const isText = [lesson, program, script, page].every((one) => typeof one === 'string');
  const isKnown = Object.hasOwn(INTERFACES, kind) && Object.hasOwn(ENGINES, engine);
  const isList = Array.isArray(cookies) && cookies.every((one) => typeof one === 'string');
  return isText && isKnown && isList ? { lesson, interface: kind, program, script, page, engine, cookies } : null;
}

// ---- What a run shows

function headerLines(headers) {
  return headers.flatMap(([name, value]) => {
    const written = name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());
    if (QUIET.test(name)) return [element('span', { class: 'playground-quiet' }, `${written}: ${value}\n`)];
    const shown = DECIDES.test(name) ? element('strong', {}, written) : written;
    return [shown, `: ${value}\n`];
  });
}

function block(title, ...content) {
  return element('div', { class: 'playground-block' }, element('h4', {}, title), ...content);
}

function pre(kind, ...content) {
  return element('pre', { class: kind, tabindex: 0 }, ...content);
}

function exchange(step) {
  const { method, url, status } = step;
  const address = new URL(url);
  const notes = [
    step.preflight ? `A preflight, because of: ${step.why.join(', ')}.` : '',
    ...Object.entries(step.cookies_withheld).map(([name, why]) => `The cookie ${name} was not sent: ${why}.`),
    ...Object.entries(step.cookies_refused).map(([name, why]) => `The cookie ${name} was not stored: ${why}.`),
  ];
  return element(
    'div',
    { class: 'playground-exchange' },
    ...notes.filter(Boolean).map((note) => element('p', {}, note)),
    pre(
      'playground-wire',
      `${method} ${address.pathname}${address.search}\n`,
      ...headerLines([['host', address.host]]),
      ...headerLines(step.request_headers),
      step.request_body && `\n${step.request_body}\n`,
      `\n${status || 'No response'}\n`,
      ...headerLines(step.response_headers),
      step.response_body && `\n${step.response_body}`,
    ),
  );
}

function handshake({ url, request_headers: sent, status }) {
  const lines = [`GET ${new URL(url).pathname}\n`, ...headerLines(sent), `\n${status}\n`];
  return element('div', { class: 'playground-exchange' }, pre('playground-wire', ...lines));
}

function decision({ reason, fix, section, guide: page }) {
  const parts = [element('p', {}, `${reason}.`), element('p', {}, element('strong', {}, 'Fix: '), fix)];
  const links = [element('a', { href: section, rel: 'noreferrer' }, 'The rule in the Fetch Standard')];
  if (page) links.push(' · ', element('a', { href: new URL(`${page}.html`, guide) }, 'How to fix it'));
  return block('Why', ...parts, element('p', {}, ...links));
}

// The words of a step's verdict and the class of its color; in an attack, success is the bad end.
export function verdict(step, isAttack) {
  const blocked = step.outcomes.some((outcome) => outcome.blocked || outcome.accepted === false);
  if (step.error === undefined) return isAttack ? ['STOLEN', 'bad'] : ['readable', 'good'];
  if (blocked) return isAttack ? ['BLOCKED', 'good'] : ['blocked', 'bad'];
  return ['failed in the script', 'bad'];
}

function shownStep(step, { isAttack, engine }) {
  const [words, kind] = verdict(step, isAttack);
  const { outcomes } = step;
  const blocked = outcomes.map((outcome) => outcome.blocked).filter(Boolean);
  const consoles = blocked.map((one) => one.console).filter(Boolean);
  const wire = outcomes.flatMap((outcome) => [
    ...(outcome.exchange?.steps ?? []).map(exchange),
    ...(outcome.handshake ? [handshake(outcome.handshake)] : []),
  ]);
  const acted = blocked.length && outcomes.some((outcome) => outcome.exchange?.side_effect_possible);
  const logs = outcomes.map((outcome) => outcome.log).join('');
  return element(
    'section',
    { class: 'playground-step', 'data-step': step.name },
    element('h3', {}, element('code', {}, `${step.name}(api)`), element('span', { class: `playground-verdict ${kind}` }, words)),
    block('What the script got', pre('playground-got', step.error ?? step.value)),
    consoles.length && engine !== 'standard' ? block(`Console of ${ENGINES[engine]}`, pre('playground-console', consoles.join('\n'))) : '',
    ...blocked.map(decision),
    acted ? element('p', { class: 'playground-note' }, 'The server received the request and may have acted on it.') : '',
    wire.length ? block('On the wire', ...wire) : '',
    logs ? block('Log of the program', pre('playground-log', logs)) : '',
  );
}

// A row for each step, a column for each browser.
function comparison(columns) {
  const engines = Object.keys(columns);
  const head = engines.map((engine) => element('th', { scope: 'col' }, ENGINES[engine]));
  const rows = columns[engines[0]].map(({ name }, number) => {
    const cells = engines.map((engine) => {
      const step = columns[engine][number];
      if (!step) return element('td', {}, '');
      const [words, kind] = verdict(step, false);
      const why = step.outcomes.map(({ blocked }) => blocked?.reason).filter(Boolean).join('; ');
      return element('td', {}, element('span', { class: `playground-verdict ${kind}` }, words), element('div', {}, why));
    });
    return element('tr', {}, element('th', { scope: 'row' }, element('code', {}, name)), ...cells);
  });
  return element(
    'div',
    { class: 'playground-comparison', tabindex: 0, role: 'region', 'aria-label': 'The browsers compared' },
    element(
      'table',
      {},
      element('thead', {}, element('tr', {}, element('td', {}), ...head)),
      element('tbody', {}, ...rows),
    ),
  );
}

// The goals of an exercise, each with what is still wrong.
function checked(checks, faults) {
  const met = faults.filter((fault) => !fault).length;
  const items = checks.map(({ goal }, number) => {
    const fault = faults[number];
    const [words, kind] = fault ? ['not yet', 'bad'] : ['done', 'good'];
    return element(
      'li',
      {},
      element('span', { class: `playground-verdict ${kind}` }, words),
      ` ${goal.replaceAll('``', '')}`,
      fault ? element('div', { class: 'playground-fault' }, fault) : '',
    );
  });
  const words = met === checks.length ? 'Solved: your program meets all goals.' : `${met} of ${checks.length} goals met.`;
  return element(
    'section',
    { class: 'playground-goals' },
    element('p', {}, element('strong', {}, words)),
    element('ul', {}, ...items),
  );
}

const STOPPED = {
  program: (seconds) => `The program ran for more than ${seconds} seconds without a result, so it was stopped. Does it loop forever?`,
  script: (seconds) => `The page script ran for more than ${seconds} seconds without a result, so it was stopped. Does it loop forever?`,
  sandbox: () => 'The sandbox did not respond, so it was replaced. Did the code use up the memory?',
};

function problem(...content) {
  return element('div', { class: 'playground-problem', role: 'alert' }, ...content);
}

function shownFault({ line, message, faults }, editor) {
  const where = line ? element('button', { type: 'button' }, `Line ${line}`) : '';
  if (line) {
    where.addEventListener('click', () => editor.show(line));
    editor.mark(line, faults[0] ?? message);
  }
  const list = faults.map((fault) => element('li', {}, fault));
  return list.length
    ? problem(element('p', {}, 'This policy cannot work. ', where), element('ul', {}, ...list))
    : problem(element('p', {}, 'The program does not start. ', where), pre('playground-message', message));
}

// ---- The form

function choice(label, control) {
  return element('label', {}, element('span', {}, label), control);
}

function select(name, options, chosen) {
  const made = element('select', { name });
  for (const [value, label] of options) {
    const option = element('option', { value }, label);
    option.selected = value === chosen;
    made.append(option);
  }
  return made;
}

function fitting(state, lesson) {
  return state.interface in lesson.programs ? state.interface : Object.keys(lesson.programs)[0];
}

// The state of a lesson that nobody has changed; its script may call another lesson's program.
export function original(name, lessons, wanted = {}) {
  const lesson = lessons[name];
  const called = lessons[wanted.called] ?? lesson;
  const kind = fitting({ interface: wanted.interface ?? 'wsgi' }, called);
  return {
    lesson: name,
    called: wanted.called ?? name,
    interface: kind,
    program: called.programs[kind],
    script: lesson.script,
    page: wanted.page ?? lesson.pages[0] ?? SHOP,
    engine: wanted.engine ?? 'chromium',
    cookies: wanted.cookies ?? (lesson.is_attack ? [COOKIE] : []),
  };
}

class Panel {
  constructor(place, { lessons, versions }, { createEditor }, state, options) {
    Object.assign(this, { place, lessons, versions, createEditor, state, options });
    this.build();
  }

  get lesson() {
    return this.lessons[this.state.lesson] ?? { programs: {}, pages: [], title: '' };
  }

  build() {
    const { state, lesson } = this;
    this.editors?.forEach((editor) => editor.destroy());
    this.results = element('div', { class: 'playground-results', 'aria-live': 'polite' });
    this.status = element('p', { class: 'playground-status', role: 'status' });
    this.bar = element('progress', { max: 1, value: 0, 'aria-label': 'Loading Python' });
    const [programPlace, scriptPlace] = [element('div'), element('div')];
    this.program = this.editor(programPlace, 'python', 'Program (Python)', state.program, '    ');
    this.script = this.editor(scriptPlace, 'javascript', 'Page script (JavaScript)', state.script, '  ');
    this.editors = [this.program, this.script];
    this.form = this.controls();
    this.place.replaceChildren(
      ...(state.isShared ? [this.sharedNote()] : []),
      ...(lesson.left_out ? [problem(element('p', {}, `This lesson does not run here. ${lesson.left_out}`))] : []),
      element(
        'div',
        { class: 'playground-editors' },
        element('div', {}, element('h3', {}, 'Program'), programPlace),
        element('div', {}, element('h3', {}, 'Page script'), scriptPlace),
      ),
      this.form,
      this.bar,
      this.status,
      this.results,
    );
    this.start();
  }

  sharedNote() {
    return element(
      'p',
      { class: 'playground-note' },
      'This code came with a link. Nothing runs until you press Run. It then runs in a sandbox without access to this site or the network.',
    );
  }

  editor(parent, language, label, text, indent) {
    return this.createEditor(parent, { language, label, text, indent, onChange: () => {} });
  }

  controls() {
    const { state, lesson, lessons } = this;
    const origins = [...new Set([SHOP, ...lesson.pages, 'null'])];
    const isOwn = !origins.includes(state.page);
    const page = select('page', [...origins, OTHER].map((one) => [one, one]), isOwn ? OTHER : state.page);
    const own = element('input', {
      name: 'own-page', 'aria-label': 'Origin of the page', value: isOwn ? state.page : 'https://', size: 28,
    });
    own.hidden = !isOwn;
    page.addEventListener('change', () => {
      own.hidden = page.value !== OTHER;
    });
    const cookies = element('input', {
      name: 'cookie', 'aria-label': 'Cookie of the API, as Set-Cookie', value: state.cookies[0] ?? COOKIE, size: 40,
    });
    const has = element('input', { type: 'checkbox', name: 'has-cookie' });
    has.checked = state.cookies.length > 0;
    cookies.hidden = !has.checked;
    has.addEventListener('change', () => {
      cookies.hidden = !has.checked;
    });
    const { programs = [] } = this.options;
    const called = select('called', programs.map((one) => [one, one]), state.called);
    called.addEventListener('change', () => this.show(original(state.lesson, lessons, this.read())));
    const kinds = Object.keys(lesson.programs).map((kind) => [kind, INTERFACES[kind]]);
    const kind = select('interface', kinds, state.interface);
    kind.addEventListener('change', () => this.show(original(state.lesson, lessons, this.read())));
    const names = Object.entries(lessons).map(([name, { title }]) => [name, `${name}: ${title}`]);
    const which = select('lesson', names, state.lesson);
    which.addEventListener('change', () => {
      this.show(original(which.value, lessons, { interface: state.interface, engine: this.read().engine }));
    });
    this.button = element('button', { type: 'submit', class: 'playground-run' }, 'Run');
    const form = element(
      'form',
      { class: 'playground-controls', 'aria-label': 'Run the program' },
      this.options.lesson ? '' : choice('Lesson', which),
      programs.length > 1 ? choice('Program', called) : '',
      choice('Interface', kind),
      choice('Page', page),
      own,
      choice('Browser', select('engine', Object.entries(ENGINES), state.engine)),
      element('label', {}, has, ' The browser has a cookie of the API'),
      cookies,
      element(
        'div',
        { class: 'playground-buttons' },
        this.options.isExercise ? this.press('Check', () => this.check()) : '',
        this.button,
        this.press('Compare browsers', () => this.compare()),
        this.press('Reset', () => this.reset()),
        this.press('Copy', () => this.copy(this.program.text, 'The program is copied.')),
        this.press('Share', () => this.share()),
        this.options.close ? this.press('Close', () => this.close()) : '',
      ),
    );
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.run();
    });
    return form;
  }

  reset() {
    const { lesson, called, interface: kind } = this.state;
    this.show(original(lesson, this.lessons, { called, interface: kind }));
  }

  close() {
    this.editors.forEach((editor) => editor.destroy());
    this.options.close();
  }

  press(words, act) {
    const made = element('button', { type: 'button' }, words);
    made.addEventListener('click', act);
    return made;
  }

  // What the reader has chosen and written.
  read() {
    const chosen = new FormData(this.form);
    const page = chosen.get('page') === OTHER ? chosen.get('own-page').trim() : chosen.get('page');
    return {
      lesson: this.state.lesson,
      called: chosen.get('called') ?? this.state.called,
      interface: chosen.get('interface') ?? this.state.interface,
      program: this.program.text,
      script: this.script.text,
      page,
      engine: chosen.get('engine'),
      cookies: chosen.get('has-cookie') ? [chosen.get('cookie')] : [],
    };
  }

  show(state) {
    this.state = state;
    this.build();
  }

  async start() {
    const whole = Object.values((await load()).parts).reduce((sum, { bytes }) => sum + bytes, 0);
    try {
      this.status.textContent = `Loading Python (${(whole / 1e6).toFixed(0)} MB, kept by your browser) ...`;
      await openSandbox((fraction) => {
        this.bar.value = fraction;
      });
      const { Falcon, Pyodide } = this.versions;
      this.status.textContent = `Ready: Falcon ${Falcon} on Pyodide ${Pyodide}, in this page.`;
    } catch (error) {
      this.status.textContent = '';
      this.results.replaceChildren(problem(element('p', {}, `Python did not load: ${error.message}`)));
    } finally {
      this.bar.hidden = true;
    }
  }

  async run() {
    const state = this.read();
    const isAttack = this.lesson.is_attack && state.page !== SHOP;
    this.button.disabled = true;
    this.results.replaceChildren();
    this.program.mark();
    this.script.mark();
    const onStep = (step) => this.results.append(shownStep(step, { isAttack, engine: state.engine }));
    try {
      const opened = await openSandbox(() => {});
      const { lesson: name, ...rest } = state;
      const job = { ...rest, name, api: API, environment: this.lesson.environment ?? {} };
      this.end(await opened.run(job, onStep), state);
    } catch (error) {
      this.results.append(problem(element('p', {}, `The playground stopped: ${error.message}`)));
    } finally {
      this.button.disabled = false;
    }
  }

  // Send the requests of the exercise to the program.
  async check() {
    const state = this.read();
    const { checks, environment } = this.lesson;
    this.results.replaceChildren();
    this.program.mark();
    try {
      const opened = await openSandbox(() => {});
      const outcome = await opened.call('exercise', { ...state, name: state.lesson, environment, checks });
      if (outcome.faults) this.results.append(checked(checks, outcome.faults));
      this.end(outcome, state);
    } catch (error) {
      this.results.append(problem(element('p', {}, `The playground stopped: ${error.message}`)));
    }
  }

  // The same run in all browsers, as a table.
  async compare() {
    const state = this.read();
    const { lesson: name, ...rest } = state;
    this.results.replaceChildren();
    try {
      const opened = await openSandbox(() => {});
      const columns = {};
      for (const engine of Object.keys(ENGINES)) {
        const job = { ...rest, engine, name, api: API, environment: this.lesson.environment ?? {} };
        const outcome = await opened.run(job);
        columns[engine] = outcome.steps ?? [];
        if (outcome.stopped || outcome.failed || outcome.fault || outcome.scriptError) {
          this.end(outcome, state);
          return;
        }
      }
      this.results.append(comparison(columns));
    } catch (error) {
      this.results.append(problem(element('p', {}, `The playground stopped: ${error.message}`)));
    }
  }

  end({ stopped, seconds, failed, fault, log, refused, scriptError }, { engine }) {
    const { results } = this;
    const differs = this.lesson.differences?.[engine];
    if (differs) results.prepend(element('p', { class: 'playground-note playground-differs' }, differs));
    if (stopped) results.append(problem(element('p', {}, STOPPED[stopped](seconds))));
    if (failed) results.append(problem(element('p', {}, failed)));
    if (fault) results.append(shownFault(fault, this.program));
    for (const why of refused ?? []) results.prepend(element('p', { class: 'playground-note' }, `Cookie: ${why}`));
    if (scriptError) {
      const { message, line } = scriptError;
      if (line) this.script.mark(line, message);
      results.append(problem(element('p', {}, 'The page script does not run.'), pre('playground-message', message)));
    }
    if (log) results.append(block('What the program printed when it started', pre('playground-log', log)));
  }

  async copy(text, words) {
    await navigator.clipboard.writeText(text);
    this.status.textContent = words;
  }

  async share() {
    const link = new URL('playground.html', guide);
    link.hash = await toLink(this.read());
    await this.copy(link.href, 'A link to this program is copied.');
  }
}

// ---- The doctor on a recording

function input(name, label, attributes = {}) {
  return choice(label, element('input', { name, ...attributes }));
}

class Check {
  constructor(place) {
    this.status = element('p', { class: 'playground-status', role: 'status' });
    this.results = element('div', { class: 'playground-results', 'aria-live': 'polite' });
    this.text = element('textarea', { name: 'text', rows: 12, spellcheck: 'false' });
    this.file = element('input', { type: 'file', name: 'file', accept: '.har,.json,.txt' });
    this.form = element(
      'form',
      { class: 'playground-controls playground-check', 'aria-label': 'Check a recording' },
      choice('Output of curl -i', this.text),
      input('url', 'URL that was called', { type: 'url', placeholder: 'https://api.example.com/items', size: 34 }),
      input('page', "The page's origin", { placeholder: SHOP, size: 28 }),
      choice('Method', select('method', ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'].map((one) => [one, one]), 'GET')),
      choice('Credentials', select('credentials', ['same-origin', 'include', 'omit'].map((one) => [one, one]), 'same-origin')),
      choice('Or a HAR file', this.file),
      element('button', { type: 'submit', class: 'playground-run' }, 'Check'),
    );
    this.form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.run();
    });
    place.replaceChildren(this.form, this.status, this.results);
  }

  // The arguments of the doctor's command line; {} is the recording.
  async recording() {
    const [file] = this.file.files;
    if (file) return { text: await file.text(), arguments: ['--har', '{}'] };
    const chosen = new FormData(this.form);
    const given = ['page', 'method', 'credentials'].flatMap((name) => [`--${name}`, chosen.get(name)]);
    return { text: chosen.get('text'), arguments: [chosen.get('url'), ...given, '--response', '{}'] };
  }

  async run() {
    this.status.textContent = 'Loading Python ...';
    try {
      const opened = await openSandbox(() => {});
      const found = await opened.call('check', await this.recording());
      const kind = found.code === 0 ? 'good' : 'bad';
      const text = found.stopped ? STOPPED.program(found.seconds) : found.text;
      this.results.replaceChildren(element('div', { class: `playground-found ${kind}` }, pre('playground-doctor', text)));
      this.status.textContent = 'Checked in this page.';
    } catch (error) {
      this.status.textContent = '';
      this.results.replaceChildren(problem(element('p', {}, `The check stopped: ${error.message}`)));
    }
  }
}

let styled = false;

function addStyles() {
  if (styled) return undefined;
  styled = true;
  const link = element('link', { rel: 'stylesheet', href: new URL('playground.css', here) });
  const loaded = new Promise((resolve) => link.addEventListener('load', resolve, { once: true }));
  document.head.append(link);
  return loaded;
}

/**
 * Open the playground in an element.
 *
 * @param place the element, whose content is replaced
 * @param options `lesson` fixes the lesson; without it the reader chooses one, or a link does.
 *   `program` is the program that its script calls at first, of the `programs` to choose from.
 *   `isCheck` opens the doctor in place of a program; `isExercise` adds a button that checks the goals.
 *   `interface`, `page` and `engine` are chosen at first; `close` is called to end.
 */
export async function open(place, options = {}) {
  if (options.isCheck) {
    await addStyles();
    return new Check(place);
  }
  const [found, editors] = await Promise.all([load(), import(new URL('editor.js', here)), addStyles()]);
  const shared = options.lesson ? null : await fromLink(location.hash).catch(() => null);
  const name = options.lesson ?? shared?.lesson ?? 'own_policy';
  const wanted = { ...options, called: options.program };
  const state = shared ? { ...shared, isShared: true } : original(name, found.lessons, wanted);
  return new Panel(place, found, editors, state, options);
}
