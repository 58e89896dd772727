/**
 * Compares fleetlint with the programs that read the same files, on a tree that is named: `npm run bench -- TREE`. For each
 * set of files (puppet, systemd, go, yaml, all) those of the tree are copied into an empty folder, and all programs that are
 * installed run on them, one after the other, several times. fleetlint runs without its cache. Each leaves out what it leaves out:
 * fleetlint Go's tests and what `go mod vendor` copied, which gofmt reads.
 *
 * `--set NAME` takes one set only, and `--check` fails if a ratio is over its budget, which is meant for a tree of some
 * hundred files or more: `npm run bench:go -- TREE` has both.
 */
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { isInstalled, median, run, spread, table, type Run } from './measure.ts';
import { sets, type Peer, type FileSet } from './peers.ts';

const rounds = 5;

/** Prints a table for each set. Returns 1 if `--check` finds a ratio over its budget, 2 if there is nothing to measure. */
export function main(root: string, toolArguments: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...toolArguments],
    options: { set: { type: 'string' }, check: { type: 'boolean' } },
    allowPositionals: true,
  });
  const chosen = sets.filter(({ name }) => values.set === undefined || name === values.set);
  const [tree] = positionals;
  if (tree === undefined || !existsSync(tree) || positionals.length > 1 || chosen.length === 0) {
    const known = sets.map(({ name }) => name).join(', ');
    process.stderr.write(`Usage: npm run bench -- TREE [--set NAME] [--check]; sets of files are ${known}.\n`);
    return Promise.resolve(2);
  }
  const folder = path.resolve(tree);
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, '/'))
    .filter((file) => !/(?:^|\/)(?:\.git|node_modules)\//.test(file));
  const over = chosen.flatMap((set) => compare(root, folder, files, set));
  return Promise.resolve(values.check === true && over.length > 0 ? 1 : 0);
}

/** Prints a table; returns what is over its budget. */
function compare(root: string, tree: string, files: readonly string[], set: FileSet): readonly string[] {
  const peers = set.peers.filter(({ command: [program = ''] }) => isInstalled(program));
  const scratch = mkdtempSync(path.join(tmpdir(), 'fleetlint-bench-'));
  try {
    const copy = path.join(scratch, 'tree');
    const copied = copyFiles(tree, files.filter(set.has), copy, set.flat === true);
    if (copied.length === 0) return [];
    const list = path.join(scratch, 'files');
    writeFileSync(list, copied.map((file) => `${file}\0`).join(''));
    const output = path.join(scratch, 'output');
    const fleetlint = [
      process.execPath,
      path.join(root, 'bin/fleetlint.js'),
      '--no-config',
      '--no-cache',
      '-f',
      'json',
    ];
    const own: Run[] = [];
    const others = new Map(peers.map((peer) => [peer, [] as Run[]]));
    // The first round only brings the files into memory.
    for (let round = 0; round <= rounds; round++) {
      const runs = [[own, run(fleetlint, copy, output)] as const];
      for (const [peer, ran] of others) {
        const { command, takesFiles } = peer;
        runs.push([ran, run(takesFiles === true ? ['xargs', '-0', '-a', list, ...command] : command, copy, output)]);
      }
      if (round > 0) for (const [ran, each] of runs) ran.push(each);
    }
    return report(set, copied.length, own, others);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Returns the paths of the copies, relative to the folder. */
function copyFiles(tree: string, files: readonly string[], folder: string, flat: boolean): readonly string[] {
  const copied = new Set<string>();
  for (const file of files) {
    const place = flat ? path.basename(file) : file;
    if (copied.has(place)) continue;
    copied.add(place);
    mkdirSync(path.dirname(path.join(folder, place)), { recursive: true });
    copyFileSync(path.join(tree, file), path.join(folder, place));
  }
  return [...copied];
}

function report(
  set: FileSet,
  count: number,
  own: readonly Run[],
  others: ReadonlyMap<Peer, readonly Run[]>,
): readonly string[] {
  const rows = [['', 'wall', 'user CPU', 'memory', "fleetlint's wall", "fleetlint's user CPU"]];
  const figures = (runs: readonly Run[]) => [
    `${spread(runs.map(({ wall }) => wall))} s`,
    `${median(runs.map(({ user }) => user)).toFixed(2)} s`,
    `${median(runs.map(({ memory }) => memory)).toFixed(0)} MiB`,
  ];
  rows.push(['fleetlint', ...figures(own)]);
  const over: string[] = [];
  for (const [{ name, budget, fails }, runs] of others) {
    const failed = runs.find(({ status, said }) => fails?.(status, said) === true);
    if (failed !== undefined) {
      rows.push([name, `cannot do its work here: ${failed.said.split('\n')[0] ?? ''}`.slice(0, 80)]);
      continue;
    }
    // Of pairs: what else the machine does weighs on both.
    const ratios = (figure: 'wall' | 'user') =>
      runs.map((each, round) => (own[round]?.[figure] ?? NaN) / Math.max(each[figure], 0.01));
    rows.push([name, ...figures(runs), `${spread(ratios('wall'))} x`, `${spread(ratios('user'))} x`]);
    if (budget !== undefined && !(median(ratios(budget.figure)) <= budget.ratio)) {
      over.push(`${name}: at most ${budget.ratio} x of its ${budget.figure === 'user' ? 'user CPU' : 'wall'}`);
    }
  }
  const memory = median(own.map((each) => each.memory));
  if (set.memory !== undefined && memory > set.memory) over.push(`memory: at most ${set.memory} MiB`);
  process.stdout.write(`${set.name}: ${count} files, median of ${rounds} rounds (least to most)\n${table(rows)}`);
  for (const budget of over) process.stdout.write(`over budget: ${budget}\n`);
  process.stdout.write('\n');
  return over;
}
