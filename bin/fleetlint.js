#!/usr/bin/env node
// CommonJS, as dist/ is: Node starts it faster.
const { existsSync, readFileSync } = require('node:fs');
const module_ = require('node:module');
const path = require('node:path');

const dist = path.join(__dirname, '../dist');
const program = path.join(dist, 'cli.cjs');
if (existsSync(cacheOf(program))) compileFromCache();
else enableNodesCache();
let isFaulty = false;
process.on('uncaughtException', (/** @type {NodeJS.ErrnoException} */ error) => {
  // A reader that has seen enough, such as head(1), is no fault.
  if (error.code === 'EPIPE') return;
  isFaulty = true;
  process.exitCode = 2;
  process.stderr.write(`fleetlint: This is a fault of fleetlint itself; please report it.\n${error.stack}\n`);
});
if (existsSync(program)) {
  /** @type {typeof import('../src/cli/main.ts')} */
  const { main } = require(program);
  void main(process.argv.slice(2), process).then((status) => {
    process.exitCode = isFaulty ? 2 : status;
  });
} else {
  process.stderr.write("fleetlint is not built yet: run 'npm ci' or 'npm run build' in its folder first.\n");
  process.exitCode = 2;
}

/**
 * Takes the code that the build compiled (tools/code-cache.cjs): a third of the time to start. V8 refuses what was compiled
 * under other flags, and compiles anew.
 */
function compileFromCache() {
  const { Script } = require('node:vm');
  // `require.extensions` is old but stays; the hooks that were made to follow it cost more than is won here.
  const ordinary = require.extensions['.js'];
  require.extensions['.cjs'] = (module, filename) => {
    const cache = cacheOf(filename);
    if (path.dirname(filename) !== dist || !existsSync(cache)) return ordinary(module, filename);
    // The build writes ASCII only.
    const source = module_.wrap(readFileSync(filename, 'latin1'));
    const script = untuned(() => new Script(source, { filename, cachedData: readFileSync(cache) }));
    const required = (/** @type {string} */ name) => module.require(name);
    script.runInThisContext().call(module.exports, module.exports, required, module, filename, dist);
  };
}

/**
 * Does something under the options that V8 has by itself (src/cli/engine.ts).
 *
 * @template Value
 * @param {() => Value} work
 * @returns {Value}
 */
function untuned(work) {
  const own = /** @type {Record<symbol, ((work: () => Value) => Value) | undefined>} */ (
    /** @type {unknown} */ (globalThis)
  )[Symbol.for('fleetlint.untuned')];
  return own === undefined ? work() : own(work);
}

/** @param {string} file in dist/ */
function cacheOf(file) {
  return `${file}.v8-${process.versions.v8}`;
}

/** From Node 22 on, Node itself keeps compiled code. It is for packages from npm: the build made nothing for this Node. */
function enableNodesCache() {
  try {
    /** @type {{ enableCompileCache?: () => void }} */ (module_).enableCompileCache?.();
  } catch {
    // It only makes the start faster.
  }
}
