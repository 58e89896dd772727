#!/usr/bin/env node
// CommonJS, as dist/ is: Node starts it faster.
const { existsSync } = require('node:fs');
const module_ = require('node:module');
const path = require('node:path');

try {
  /** @type {{ enableCompileCache?: () => void }} */ (module_).enableCompileCache?.();
} catch {
  // It only makes the start faster, and Node 20 does not have it.
}

const program = path.join(__dirname, '../dist/cli.cjs');
if (existsSync(program)) {
  /** @type {typeof import('../src/cli/main.ts')} */
  const { main } = require(program);
  void main(process.argv.slice(2), process).then((status) => {
    process.exitCode = status;
  });
} else {
  process.stderr.write("fleetlint is not built yet: run 'npm ci' or 'npm run build' in its folder first.\n");
  process.exitCode = 2;
}
