// Ctrl-K: search as you type, with the finder for pasted messages. Both are loaded when the reader
// asks for them first, so that pages stay light.

const Palette = (() => {
  const root = document.documentElement.dataset.content_root;
  const FILES = [
    '_static/language_data.js',
    '_static/search.js',
    'search_data.js',
    '_static/finder.js',
    'finder_data.js',
  ];
  let dialog;
  let input;
  let answer;
  let results;

  // In their order, for each uses what the ones before it have declared.
  function load() {
    const there = [...document.scripts].map(({ src }) => src.replace(/[?#].*/, ''));
    for (const file of FILES) {
      const src = new URL(`${root}${file}`, location.href).href;
      if (there.includes(src)) continue;
      const script = document.createElement('script');
      script.async = false;
      script.src = src;
      document.head.append(script);
    }
  }

  function update() {
    const query = input.value;
    const hasFinder = typeof Finder !== 'undefined';
    const isMessage = hasFinder && Finder.ready() && query.trim() && Finder.find(query);
    answer.replaceChildren(...(isMessage ? Finder.shown(query).childNodes : []));
    const found = typeof Search !== 'undefined' && query.trim() ? Search.find(query).slice(0, 8) : [];
    results.replaceChildren(...found.map(shownResult));
  }

  // The arrow keys go from the field through the results and back.
  function onKey(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) {
      if (event.key === 'Enter' && event.target === input) dialog.querySelector('a')?.click();
      return;
    }
    event.preventDefault();
    const stops = [input, ...dialog.querySelectorAll('.palette-answer :is(a, button), li a')];
    const at = stops.indexOf(document.activeElement);
    stops.at((at + step) % stops.length).focus();
  }

  function build() {
    dialog = document.createElement('dialog');
    dialog.className = 'palette';
    dialog.setAttribute('aria-label', 'Search');
    input = document.createElement('input');
    input.type = 'text';
    input.placeholder = 'Search, or paste an error message';
    input.setAttribute('aria-label', input.placeholder);
    answer = document.createElement('div');
    answer.className = 'palette-answer';
    answer.setAttribute('aria-live', 'polite');
    results = document.createElement('ul');
    dialog.append(input, answer, results);
    document.body.append(dialog);
    input.addEventListener('input', update);
    dialog.addEventListener('keydown', onKey);
    dialog.addEventListener('click', ({ target }) => {
      if (target === dialog || target.closest('a')) dialog.close();
    });
    for (const ready of ['finder-ready', 'search-ready']) document.addEventListener(ready, update);
  }

  function open() {
    if (!dialog) {
      build();
      load();
    }
    dialog.showModal();
    input.select();
  }

  document.addEventListener('keydown', (event) => {
    if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    open();
  });
  return { open };
})();
