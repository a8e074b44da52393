// Ranks Sphinx's own search index for what readers paste and ask. Sphinx wants every word on the page, so
// one word of a console line that only the reader has (an address, a file name) hides the right page. Here
// a page counts by the words that it has, rare words more, and most by a title or an index entry in the
// reader's words. Nothing is fetched, so it works from file:// too.

(() => {
  const SHOWN = 15;
  const LITTLE = 0.3; // what a word such as "not" weighs, which is on every page
  const known = (table, word) => (Object.hasOwn(table, word) ? [table[word]].flat() : []);
  const total = (words, weight) => [...words].reduce((sum, word) => sum + weight(word), 0);

  function wordsOf(text, stemmer) {
    const words = splitQuery(text.toLowerCase());
    return new Set(words.map((word) => (stopwords.has(word) ? word : stemmer.stemWord(word))));
  }

  // Every title, section title, index entry and object: its words, and where it is.
  function phrasesOf(index, stemmer) {
    const phrases = [];
    const add = (page, text, link, worth) => {
      phrases.push({ page, text, link, worth, words: wordsOf(text, stemmer) });
    };
    for (const [text, places] of Object.entries(index.alltitles)) {
      for (const [page, id] of places) add(page, text, id && `#${id}`, 1);
    }
    for (const [text, places] of Object.entries(index.indexentries)) {
      for (const [page] of places) add(page, text, null, 1);
    }
    for (const [module, objects] of Object.entries(index.objects)) {
      for (const [page, , , , name] of objects) {
        add(page, `${module}.${name}`, `#${module}.${name}`, 0.6);
      }
    }
    return phrases;
  }

  // How well a phrase fits a question: 1 where they have the same words, 0 where they share none.
  function likeness(asked, phrase, weight) {
    const square = (word) => weight(word) ** 2;
    const shared = [...phrase].filter((word) => asked.has(word));
    return total(shared, square) / Math.sqrt(total(asked, square) * total(phrase, square) || 1);
  }

  function rank(query, index) {
    const stemmer = new Stemmer();
    const pagesWith = (word) => {
      const pages = [...known(index.terms, word), ...known(index.titleterms, word)];
      return new Set(stopwords.has(word) ? [] : pages);
    };
    const weight = (word) => (
      stopwords.has(word) ? LITTLE : Math.log(1 + index.docnames.length / (1 + pagesWith(word).size))
    );
    const words = [...wordsOf(query, stemmer)];
    const telling = words.filter((word) => pagesWith(word).size);
    const asked = new Set(words.filter((word) => stopwords.has(word) || telling.includes(word)));
    const results = index.docnames.map((name, page) => ({ name, page, score: 0, fit: 0 }));
    for (const word of telling) {
      for (const page of pagesWith(word)) {
        results[page].score += weight(word) / total(telling, weight);
      }
    }
    for (const { page, text, link, worth, words: phrase } of phrasesOf(index, stemmer)) {
      const fit = worth * likeness(asked, phrase, weight);
      if (fit > results[page].fit) Object.assign(results[page], { fit, text, link });
    }
    for (const result of results) result.score += 2 * result.fit;
    const found = results.filter(({ score }) => telling.length && score > 0);
    found.sort((one, other) => other.score - one.score);
    return found.filter(({ score }) => score > found[0].score / 4).slice(0, SHOWN);
  }

  function shown({ name, page, fit, text, link }, index) {
    const item = document.createElement('li');
    const to = document.createElement('a');
    const section = link && fit > 0.5; // else the page as a whole answers better
    to.href = `${name}${DOCUMENTATION_OPTIONS.LINK_SUFFIX}${section ? link : ''}`;
    to.textContent = section ? `${index.titles[page]}: ${text}` : index.titles[page];
    const opening = document.createElement('p');
    opening.className = 'context';
    opening.textContent = Search.openings[name];
    item.append(to, opening);
    return item;
  }

  Search.query = (query) => {
    const results = rank(query, Search._index);
    Search.output.append(...results.map((result) => shown(result, Search._index)));
    _finishSearch(results.length);
  };
})();
