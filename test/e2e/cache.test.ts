/** What runs keep for later ones, with the built program. Needs dist/: `npm test` builds it first. */
import { execFile, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';

const program = path.resolve(import.meta.dirname, '../../bin/fleetlint.js');
let scratch: string;
let tree: string;
let environment: NodeJS.ProcessEnv;

beforeEach(() => {
  scratch = mkdtempSync(path.join(tmpdir(), 'fleetlint-cache-'));
  tree = path.join(scratch, 'tree');
  environment = { ...process.env, XDG_CACHE_HOME: path.join(scratch, 'home') };
  mkdirSync(tree);
});
afterEach(() => {
  rmSync(scratch, { recursive: true });
});

/** A long time ago, so that the cache need not read them again. */
function writeUnits(count: number): void {
  for (let n = 0; n < count; n++) {
    const unit = path.join(tree, `unit-${n}.service`);
    writeFileSync(unit, `[Service]\nExecStart=/bin/true\n${n % 50 === 0 ? 'Restrt=always\n' : ''}`);
    utimesSync(unit, 1000, 1000);
  }
}

function lint(...more: readonly string[]) {
  const { status, stdout } = spawnSync(process.execPath, [program, '-f', 'json', ...more], {
    cwd: tree,
    env: environment,
    encoding: 'utf8',
  });
  return { status, stdout };
}

const cache = () => path.join(tree, '.fleetlint-cache');

test('many files leave a cache, few and --no-cache leave none; what is found is the same', () => {
  writeUnits(20);
  lint();
  expect(existsSync(cache())).toBe(false);
  writeUnits(300);
  const plain = lint('--no-cache');
  expect(plain.stdout).toContain('Restrt');
  expect(existsSync(cache())).toBe(false);
  expect(lint()).toEqual(plain);
  expect(readdirSync(cache()).sort()).toEqual(['.gitignore', 'facts']);
  expect(lint()).toEqual(plain);
});

test('runs at the same time do not harm each other', async () => {
  writeUnits(300);
  const plain = lint('--no-cache');
  const command = [program, '-f', 'json', '--fail-on', 'never'];
  const run = async () =>
    (await promisify(execFile)(process.execPath, command, { cwd: tree, env: environment })).stdout;
  for (const stdout of await Promise.all([run(), run(), run(), run()])) expect(stdout).toBe(plain.stdout);
  expect(readdirSync(cache()).sort()).toEqual(['.gitignore', 'facts']);
  expect(lint()).toEqual(plain);
});

test('init has git ignore it, once, and says so', () => {
  const init = () => {
    rmSync(path.join(tree, 'fleetlint.yaml'), { force: true });
    return spawnSync(process.execPath, [program, 'init'], { cwd: tree, encoding: 'utf8' }).stderr;
  };
  expect(init()).not.toContain('.gitignore');
  mkdirSync(path.join(tree, '.git'));
  writeFileSync(path.join(tree, '.gitignore'), 'target/');
  expect(init()).toContain("'.fleetlint-cache/' entered in '.gitignore'");
  expect(init()).not.toContain('.gitignore');
  expect(readFileSync(path.join(tree, '.gitignore'), 'utf8')).toBe('target/\n.fleetlint-cache/\n');
});
