// The playground's start: what it needs is loaded only when the reader asks for it.
(() => {
  const address = `${document.documentElement.dataset.content_root}_static/playground/panel.js`;

  function made(name, properties) {
    return Object.assign(document.createElement(name), properties);
  }

  // A button that opens the playground in a place; what goes wrong is said in a status line.
  function openButton(words, place, options) {
    const button = made('button', { type: 'button', className: 'playground-open', textContent: words });
    const status = made('p', { className: 'playground-failure' });
    status.setAttribute('role', 'status');
    button.addEventListener('click', async () => {
      button.disabled = true;
      status.textContent = '';
      try {
        const { open } = await import(new URL(address, location.href));
        await open(place, options());
      } catch (error) {
        status.textContent = `The playground did not open: ${error.message}`;
      } finally {
        button.disabled = false;
      }
    });
    return [button, status];
  }

  function addToPage(place) {
    const isCheck = place.classList.contains('check');
    const words = isCheck ? 'Open the check' : 'Open the playground';
    const [button, status] = openButton(words, place, () => ({ isCheck }));
    place.replaceChildren(button, status);
    if (location.hash.startsWith('#code=')) button.click(); // it shows the code, and runs nothing
  }

  // What the reader has chosen in a panel.
  function chosen(panel, name) {
    return panel.querySelector(`[data-choose="${name}"]:checked`);
  }

  // WSGI or ASGI, as chosen in the page's tabs.
  function chosenInterface() {
    const tab = document.querySelector('.sphinx-tabs [role="tab"][aria-selected="true"]');
    return tab?.textContent.trim().toLowerCase();
  }

  function addToExercise(exercise) {
    const place = made('div', { className: 'playground' });
    const [button, status] = openButton('Solve it here', place, () => ({
      lesson: exercise.dataset.lesson,
      isExercise: true,
      interface: chosenInterface(),
      close: () => {
        place.replaceChildren();
        button.focus();
      },
    }));
    exercise.querySelector('details').before(button, status, place);
  }

  function addToPanel(panel) {
    const place = made('div', { className: 'playground' });
    const [button, status] = openButton('Edit', place, () => {
      panel.dataset.mode = 'edit';
      const page = chosen(panel, 'page')?.parentElement.textContent;
      return {
        lesson: panel.dataset.lesson,
        programs: panel.dataset.programs.split(' '),
        program: chosen(panel, 'program')?.parentElement.textContent,
        interface: chosenInterface(),
        page: page && (page.includes('://') || page === 'null' ? page : `https://${page}`),
        engine: chosen(panel, 'engine')?.value,
        close: () => {
          delete panel.dataset.mode;
          place.replaceChildren();
          button.focus();
        },
      };
    });
    panel.querySelector('.panel-actions').append(button, status);
    panel.querySelector('.panel-recorded').before(place);
  }

  // Modules and workers don't load from files, so there the page stays as it is.
  if (location.protocol === 'file:') return;
  document.querySelectorAll('.playground').forEach(addToPage);
  document.querySelectorAll('.panel[data-lesson]').forEach(addToPanel);
  document.querySelectorAll('.exercise').forEach(addToExercise);
})();
