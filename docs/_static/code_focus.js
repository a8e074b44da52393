// Code or a table that is larger than its place can be reached, and so scrolled, by keyboard.

function letKeyboardReach(block) {
  const isWide = block.scrollWidth > block.clientWidth;
  if (isWide || block.scrollHeight > block.clientHeight) block.tabIndex = 0;
  else block.removeAttribute('tabindex');
}

const wide = new ResizeObserver((entries) => {
  for (const { target } of entries) letKeyboardReach(target);
});
for (const block of document.querySelectorAll('.highlight pre, .table-wrapper')) {
  letKeyboardReach(block); // at once: the observer reports after the page is drawn
  wide.observe(block);
}
