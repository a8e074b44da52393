// Write the memory of Python after its slow imports: loading it takes a tenth of the time they take.
import { readFileSync, writeFileSync } from 'node:fs';
import { loadPyodide } from 'pyodide';

// The memory must not point to functions that only some browsers can compile. Pyodide makes them unless
// the engine cannot suspend WebAssembly, and leaves out the trampoline of calls on iOS.
delete WebAssembly.Suspending;
delete WebAssembly.promising;
Object.defineProperty(globalThis, 'navigator', { value: { userAgent: 'iPhone' } });

const [libraries, own, imports, snapshot] = process.argv.slice(2);
const python = await loadPyodide({ _makeSnapshot: true });
python.FS.writeFile('/lib/libraries.zip', readFileSync(libraries));
python.FS.writeFile('/lib/own.zip', readFileSync(own));
python.runPython(`
import sys, zipfile
zipfile.ZipFile('/lib/own.zip').extractall('/home/bakery')
sys.path[:0] = ['/home/bakery', '/lib/libraries.zip']
import ${imports}
`);
writeFileSync(snapshot, python.makeMemorySnapshot());
