// The finder: from whatever a reader copied (a line of a console or its end, an exception, a status
// row, a whole console, the output of `curl -i`) to what it means and the code to change. Nothing is
// sent anywhere, and what is pasted is shown as text only. `finder_data.js` calls Finder.show;
// docs/_ext/finder.py writes it.

const Finder = (() => {
  const ALIKE = 0.6; // how much of its weight a pasted line must share with a recorded one
  const INSIDE = 0.8; // the same for a part of a line, which the recorded line must contain
  const ENOUGH = 5; // the weight that such a part must share at least
  const UNKNOWN = 1; // the weight of a word that is in no recorded line
  const CUT = 0.3; // the same in a part of a line, of which readers copy more or less

  // Lines that were not recorded and mean one thing.
  const RULES = [
    [/only supported for (protocol|the following)|CORS request not http/i, 'errors/no_scheme'],
    [/Refused to get unsafe header/i, 'errors/unsafe_header'],
    [/ERR_BLOCKED_BY_ORB|OpaqueResponseBlocking/, 'errors/orb'],
    [/ERR_BLOCKED_BY_RESPONSE|NotSameOrigin/, 'howto/embedding'],
    [/ERR_BLOCKED_BY_CLIENT/, 'howto/is_it_cors'],
    [/ERR_(CERT|SSL)\w*|SEC_ERROR_\w+|SSL_ERROR_\w+/, 'errors/certificate'],
    [/ERR_(CONNECTION_(RESET|CLOSED)|EMPTY|INCOMPLETE|CONTENT|HTTP2)\w*/, 'errors/broken_body'],
    [/ERR_(CONNECTION|NAME|ADDRESS|TIMED|INTERNET|SOCKET|NETWORK)\w*/, 'errors/closed_port'],
    [/Mixed Content/i, 'errors/mixed_content'],
    [/canvas\w* .*tainted|tainted canvas/i, 'howto/static_files'],
  ];
  // What the script or the developer tools say of every failed call.
  const EXCEPTION = new RegExp(
    [
      'failed to fetch',
      'networkerror when attempting to fetch',
      'load failed',
      'network error',
      'err_failed',
      'strict-origin-when-cross-origin',
      '^cors error$',
      '\\bcors error\\b',
      'due to access control checks',
      '\\(blocked:cors\\)',
    ].join('|'),
    'i',
  );
  const BARE = /^(uncaught \(in promise\) )?(\w*error: )?(failed to fetch|load failed|network ?error.*)\.?$/i;
  const GATEWAY = ['413', '502', '503', '504'];
  const REFUSALS = ['400', '401', '403', '429', '431'];

  // What a quoted part is, for what it says differs with every API.
  function kindOf(quoted) {
    const text = quoted.trim();
    if (/^access-control-[a-z-]+$/i.test(text) || /^(\*|include|true)$/.test(text)) return text;
    if (text === '' || text === 'null') return `[${text}]`;
    if (text.includes(', ')) return '[list]';
    if (/^[a-z][a-z+.-]*:\/\/[^/]*\/$/i.test(text)) return '[slash]';
    return /^[a-z][a-z+.-]*:\/\//i.test(text) ? '[url]' : '[word]';
  }

  // The words of a line that are the browser's own. An error of Chromium's network says it all.
  function wordsOf(line) {
    const network = line.match(/net::\w+/i);
    if (network) return new Set([network[0].toLowerCase()]);
    const text = line
      .replace(/\b\d{3} \([A-Z][\w -]*\)/g, ' ') // a status row, such as 405 (Method Not Allowed)
      .replace(/^.*\(Reason: /, '') // Firefox says the same before each reason
      .replace(/[‘’“”`"]/g, "'")
      .replace(/\b(fetch|XMLHttpRequest|image|script|font|resource) at '[^']*'/gi, 'fetch at')
      .replace(/\b(from|page at|resource) '[a-z][a-z+.-]*:[^']*'/gi, '$1')
      .replace(/\bMethod \S+ is/i, (found) => (/[A-Z]{2}/.test(found) ? 'Method is' : 'Method [lower] is'))
      .replace(/\bfield \S+ is/i, 'field is')
      .replace(/\bheader '[^']*' is not allowed/i, 'header is not allowed')
      .replace(/\binvalid value: .*/i, 'invalid value')
      .replace(/\bconnect to \S+:/i, 'connect to')
      .replace(/\bOrigin null\b/i, 'Origin [null]')
      .replace(/\bstatus code: \(null\)/i, '[no-status]')
      .replace(/\bstatus code: (\d)(\d\d)/gi, '[status-$1] [status-$1$2]')
      .replace(/'([^']*)'/g, (_, quoted) => ` ${kindOf(quoted)} `)
      .replace(/[a-z][a-z+.-]*:\/\/\S+/gi, ' ');
    const words = text.match(/\[[a-z0-9-]*\]|\*|[a-z][a-z'-]*/gi) ?? [];
    return new Set(words.map((word) => word.toLowerCase()));
  }

  let recorded = []; // an entry for all recorded lines that have the same words: words, pages
  let pages = {};
  let weight;

  const sum = (words) => [...words].reduce((total, word) => total + weight(word), 0);

  function show(data) {
    pages = data.pages;
    const entries = new Map();
    for (const [page, line] of data.lines) {
      const words = wordsOf(line);
      const key = [...words].sort().join(' ');
      const entry = entries.get(key) ?? { words, pages: new Set() };
      if (page) entry.pages.add(page);
      entries.set(key, entry);
    }
    recorded = [...entries.values()];
    const counts = new Map();
    for (const { words } of recorded) {
      for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
    }
    // The rarer a word is in the recorded lines, the more it says.
    weight = (word) => (counts.has(word) ? Math.log(1 + recorded.length / counts.get(word)) : UNKNOWN);
    weight.knows = (word) => counts.has(word);
    document.dispatchEvent(new CustomEvent('finder-ready'));
  }

  function most(score) {
    const scores = recorded.map(score);
    const best = Math.max(...scores);
    return { score: best, alike: recorded.filter((_, index) => scores[index] > best - 0.001) };
  }

  function whole(line) {
    const words = wordsOf(line);
    const own = sum(words);
    return most(({ words: other }) => {
      const shared = [...words].filter((word) => other.has(word));
      return (2 * sum(shared)) / (own + sum(other));
    });
  }

  // A line without its beginning or its end is inside a recorded one; of those, the shortest fits.
  function part(line) {
    const words = [...wordsOf(line)];
    const known = words.filter(weight.knows);
    const own = sum(known) + CUT * (words.length - known.length);
    return most(({ words: other }) => {
      const shared = sum(known.filter((word) => other.has(word)));
      return shared < ENOUGH ? 0 : shared / own + shared / (100 * sum(other));
    });
  }

  // What Chromium says of a response, it says of a preflight, too, with some words before it.
  function wholeOrRest(line) {
    const first = whole(line);
    const rest = whole(line.replace(/Response to preflight .* check: /, ''));
    return rest.score > first.score ? rest : first;
  }

  // The pages of the line that says most; none if no line says enough.
  function pagesOfLines(lines, match, enough) {
    const found = lines
      .map(match)
      .filter(({ score, alike }) => score >= enough && alike.some(({ pages: own }) => own.size));
    if (!found.length) return [];
    const { alike } = found.reduce((one, other) => (other.score > one.score ? other : one));
    return [...new Set(alike.flatMap(({ pages: own }) => [...own]))];
  }

  function pageOfRule(text) {
    return RULES.find(([pattern]) => pattern.test(text))?.[1];
  }

  function pageOfPreflight(status) {
    if (status[0] === '3') return 'errors/preflight_redirect';
    return status === '405' ? 'errors/preflight_405' : 'errors/preflight_status';
  }

  // A row of the network panel, or a line that says a method and a status.
  function pageOfStatus(text) {
    const status = text.match(/\b[345]\d\d\b(?!:)/)?.[0];
    if (!status || !/\b(OPTIONS|GET|HEAD|POST|PUT|PATCH|DELETE|preflight|fetch|xhr|status)\b/i.test(text)) return null;
    if (/\bOPTIONS\b|\bpreflight\b/i.test(text)) {
      return pageOfPreflight(status);
    }
    if (GATEWAY.includes(status)) return 'errors/bad_gateway';
    if (['429', '431'].includes(status)) return 'errors/gateway';
    if (status[0] === '3') return 'errors/redirect';
    return status === '500' ? 'errors/crash' : 'howto/is_it_cors';
  }

  function headersOf(text) {
    const headers = new Map();
    for (const [, name, value] of text.matchAll(/^(?:< )?([\w-]+):[ \t]*(.*?)\r?$/gm)) {
      const key = name.toLowerCase();
      headers.set(key, headers.has(key) ? `${headers.get(key)}, ${value}` : value);
    }
    return headers;
  }

  function sentWith(text, name) {
    const option = new RegExp(`-H\\s*['"]?${name}:\\s*([^'"\\n]+)`, 'i');
    const verbose = new RegExp(`^> ${name}:\\s*(.*?)\\r?$`, 'im');
    return (text.match(option) ?? text.match(verbose))?.[1].trim();
  }

  const listed = (headers, name) => (headers.get(name) ?? '').toLowerCase().split(/\s*,\s*/);

  // The output of `curl -i` or `curl -v`, perhaps with the command: the CORS check by hand.
  function pageOfResponse(text) {
    const statuses = [...text.matchAll(/^(?:< )?HTTP\/[\d.]+ (\d{3})/gm)];
    if (!statuses.length) return null;
    const last = statuses.at(-1);
    const headers = headersOf(text.slice(last.index).replace(/^> .*$/gm, '').split(/\r?\n(?:< )?\r?\n/)[0]);
    const origin = sentWith(text, 'Origin');
    const method = sentWith(text, 'Access-Control-Request-Method');
    const isPreflight = Boolean(method) || /(-X\s*|^> )OPTIONS\b/m.test(text);
    const status = last[1];
    const allowed = headers.get('access-control-allow-origin');
    if (isPreflight && status[0] !== '2') return pageOfPreflight(status);
    if (allowed === undefined) {
      if (!origin && text.includes('curl')) return 'howto/works_in_curl';
      if (isPreflight) return 'errors/preflight_no_acao';
      if (GATEWAY.includes(status)) return 'errors/bad_gateway';
      if (REFUSALS.includes(status)) return 'errors/gateway';
      return status === '500' ? 'errors/crash' : 'errors/no_acao';
    }
    if (allowed.includes(',')) return 'errors/multiple_values';
    if (allowed !== '*' && !/^[a-z][a-z+.-]*:\/\/[^/\s]+$/i.test(allowed)) return 'errors/invalid_origin';
    if (allowed !== '*' && origin && allowed !== origin) return 'errors/other_origin';
    const asked = sentWith(text, 'Access-Control-Request-Headers')?.toLowerCase().split(/\s*,\s*/) ?? [];
    if (isPreflight && method && !['GET', 'HEAD', 'POST'].includes(method)) {
      const methods = listed(headers, 'access-control-allow-methods');
      if (!methods.includes(method.toLowerCase()) && !methods.includes('*')) return 'errors/method';
    }
    const names = listed(headers, 'access-control-allow-headers');
    if (asked.includes('authorization') && !names.includes('authorization')) return 'errors/header_wildcard';
    if (asked.some((name) => !names.includes(name) && !names.includes('*'))) return 'errors/header';
    return 'howto/is_it_cors';
  }

  // The reader's own origin, header and method, if the text has them and they are safe in code.
  function valuesOf(text) {
    const take = (...patterns) => patterns.map((pattern) => text.match(pattern)?.[1]).find(Boolean);
    const origin = take(
      /from origin '([a-z][a-z+.-]*:\/\/[^'\s/]+)'/i,
      /Origin ([a-z][a-z+.-]*:\/\/[^'"\s/]+) is not allowed/i,
      /Origin:\s*([a-z][a-z+.-]*:\/\/[^'"\s/]+)/i,
      /page at '([a-z][a-z+.-]*:\/\/[^'\s/]+)/i,
    );
    const header = take(
      /field ([\w-]+) is not allowed/i,
      /header [‘'"]([\w-]+)[’'"] is not allowed/i,
      /unsafe header "([\w-]+)"/i,
      /Access-Control-Request-Headers:\s*([\w-]+)/i,
    );
    const method = take(/Method ([A-Za-z]+) is not/, /Access-Control-Request-Method:\s*([A-Z]+)/);
    return { origin, header, method };
  }

  const QUESTIONS = {
    header: 'Open the network panel. What does the response say in Access-Control-Allow-Origin?',
    preflight: 'Open the network panel. What does the response to OPTIONS say?',
    address: "Open the API's address in a tab of its own. What happens?",
    silent: 'Every failed call says this. Open the network panel. What does it say of the request?',
  };
  const SILENT = ['errors/no_acao', 'errors/closed_port', 'errors/crash', 'errors/bad_gateway', 'howto/is_it_cors'];

  // What is found in a text: { pages, values }, with the question that tells several pages apart;
  // null for a text that nobody knows.
  function find(text) {
    const lines = text.split('\n').filter((line) => line.trim() && !BARE.test(line.trim()));
    const values = valuesOf(text);
    const answer = (found, question = QUESTIONS[pages[found[0]].asks ?? 'address']) => (
      found.length > 1 ? { pages: found, values, question } : { pages: found, values }
    );
    const response = pageOfResponse(text);
    if (response) return answer([response]);
    const known = pagesOfLines(lines, wholeOrRest, ALIKE);
    if (known.length) return answer(known);
    const other = pageOfRule(text) ?? pageOfStatus(text);
    if (other) return answer([other]);
    const inside = pagesOfLines(lines, part, INSIDE);
    if (inside.length) return answer(inside);
    return EXCEPTION.test(text) ? answer(SILENT, QUESTIONS.silent) : null;
  }

  function linked(page) {
    const link = document.createElement('a');
    link.href = `${document.documentElement.dataset.content_root}${page}.html`;
    link.textContent = pages[page].title;
    return link;
  }

  function made(name, text, parent, className = '') {
    const node = document.createElement(name);
    node.textContent = text;
    if (className) node.className = className;
    parent.append(node);
    return node;
  }

  function filled(code, values) {
    const known = { origin: 'https://shop.example.com', header: 'X-Debug', method: 'DELETE' };
    return code.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? known[name]);
  }

  function answerOf(page, values) {
    const box = document.createElement('div');
    const { meaning, fix, code } = pages[page];
    made('p', '', box, 'finder-page').append(linked(page));
    made('p', meaning, box);
    if (fix) made('p', fix, box, 'finder-fix');
    if (code) made('pre', filled(code, values), box).tabIndex = 0;
    return box;
  }

  // What the reader sees of a text; empty while there is nothing to say.
  function shown(text) {
    const box = document.createElement('div');
    if (!text.trim() || !weight) return box;
    const found = find(text);
    if (!found) {
      made('p', "No page knows this text. Paste the first red line of the console, or start here: ", box)
        .append(linked('howto/is_it_cors'));
    } else if (!found.question) {
      box.append(answerOf(found.pages[0], found.values));
    } else {
      made('p', found.question, box, 'finder-question');
      const choices = made('div', '', box, 'finder-choices');
      const answer = made('div', '', box);
      const choose = (chosen, page) => {
        for (const button of choices.children) button.ariaPressed = button === chosen;
        answer.replaceChildren(answerOf(page, found.values));
      };
      for (const page of found.pages) {
        const button = made('button', pages[page].hint ?? pages[page].title, choices);
        button.type = 'button';
        button.addEventListener('click', () => choose(button, page));
      }
      choose(choices.firstChild, found.pages[0]); // the commonest cause
    }
    return box;
  }

  function place(spot) {
    const label = document.createElement('label');
    label.textContent = 'Paste your error message, a whole console, or the output of curl -i:';
    const input = document.createElement('textarea');
    input.rows = 3;
    input.spellcheck = false;
    label.append(input);
    const answer = document.createElement('div');
    answer.setAttribute('aria-live', 'polite');
    answer.className = 'finder-answer';
    const update = () => answer.replaceChildren(...shown(input.value).childNodes);
    input.addEventListener('input', update);
    document.addEventListener('finder-ready', update);
    spot.replaceChildren(label, answer);
  }

  const ready = () => weight !== undefined;

  return { show, find, shown, place, ready };
})();

if (document.querySelector('.finder')) {
  document.querySelectorAll('.finder').forEach(Finder.place);
  const data = document.createElement('script');
  data.src = `${document.documentElement.dataset.content_root}finder_data.js`;
  document.head.append(data);
}
