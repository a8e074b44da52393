async function storeInArchive(api) {
  const response = await fetch(`${api}/archive/2026/17`, { method: 'PUT' });
  return response.json();
}

export default [storeInArchive];
