// "Paste your message": find the page for a line of a console, in the table of recorded lines on
// this page. Nothing is sent anywhere, and what is pasted is shown as text only.

const ALIKE = 0.6; // how much of its weight a pasted line must share with a recorded one
const UNKNOWN = 1; // the weight of a word that stands in no recorded line

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

// One entry for all recorded lines that have the same words. Each row is "page,browser,message".
function readLines(table) {
  const entries = new Map();
  for (const row of table.trim().split('\n').slice(1)) {
    const [, page, quoted] = row.match(/^([^,]*),[^,]*,(.*)$/);
    const message = quoted.replace(/^"(.*)"$/, (_, text) => text.replaceAll('""', '"'));
    if (message === '(nothing)') continue;
    const words = wordsOf(message);
    const key = [...words].sort().join(' ');
    const entry = entries.get(key) ?? { words, pages: new Set() };
    if (page !== '(many)') entry.pages.add(page);
    entries.set(key, entry);
  }
  return [...entries.values()];
}

// The rarer a word is in the recorded lines, the more it says.
function weigher(entries) {
  const counts = new Map();
  for (const { words } of entries) {
    for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return (word) => (counts.has(word) ? Math.log(1 + entries.length / counts.get(word)) : UNKNOWN);
}

function finder(table) {
  const entries = readLines(table);
  const weight = weigher(entries);
  const sum = (words) => [...words].reduce((total, word) => total + weight(word), 0);

  function likeness(words, other) {
    const shared = [...words].filter((word) => other.has(word));
    return (2 * sum(shared)) / (sum(words) + sum(other));
  }

  function most(line) {
    const words = wordsOf(line);
    const scores = entries.map((entry) => likeness(words, entry.words));
    const score = Math.max(...scores);
    return { score, alike: entries.filter((_, index) => scores[index] > score - 0.001) };
  }

  // The entries most like a line. What Chromium says of an answer, it says of a preflight, too,
  // with some words before it.
  function best(line) {
    const whole = most(line);
    const rest = most(line.replace(/Response to preflight .* check: /, ''));
    return rest.score > whole.score ? rest : whole;
  }

  // The pages of a line; null for a line that tells no reason; none for a line that nobody knows.
  return (text) => {
    const found = text.split('\n').filter((line) => line.trim()).map(best);
    const known = found.filter(({ score }) => score >= ALIKE);
    const telling = known.filter(({ alike }) => alike.some(({ pages }) => pages.size));
    if (!telling.length) return known.length ? null : [];
    const { alike } = telling.reduce((one, other) => (other.score > one.score ? other : one));
    return [...new Set(alike.flatMap(({ pages }) => [...pages]))];
  };
}

function said(pages) {
  const answer = document.createElement('div');
  const words = document.createElement('p');
  answer.append(words);
  if (pages === null) {
    words.textContent = 'This line comes with every blocked call. Paste the line before it.';
  } else if (!pages.length) {
    const link = document.createElement('a');
    link.href = '../howto/is_it_cors.html';
    link.textContent = 'Is it CORS at all?';
    words.append('No page knows this line. ', link);
  } else {
    words.textContent = pages.length === 1 ? 'Read this page:' : 'This line has several causes:';
    const list = document.createElement('ul');
    for (const page of pages) {
      const link = document.querySelector(`.toctree-wrapper a[href="${page}.html"]`).cloneNode(true);
      const item = document.createElement('li');
      item.append(link);
      list.append(item);
    }
    answer.append(list);
  }
  return answer;
}

function buildFinder(place, table) {
  const find = finder(table);
  const label = document.createElement('label');
  label.textContent = "Paste your console's line:";
  const input = document.createElement('textarea');
  input.rows = 3;
  input.spellcheck = false;
  label.append(input);
  const answer = document.createElement('div');
  answer.setAttribute('aria-live', 'polite');
  answer.className = 'paste-answer';
  input.addEventListener('input', () => {
    answer.replaceChildren(...(input.value.trim() ? [said(find(input.value))] : []));
  });
  place.prepend(label, answer);
}

const pasteHere = document.querySelector('.paste-message');
if (pasteHere) buildFinder(pasteHere, document.querySelector('.messages pre').textContent);
