/**
 * Lints the units of a folder and has `systemd-analyze verify` do the same, in one run, and prints both wall times. `verify` looks at
 * the node it runs on, starts `man` for every page that a unit names, and takes all units in one call.
 */
import { spawnSync } from 'node:child_process';
import { copyFile, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** The part of the time of `systemd-analyze verify` that a run may take. */
const budget = 0.1;

const rounds = 3;

const isUnit = /\.(?:service|socket|timer|path|mount|automount|swap|target|slice)$/;

/** `toolArguments`: the folder with the units, however deep. Returns 1 when fleetlint is over its budget, 2 without a folder. */
export async function main(root: string, toolArguments: readonly string[]): Promise<number> {
  const [folder] = toolArguments;
  if (folder === undefined) {
    process.stderr.write('Name a folder with units: npm run bench:systemd -- FOLDER\n');
    return 2;
  }
  const units = await mkdtemp(path.join(tmpdir(), 'fleetlint-bench-'));
  try {
    const names = await collect(path.resolve(folder), units);
    const fleetlint = path.join(root, 'bin', 'fleetlint.js');
    const candidates = [
      { name: 'systemd-analyze verify', command: ['systemd-analyze', 'verify', ...names] },
      { name: 'systemd-analyze verify --man=no', command: ['systemd-analyze', 'verify', '--man=no', ...names] },
      { name: 'fleetlint', command: [process.execPath, fleetlint, '--no-config', '.'] },
    ];
    const times = candidates.map(() => [] as number[]);
    for (let round = 0; round < rounds; round++) {
      for (const [index, { command }] of candidates.entries()) times[index]?.push(seconds(command, units));
    }
    const [verify = NaN, verifyWithoutMan = NaN, ours = NaN] = times.map(median);
    process.stdout.write(`${names.length} units, median of ${rounds} rounds\n`);
    for (const [index, time] of [verify, verifyWithoutMan, ours].entries()) {
      const ratio = index === 2 ? '' : `  fleetlint takes ${(ours / time).toFixed(3)} of it`;
      process.stdout.write(`${(candidates[index]?.name ?? '').padEnd(34)}${time.toFixed(2).padStart(8)} s${ratio}\n`);
    }
    process.stdout.write(`budget: ${budget} of 'systemd-analyze verify'\n`);
    return ours <= verify * budget ? 0 : 1;
  } finally {
    await rm(units, { recursive: true, force: true });
  }
}

/** Copies the units into one folder, the first of each name, as `verify` reads those beside a unit too. Returns their names. */
async function collect(folder: string, target: string): Promise<readonly string[]> {
  const names = new Set<string>();
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (!entry.isFile() || !isUnit.test(entry.name) || names.has(entry.name)) continue;
    names.add(entry.name);
    await copyFile(path.join(entry.parentPath, entry.name), path.join(target, entry.name));
  }
  return [...names];
}

/** Wall time of a command. What it finds, and so its exit code, does not matter. */
function seconds([program = '', ...programArguments]: readonly string[], folder: string): number {
  const start = performance.now();
  const { error } = spawnSync(program, programArguments, {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'ignore'],
    env: { ...process.env, NODE_EXTRA_CA_CERTS: undefined },
  });
  if (error !== undefined) throw error;
  return (performance.now() - start) / 1000;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? NaN;
}
