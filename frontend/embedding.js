async function show(url, crossOrigin) {
  const picture = new Image();
  picture.crossOrigin = crossOrigin;
  picture.src = url;
  await picture.decode();
  return { width: picture.naturalWidth };
}

async function showLogo(api) {
  return show(`${api}/logo.svg`, null);
}

async function showReceipt(api) {
  return show(`${api}/receipt.svg`, null);
}

async function showReceiptWithCrossOrigin(api) {
  return show(`${api}/receipt.svg`, 'anonymous');
}

async function fetchLogoWithNoCors(api) {
  const response = await fetch(`${api}/logo.svg`, { mode: 'no-cors' });
  return { type: response.type, status: response.status, body: await response.text() };
}

// Without Timing-Allow-Origin, all times between the start and the end are 0.
async function measure(url) {
  await show(url, null);
  const [timing] = performance.getEntriesByName(url);
  return { requestStartIsKnown: timing.requestStart > 0 };
}

async function measureLogo(api) {
  return measure(`${api}/logo.svg`);
}

async function measureLoaf(api) {
  return measure(`${api}/loaf.svg`);
}

export default [
  showLogo,
  showReceipt,
  showReceiptWithCrossOrigin,
  fetchLogoWithNoCors,
  measureLogo,
  measureLoaf,
];
