#!/usr/bin/env node
import { existsSync } from 'node:fs';
import module from 'node:module';

try {
  /** @type {{ enableCompileCache?: () => void }} */ (module).enableCompileCache?.();
} catch {
  // It only makes the start faster, and Node 20 does not have it.
}

const program = new URL('../dist/cli.js', import.meta.url);
if (existsSync(program)) {
  /** @type {typeof import('../src/cli/main.ts')} */
  const { main } = await import(program.href);
  process.exitCode = await main(process.argv.slice(2), process);
} else {
  process.stderr.write("fleetlint is not built yet: run 'npm ci' or 'npm run build' in its folder first.\n");
  process.exitCode = 2;
}
