/**
 * Writes the compiled code of the files of dist/ that a run loads beside them, with the functions that it called:
 * `node tools/code-cache.cjs DIST ARGUMENT...`. bin/fleetlint.js reads it. A process of its own, as V8 refuses code that was
 * compiled under other flags.
 */
const { existsSync, readFileSync, writeFileSync } = require('node:fs');
const module_ = require('node:module');
const path = require('node:path');
const v8 = require('node:v8');
const { Script } = require('node:vm');

const [dist = '', ...programArguments] = process.argv.slice(2);
/** @type {Map<string, Script>} */
const scripts = new Map();
// A run of many files sets some.
v8.setFlagsFromString = () => undefined;
require.extensions['.cjs'] = (/** @type {NodeModule} */ module, /** @type {string} */ filename) => {
  // To the character what bin/fleetlint.js compiles.
  const script = new Script(module_.wrap(readFileSync(filename, 'latin1')), { filename });
  scripts.set(`${filename}.v8-${process.versions.v8}`, script);
  const required = (/** @type {string} */ name) => module.require(name);
  script.runInThisContext().call(module.exports, module.exports, required, module, filename, dist);
};
process.on('exit', () => {
  for (const [file, script] of scripts) if (!existsSync(file)) writeFileSync(file, script.createCachedData());
});
/** @type {typeof import('../src/cli/main.ts')} */
const { main } = require(path.join(dist, 'cli.cjs'));
void main(programArguments, process).then((status) => {
  process.exitCode = status;
});
