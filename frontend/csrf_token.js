async function sendForm(api, fields) {
  const response = await fetch(`${api}/orders`, {
    method: 'POST',
    body: new URLSearchParams({ bread: 'rye', ...fields }), // as a form sends it
    credentials: 'include',
  });
  return { status: response.status, body: await response.json() };
}

async function orderWithToken(api) {
  const response = await fetch(`${api}/token`, { credentials: 'include' });
  return sendForm(api, await response.json());
}

async function orderWithoutToken(api) {
  return sendForm(api, {});
}

export default [orderWithToken, orderWithoutToken];
