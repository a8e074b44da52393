// Code or a table that is wider than its place can be reached, and so scrolled, by keyboard.

function letKeyboardReach(block) {
  if (block.scrollWidth > block.clientWidth) block.tabIndex = 0;
  else block.removeAttribute('tabindex');
}

const wide = new ResizeObserver((entries) => {
  for (const { target } of entries) letKeyboardReach(target);
});
for (const block of document.querySelectorAll('.highlight pre, .table-wrapper')) {
  letKeyboardReach(block); // at once: the observer reports after the page is drawn
  wide.observe(block);
}
