async function readMenu(api, headers) {
  const response = await fetch(`${api}/menu`, { headers });
  return response.json();
}

// What OpenTelemetry adds to each request.
async function readTraced(api) {
  return readMenu(api, { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' });
}

// What a library adds whose header isn't in the list.
async function readWithAnotherTracer(api) {
  return readMenu(api, { 'X-B3-TraceId': '463ac35c9f6413ad48485a3953bb6124' });
}

export default [readTraced, readWithAnotherTracer];
