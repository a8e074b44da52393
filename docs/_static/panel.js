// The panels. Which browser the reader chose is remembered. *Try it* runs a panel's script in this
// browser, and is there only if this page's own origin says that a demo is running: a hosted guide
// never calls the reader's machine. Everything shown is set as text, never as HTML.

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

// Whether an outcome is good or bad for the API's author: as recorded, if it came as recorded.
function moodOf(kind, recorded) {
  if (kind === 'failed') return 'bad';
  const [readable, good] = recorded ?? [true, true];
  return (kind === 'readable') === readable === good ? 'good' : 'bad';
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

function column(name, title, ...content) {
  return element('div', { class: name }, element('p', { class: 'panel-head' }, title), ...content);
}

function shownStep(step, outcome, recorded) {
  const [kind, words] = verdict(outcome);
  const got = outcome.error ? String(outcome.error) : JSON.stringify(outcome.value, null, 2);
  return element(
    'section',
    { class: 'panel-step', 'data-step': step.name, 'aria-label': step.name },
    element(
      'p',
      { class: `panel-verdict ${moodOf(kind, recorded)}` },
      element('code', {}, `${step.name}(api)`),
      ' ',
      element('strong', {}, words),
    ),
    element(
      'div',
      { class: 'panel-columns' },
      column('panel-got', 'What the script got', element('pre', { tabindex: 0 }, got)),
      column(
        'panel-model',
        'What cors_browser says',
        element('pre', { tabindex: 0 }, modelText(outcome)),
      ),
      column('panel-wire', 'On the wire', ...outcome.wire.map(exchange)),
    ),
  );
}

// The servers that have this lesson; the one of the reader's tab is chosen.
function serverChoices(lesson, demo) {
  const tab = document.querySelector('.sphinx-tabs [role="tab"][aria-selected="true"]');
  const offered = ['wsgi', 'asgi'].filter((server) => demo.lessons[server].includes(lesson));
  const remembered = tab?.textContent.toLowerCase();
  const chosen = offered.includes(remembered) ? remembered : offered[0];
  const labels = offered.map((value) => {
    const input = element('input', { type: 'radio', name: `${lesson}-server`, value });
    input.checked = value === chosen;
    return element('label', {}, input, element('span', {}, value.toUpperCase()));
  });
  return element('fieldset', { class: 'panel-choice' }, element('legend', {}, 'Server'), ...labels);
}

// The origins that this page can be opened as, in the order of the records. In the attack lab the
// other ones are the attacker's.
function originsOf(demo, isAttack) {
  return isAttack ? [demo.origins[0], ...demo.attackers] : demo.origins;
}

function otherOrigins(origins) {
  const links = origins
    .filter((origin) => origin !== location.origin)
    .map((origin) => element('a', { href: origin + location.pathname + location.hash }, origin));
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

function failure(words, error) {
  return element('p', { class: 'panel-failure' }, `${words}: ${error}. Is the demo still running?`);
}

async function build(panel, demo) {
  const { lesson } = panel.dataset;
  const programs = panel.dataset.programs.split(' ');
  const moods = JSON.parse(panel.dataset.moods);
  const origins = originsOf(demo, programs.length > 1);
  const live = element('div', { class: 'panel-live' });
  panel.querySelector('.panel-recorded').before(live);
  let steps;
  try {
    steps = (await import(`/_pages/${lesson}.js`)).default;
  } catch (error) {
    live.append(failure('The script of this panel did not load', error));
    return;
  }
  const results = element('div', { 'aria-live': 'polite', class: 'panel-results' });
  live.append(otherOrigins(origins), results);
  const button = element('button', { type: 'submit' }, 'Try it');
  const back = element('button', { type: 'button', class: 'quiet', hidden: '' }, 'Recorded run');
  const form = element(
    'form',
    { class: 'panel-actions panel-try', 'aria-label': `Try ${lesson}` },
    serverChoices(lesson, demo),
    button,
    back,
  );
  async function showAll(server, program) {
    const recorded = (step) => moods[program]?.[step.name]?.[origins.indexOf(location.origin) + 1];
    try {
      for (const step of steps) {
        results.append(shownStep(step, await run(step, server, program), recorded(step)));
      }
    } catch (error) {
      results.append(failure('The panel stopped', error));
    } finally {
      button.disabled = false;
    }
  }
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    button.disabled = true;
    back.hidden = false;
    panel.dataset.mode = 'live';
    results.replaceChildren();
    const server = demo[new FormData(form).get(`${lesson}-server`)];
    const chosen = panel.querySelector('[data-choose="program"]:checked')?.value ?? 1;
    lastRun = lastRun.then(() => showAll(server, programs[chosen - 1]));
  });
  back.addEventListener('click', () => {
    delete panel.dataset.mode;
    results.replaceChildren();
    back.hidden = true;
  });
  document.addEventListener('tab-chosen', ({ detail }) => {
    const input = form.querySelector(`input[value="${detail.toLowerCase()}"]`);
    if (input) input.checked = true;
  });
  panel.querySelector('.panel-actions').append(form);
}

// The chosen browser, on all pages.
const ENGINE = 'panel: browser';

function chooseEngine(value) {
  for (const input of document.querySelectorAll('[data-choose="engine"]')) {
    if (input.value === value) input.checked = true;
  }
}

function rememberEngine({ target }) {
  if (!target.matches('[data-choose="engine"]')) return;
  chooseEngine(target.value);
  try {
    localStorage.setItem(ENGINE, target.value);
  } catch {
    // storage is forbidden: nothing is remembered, everything else works
  }
}

if (document.querySelector('.panel')) {
  document.addEventListener('change', rememberEngine);
  try {
    chooseEngine(localStorage.getItem(ENGINE));
  } catch {
    // as above
  }
  const lessons = document.querySelectorAll('.panel[data-lesson]');
  runningDemo().then((demo) => demo && lessons.forEach((panel) => build(panel, demo)));
}
