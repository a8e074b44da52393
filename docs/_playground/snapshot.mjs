// Write the memory of Python after its slow imports: loading it takes a tenth of the time they take.
import { readFileSync, writeFileSync } from 'node:fs';
import { loadPyodide } from 'pyodide';

// The memory must not point to functions that only some browsers can compile. Pyodide makes them unless
// the engine cannot suspend WebAssembly, and leaves out the trampoline of calls on iOS.
delete WebAssembly.Suspending;
delete WebAssembly.promising;
Object.defineProperty(globalThis, 'navigator', { value: { userAgent: 'iPhone' } });

const [libraries, imports, snapshot] = process.argv.slice(2);
const python = await loadPyodide({ _makeSnapshot: true });
python.FS.writeFile('/lib/libraries.zip', readFileSync(libraries));
python.runPython(`import sys\nsys.path.insert(0, '/lib/libraries.zip')\nimport ${imports}`);
writeFileSync(snapshot, python.makeMemorySnapshot());
