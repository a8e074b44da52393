// A block of code that is wider than its place can be reached, and so scrolled, by keyboard.

const wide = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
    else target.removeAttribute('tabindex');
  }
});
for (const pre of document.querySelectorAll('.highlight pre')) wide.observe(pre);
