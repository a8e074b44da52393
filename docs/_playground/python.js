// Python for a classic worker: the runtime's own modules in one script, because module workers don't
// start in a sandboxed frame of Chromium.
import { info } from 'pyodide/pyodide-lock.json';
import createPyodideModule from 'pyodide/pyodide.asm.mjs';
import { loadPyodide } from 'pyodide/pyodide.mjs';

globalThis.startPython = (options) =>
  loadPyodide({ ...options, createPyodideModule, lockFileContents: { info, packages: {} } });
