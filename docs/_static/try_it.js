// The "Try it" panel. It acts only where this page's own origin says that a demo is running:
// a hosted guide never calls the reader's machine. Everything shown is set as text, never as HTML.

const root = document.documentElement.dataset.content_root;
const QUIET = /^(accept.*|cache-control|connection|dnt|host|pragma|priority|referer|sec-.*|te|upgrade.*|user-agent)$/i;
const DECIDES = /^(origin|cookie|set-cookie|authorization|vary|access-control-.*)$/i;

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

async function runningDemo() {
  if (location.protocol === 'file:') return null;
  try {
    const response = await fetch(`${root}_demo.json`);
    return response.ok ? await response.json() : null;
  } catch {
    return null;
  }
}

// Call a step, and note what it asks fetch() for.
async function observe(step, api) {
  const realFetch = window.fetch;
  const calls = [];
  window.fetch = (url, options = {}) => {
    calls.push({
      page: location.origin,
      url,
      method: options.method ?? 'GET',
      mode: options.mode ?? 'cors',
      headers: options.headers ?? {},
      credentials: options.credentials ?? 'same-origin',
    });
    return realFetch(url, options);
  };
  try {
    return { value: await step(api), calls };
  } catch (error) {
    return { error, calls };
  } finally {
    window.fetch = realFetch;
  }
}

// What cors_browser says of a step: of one fetch(), from what went over the wire.
async function judge(calls, wire) {
  if (calls.length !== 1) return { unjudged: 'It judges single fetch() calls. This step is something else.' };
  if (!wire.length) return { unjudged: 'It judges recorded exchanges. This step has none.' };
  try {
    const response = await fetch('/_model', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ ...calls[0], wire }),
    });
    if (response.ok) return { model: await response.json() };
    return { unjudged: `cors_browser could not judge this (${response.status}).` };
  } catch (error) {
    return { unjudged: `cors_browser could not judge this (${error}).` };
  }
}

// One step: call it, ask the server what went over the wire under this run's own key, and ask the
// guide what cors_browser says of that.
async function run(step, server, lesson) {
  const key = crypto.randomUUID();
  const outcome = await observe(step, `${server}/_wire/${key}/${lesson}`);
  try {
    outcome.wire = await (await fetch(`${server}/_wire/${key}`)).json();
  } catch {
    outcome.wire = [];
  }
  return { ...outcome, ...(await judge(outcome.calls, outcome.wire)) };
}

// One panel at a time, for while a step runs, window.fetch is its own.
let lastRun = Promise.resolve();

function modelText({ model, unjudged, error }) {
  if (!model) return unjudged;
  const says = `${model.readable ? 'readable' : 'blocked'}\n\n${model.why}`;
  const agrees = model.readable === !error;
  return agrees ? says : `${says}\n\nYour browser disagrees: trust your browser, and tell us.`;
}

function verdict({ error, wire }) {
  if (!error) return ['readable', 'readable'];
  if (wire.length && error instanceof TypeError) return ['blocked', 'blocked by the browser'];
  if (wire.length && error.name === 'NetworkError') return ['blocked', 'refused by the server'];
  return ['failed', wire.length ? 'failed in the script' : 'no answer: is the demo still running?'];
}

function headerLines(headers) {
  return headers.flatMap(([name, value]) => {
    const shown = DECIDES.test(name) ? element('strong', {}, name) : name;
    return [shown, `: ${value}\n`];
  });
}

function exchange({ method, path, request_headers, status, response_headers, body }) {
  return element(
    'pre',
    { tabindex: 0 },
    `${method} ${path}\n`,
    ...headerLines(request_headers.filter(([name]) => !QUIET.test(name))),
    `\n${status || '(no answer)'}\n`,
    ...headerLines(response_headers.filter(([name]) => !/^(date|server)$/i.test(name)).sort()),
    body && `\n${body}`,
  );
}

function shownStep(step, outcome) {
  const [kind, words] = verdict(outcome);
  const got = outcome.error ? String(outcome.error) : JSON.stringify(outcome.value, null, 2);
  return element(
    'section',
    { class: 'try-it-step', 'data-step': step.name },
    element(
      'h3',
      {},
      element('code', {}, `${step.name}(api)`),
      element('span', { class: `try-it-verdict ${kind}` }, words),
    ),
    element(
      'div',
      { class: 'try-it-columns' },
      element(
        'div',
        { class: 'try-it-got' },
        element('h4', {}, 'What the script got'),
        element('pre', { tabindex: 0 }, got),
      ),
      element(
        'div',
        { class: 'try-it-wire' },
        element('h4', {}, 'What went over the wire'),
        ...outcome.wire.map(exchange),
      ),
      element(
        'div',
        { class: 'try-it-model' },
        element('h4', {}, 'What cors_browser says'),
        element('pre', { tabindex: 0 }, modelText(outcome)),
      ),
    ),
  );
}

const SERVERS = { wsgi: 'WSGI (gunicorn)', asgi: 'ASGI (uvicorn)' };

// The servers that have this lesson; the one of the reader's tab is chosen.
function serverChoices(lesson, demo) {
  const tab = document.querySelector('.sphinx-tabs [role="tab"][aria-selected="true"]');
  const offered = Object.keys(SERVERS).filter((server) => demo.lessons[server].includes(lesson));
  const remembered = tab?.textContent.toLowerCase();
  const chosen = offered.includes(remembered) ? remembered : offered[0];
  return offered.map((value) => {
    const input = element('input', { type: 'radio', name: `server-of-${lesson}`, value });
    input.checked = value === chosen;
    return element('label', {}, input, ` ${SERVERS[value]}`);
  });
}

// In the attack lab the other origins are the attacker's, and the way back is the shop's.
function otherOrigins(demo, isAttack) {
  const offered = isAttack ? [demo.origins[0], ...demo.attackers] : demo.origins;
  const links = offered
    .filter((origin) => origin !== location.origin)
    .map((origin) => element('a', { href: origin + location.pathname + '#try-it' }, origin));
  return element(
    'p',
    {},
    'This page is ',
    element('code', {}, location.origin),
    '. To be another origin, open it as ',
    ...links.flatMap((link, nth) => (nth ? [' or as ', link] : [link])),
    '.',
  );
}

// What the classes of a panel name after a prefix: its lesson, or the mended program it attacks too.
function named(place, prefix) {
  const name = [...place.classList].find((one) => one.startsWith(prefix) && one !== 'try-it');
  return name?.slice(prefix.length).replaceAll('-', '_');
}

function programChoices(lesson, mended) {
  return [lesson, mended].map((value) => {
    const input = element('input', { type: 'radio', name: `program-of-${lesson}`, value });
    input.checked = value === lesson;
    return element('label', {}, input, ` against ${value}`);
  });
}

function failure(words, error) {
  return element('p', { class: 'try-it-failure' }, `${words}: ${error}. Is the demo still running?`);
}

async function build(place, demo) {
  const lesson = named(place, 'try-');
  const mended = named(place, 'against-');
  let steps;
  try {
    steps = (await import(`/_pages/${lesson}.js`)).default;
  } catch (error) {
    place.prepend(failure('The script of this panel did not load', error));
    return;
  }
  const results = element('div', { 'aria-live': 'polite', class: 'try-it-results' });
  const button = element('button', { type: 'submit' }, 'Try it');
  const form = element(
    'form',
    { class: 'try-it-controls', 'aria-label': `Try ${lesson}` },
    ...serverChoices(lesson, demo),
    ...(mended ? programChoices(lesson, mended) : []),
    button,
  );
  async function showAll(server, program) {
    try {
      for (const step of steps) results.append(shownStep(step, await run(step, server, program)));
    } catch (error) {
      results.append(failure('The panel stopped', error));
    } finally {
      button.disabled = false;
    }
  }
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    button.disabled = true;
    results.replaceChildren();
    const chosen = new FormData(form);
    const server = demo[chosen.get(`server-of-${lesson}`)];
    lastRun = lastRun.then(() => showAll(server, chosen.get(`program-of-${lesson}`) ?? lesson));
  });
  document.addEventListener('tab-chosen', ({ detail }) => {
    const input = form.querySelector(`input[value="${detail.toLowerCase()}"]`);
    if (input) input.checked = true;
  });
  const recorded = element('details', {}, element('summary', {}, 'A recorded run'), ...place.childNodes);
  place.replaceChildren(otherOrigins(demo, mended !== undefined), form, results, recorded);
}

const places = document.querySelectorAll('.try-it');
if (places.length) {
  runningDemo().then((demo) => demo && places.forEach((place) => build(place, demo)));
}
