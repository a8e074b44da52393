// Code or a table that is wider than its place can be reached, and so scrolled, by keyboard.

const wide = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
    else target.removeAttribute('tabindex');
  }
});
for (const block of document.querySelectorAll('.highlight pre, .table-wrapper')) {
  wide.observe(block);
}
