async function change(api, method) {
  const response = await fetch(`${api}/orders/17`, {
    method,
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ bread: 'spelt' }),
  });
  return response.json();
}

async function changeInLowerCase(api) {
  return change(api, 'patch');
}

async function changeInUpperCase(api) {
  return change(api, 'PATCH');
}

async function changeTwice(api) {
  return [await change(api, 'PATCH'), await change(api, 'PATCH')];
}

export default [changeInLowerCase, changeInUpperCase, changeTwice];
