/**
 * How fast manifests are read and linted: the parser alone, one changed manifest in a loaded tree, and a whole run of fleetlint
 * against `puppet-lint` and `puppet parser validate` on the same files, one after the other in one run:
 * `npm run bench:puppet -- FOLDER`.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { discover } from '../src/config/discovery.ts';
import { fileTemplate } from '../src/core/template.ts';
import { parsePuppet } from '../src/loaders/puppet/parser.ts';
import { Session } from '../src/session.ts';
import { filesBelow } from '../test/ecosystem/files-below.ts';

/** Rounds of all programs; of each the quickest counts, which says most on a machine that does other things too. */
const rounds = 3;
const parserBudget = 40;
const lintBudget = 1 / 8;
const memoryBudget = 300;
/** Milliseconds of processor time, user and system together. */
const changeBudget = 50;
/** How many manifests are changed, one after the other; the first ones warm the code up. */
const changes = 60;
const warmUp = 20;

/** Prints the figures. Returns 1 if one is over its budget. */
export async function main(root: string, folders: readonly string[]): Promise<number> {
  const files = folders.flatMap((folder) => filesBelow(path.resolve(root, folder), ['.pp']));
  if (files.length === 0) {
    process.stderr.write('Give a folder with manifests: npm run bench:puppet -- FOLDER\n');
    return 2;
  }
  const texts = files.map((file) => readFileSync(file, 'utf8'));
  const size = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0) / 1e6;
  const speed = size / parserSeconds(texts);
  say(`${files.length} manifests, ${size.toFixed(1)} MB`);
  say(`parser, warm    ${speed.toFixed(1)} MB/s (at least ${parserBudget})${speed >= parserBudget ? '' : '  over'}`);
  const { median, worst } = await changeTimes(root, folders);
  const change = `${median.toFixed(0)} ms, at worst ${worst.toFixed(0)} ms (at most ${changeBudget})`;
  say(`after a change  ${change}${median <= changeBudget ? '' : '  over'}`);
  say('');
  const isWithin = compareRuns(root, folders, files);
  return isWithin && speed >= parserBudget && median <= changeBudget ? 0 : 1;
}

/** Milliseconds of processor time that linting takes again after a change of one manifest, as an editor does it. */
async function changeTimes(
  root: string,
  folders: readonly string[],
): Promise<{ readonly median: number; readonly worst: number }> {
  const { files } = await discover(root, folders);
  const manifests = files.filter((file) => file.path.endsWith('.pp'));
  const session = new Session();
  session.update(files);
  await session.run();
  const times: number[] = [];
  for (let change = 0; change < changes; change++) {
    const manifest = manifests[Math.floor((change * manifests.length) / changes)];
    if (manifest === undefined) continue;
    const text = Buffer.from(manifest.read()).toString();
    session.update([{ ...manifest, read: () => `${text}\nexec { '/bin/changed-${change}': }\n` }]);
    const began = process.cpuUsage();
    await session.run();
    const { user, system } = process.cpuUsage(began);
    if (change >= warmUp) times.push((user + system) / 1000);
  }
  times.sort((a, b) => a - b);
  return { median: times[times.length >> 1] ?? NaN, worst: times.at(-1) ?? NaN };
}

/** User CPU time of the quickest of several passes over all files, after two that warm the code up. */
function parserSeconds(texts: readonly string[]): number {
  const templates = texts.map((text, index) => fileTemplate(`${index}.pp`, text));
  let quickest = Infinity;
  for (let pass = 0; pass < 8; pass++) {
    const began = process.cpuUsage();
    for (const template of templates) parsePuppet(template);
    if (pass >= 2) quickest = Math.min(quickest, process.cpuUsage(began).user);
  }
  return quickest / 1e6;
}

interface Run {
  readonly name: string;
  readonly command: readonly string[];
}

/** Seconds and megabytes. */
interface Cost {
  readonly user: number;
  readonly wall: number;
  readonly memory: number;
}

/** Prints a table; whether everything is within its budget. */
function compareRuns(root: string, folders: readonly string[], files: readonly string[]): boolean {
  const runs: readonly Run[] = [
    { name: 'fleetlint', command: ['node', 'bin/fleetlint.js', '--no-config', '--fail-on', 'never', ...folders] },
    { name: 'puppet-lint', command: ['puppet-lint', ...files] },
    { name: 'puppet parser validate', command: ['puppet', 'parser', 'validate', ...files] },
  ];
  const costs = new Map<Run, Cost>();
  for (let round = 0; round < rounds; round++) {
    for (const run of runs) {
      const cost = measure(root, run);
      const best = costs.get(run);
      if (cost === undefined) return false;
      if (best === undefined || cost.user < best.user) costs.set(run, cost);
    }
  }
  const [own, lint, validate] = runs.map((run) => costs.get(run));
  if (own === undefined || lint === undefined || validate === undefined) return false;
  say('                          user CPU     wall   memory   user CPU of fleetlint');
  for (const run of runs) {
    const { user, wall, memory } = costs.get(run) ?? own;
    const share = run.name === 'fleetlint' ? '' : `1/${(user / own.user).toFixed(1)}`;
    const columns = [`${user.toFixed(2)} s`, `${wall.toFixed(2)} s`, `${memory.toFixed(0)} MB`, share];
    say(run.name.padEnd(25) + columns.map((column) => column.padStart(9)).join(''));
  }
  const within: readonly (readonly [boolean, string])[] = [
    [own.user <= lint.user * lintBudget, "at most 1/8 of puppet-lint's user CPU"],
    [own.user < validate.user, "less than puppet parser validate's user CPU"],
    [own.memory < memoryBudget, `less than ${memoryBudget} MB`],
  ];
  for (const [isWithin, budget] of within) say(`${isWithin ? 'within' : 'over  '}  ${budget}`);
  return within.every(([isWithin]) => isWithin);
}

/** Starts a program under GNU time, which knows what it has cost. */
function measure(root: string, { name, command }: Run): Cost | undefined {
  const { stderr, error } = spawnSync('/usr/bin/time', ['-f', '\n%U %e %M', ...command], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    stdio: ['ignore', 'ignore', 'pipe'],
    // Node 20 reads these certificates at each start, which says nothing of us.
    env: { ...process.env, NODE_EXTRA_CA_CERTS: undefined },
  });
  const figures = /\n([\d.]+) ([\d.]+) (\d+)\n$/.exec(error === undefined ? stderr : '');
  if (figures === null) {
    process.stderr.write(`'${name}' could not be measured: ${error?.message ?? stderr.slice(-300)}\n`);
    return undefined;
  }
  const [, user, wall, kilobytes] = figures.map(Number);
  return { user: user ?? NaN, wall: wall ?? NaN, memory: (kilobytes ?? NaN) / 1024 };
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
