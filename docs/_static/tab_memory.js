// What sphinx-tabs leaves out: every family of tabs is remembered, on all pages and in all browser
// tabs; the whole keyboard pattern works; a link into a hidden panel opens it.

const tabsOf = (list) => [...list.querySelectorAll('[role="tab"]')];
const familyOf = (list) => `tabs: ${tabsOf(list).map((tab) => tab.textContent).sort().join(' | ')}`;
const allLists = () => [...document.querySelectorAll('.sphinx-tabs [role="tablist"]')];

function read(family) {
  try {
    return localStorage.getItem(family);
  } catch {
    return null; // storage is forbidden: nothing is remembered, everything else works
  }
}

function write(family, label) {
  try {
    localStorage.setItem(family, label);
  } catch {
    // as above
  }
}

function show(list, label) {
  for (const tab of tabsOf(list)) {
    const chosen = tab.textContent === label;
    tab.setAttribute('aria-selected', chosen);
    tab.tabIndex = chosen ? 0 : -1;
    document.getElementById(tab.getAttribute('aria-controls')).hidden = !chosen;
  }
}

function showEverywhere(family, label) {
  for (const list of allLists()) {
    if (familyOf(list) === family) show(list, label);
  }
  document.dispatchEvent(new CustomEvent('tab-chosen', { detail: label }));
}

function choose(tab) {
  const list = tab.parentElement;
  const before = list.getBoundingClientRect().top;
  write(familyOf(list), tab.textContent);
  showEverywhere(familyOf(list), tab.textContent);
  scrollBy(0, list.getBoundingClientRect().top - before); // what the reader looks at stays in place
}

function restore() {
  for (const list of allLists()) {
    const label = read(familyOf(list));
    if (tabsOf(list).some((tab) => tab.textContent === label)) show(list, label);
  }
}

function openTarget() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const hidden = target?.closest('.sphinx-tabs-panel[hidden]');
  if (!hidden) return;
  choose(document.getElementById(hidden.getAttribute('aria-labelledby')));
  target.scrollIntoView();
}

function onKey(event) {
  const tab = event.target.closest('.sphinx-tabs [role="tab"]');
  if (!tab) return;
  const tabs = tabsOf(tab.parentElement);
  const at = tabs.indexOf(tab);
  const next = {
    ArrowLeft: tabs.at(at - 1),
    ArrowRight: tabs[(at + 1) % tabs.length],
    Home: tabs[0],
    End: tabs.at(-1),
  }[event.key];
  if (!next) return;
  event.preventDefault();
  event.stopPropagation(); // sphinx-tabs' own handling of arrows
  choose(next);
  next.focus();
}

function onClick(event) {
  const tab = event.target.closest('.sphinx-tabs [role="tab"]');
  if (!tab) return;
  event.stopPropagation(); // sphinx-tabs' own handling of clicks
  choose(tab);
}

document.addEventListener('click', onClick, { capture: true });
document.addEventListener('keydown', onKey, { capture: true });
addEventListener('storage', restore);
addEventListener('hashchange', openTarget);
addEventListener('DOMContentLoaded', () => {
  restore();
  openTarget();
});
