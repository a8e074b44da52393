// The search. A page counts by the words of the question that it has, rare words more, and most by a
// title or an index entry in the reader's words. A word that only the reader has (an address, a file
// name) hides nothing. `search_data.js` calls Search.show; docs/_ext/search.py writes it.

const SHOWN = 15; // results
const LITTLE = 0.3; // what a word such as "not" weighs
const COMMON = 1; // what a word weighs that is on most pages, and so left out of the data

const total = (words, weight) => [...words].reduce((sum, word) => sum + weight(word), 0);

function wordsOf(text) {
  const stemmer = new Stemmer();
  const spoken = text.toLowerCase().replace(/\w+:\/\/\S+/g, ' '); // each reader has other addresses
  const words = spoken.split(/[^\p{Letter}\p{Number}_]+/u).filter(Boolean);
  return new Set(words.map((word) => (stopwords.has(word) ? word : stemmer.stemWord(word))));
}

// How well a phrase fits a question: 1 where they have the same words, 0 where they share none.
function likeness(asked, phrase, weight) {
  const square = (word) => weight(word) ** 2;
  const shared = [...phrase].filter((word) => asked.has(word));
  return total(shared, square) / Math.sqrt(total(asked, square) * total(phrase, square) || 1);
}

// Which pages have each word: the file has two digits to the base 36 for each.
function withPages(words) {
  const split = ([word, pages]) => [word, pages.match(/../g).map((page) => parseInt(page, 36))];
  return Object.fromEntries(Object.entries(words).map(split));
}

function rank(query, { pages, words: index, phrases }) {
  const pagesWith = (word) => (Object.hasOwn(index, word) ? index[word] : []);
  const weight = (word) => {
    if (stopwords.has(word)) return LITTLE;
    const found = pagesWith(word).length;
    return found ? Math.log(1 + pages.length / (1 + found)) : COMMON;
  };
  const split = phrases.map(([page, text, place, worth]) => (
    { text, page, place, worth, words: wordsOf(text) }
  ));
  const titled = new Set(split.flatMap((phrase) => [...phrase.words]));
  const words = [...wordsOf(query)];
  const telling = words.filter((word) => pagesWith(word).length);
  const asked = new Set(words.filter((word) => titled.has(word) || telling.includes(word)));
  const results = pages.map(([name, title, opening, turn]) => (
    { name, title, opening, turn, score: 0, fit: 0 }
  ));
  if ([...asked].every((word) => stopwords.has(word))) return [];
  for (const word of telling) {
    for (const page of pagesWith(word)) results[page].score += weight(word) / total(telling, weight);
  }
  for (const phrase of split) {
    const { text, place } = phrase;
    const isExact = text === query.trim(); // such as the name of an object
    const fit = isExact ? 1 : phrase.worth * likeness(asked, phrase.words, weight);
    if (fit > results[phrase.page].fit) Object.assign(results[phrase.page], { fit, text, place });
  }
  for (const result of results) result.score += 3 * result.fit;
  // Pages that show the same line of a console fit alike: the commoner cause is listed first.
  const rounded = ({ score }) => Math.round(score * 1e6);
  results.sort((one, other) => rounded(other) - rounded(one) || one.turn - other.turn);
  return results.filter(({ score }) => score > results[0].score / 4).slice(0, SHOWN);
}

function shownResult({ name, title, opening, fit, text, place }) {
  const item = document.createElement('li');
  const link = item.appendChild(document.createElement('a'));
  const onPage = place && fit > 0.5; // else the page as a whole answers better
  const root = document.documentElement.dataset.content_root;
  link.href = onPage ? `${root}${name}.html#${place}` : `${root}${name}.html`;
  link.textContent = onPage ? `${title}: ${text}` : title;
  const context = item.appendChild(document.createElement('p'));
  context.className = 'context';
  context.textContent = opening;
  return item;
}

const Search = {
  // The pages that fit a question; empty until `search_data.js` has come.
  find(query) {
    return this.known ? rank(query, this.known) : [];
  },

  show(known) {
    this.known = { ...known, words: withPages(known.words) };
    if (!document.querySelector('#search-results')) {
      document.dispatchEvent(new CustomEvent('search-ready'));
      return;
    }
    const query = new URLSearchParams(location.search).get('q') ?? '';
    for (const field of document.querySelectorAll('input[name="q"]')) field.value = query;
    if (!query) return;
    const results = this.find(query);
    document.querySelector('#search-results').replaceChildren(...results.map(shownResult));
    document.querySelector('#search-status').textContent = results.length
      ? 'The pages that fit best, best first.'
      : 'No page has these words. Paste a line from your console, or try other words.';
  },
};
