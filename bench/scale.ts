/**
 * How time and memory grow with the tree: `npm run bench:scale [-- COUNT... --rounds N]`. Makes trees of so many files (1,000, 10,000 and
 * 100,000 by default) in a temporary folder and lints each without a cache, with an empty one (cold) and with a full one (warm), in turns
 * with a Node process that reads all their bytes.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { cacheFolder } from '../src/cache/folder.ts';
import { median, run, spread, table, type Cost } from './measure.ts';
import { makeTree } from './tree.ts';

/** What issue 9 asks of the tree of this size, and of the one that is ten times as large. */
const judged = 10_000;
const budgets = { coldToReading: 4, warmToCold: 0.5, growth: 11, memory: 600 };

/** Lists and reads every file, one after the other: the least that any program has to do. */
const readAll = `
const fs = require('node:fs');
let bytes = 0;
const open = ['.'];
for (let folder = open.pop(); folder !== undefined; folder = open.pop()) {
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    const path = folder + '/' + entry.name;
    if (entry.isDirectory()) open.push(path);
    else bytes += fs.readFileSync(path).length;
  }
}
console.log(bytes);
`;

const kinds = ['reading', 'no cache', 'cold', 'warm'] as const;
type Costs = Readonly<Record<(typeof kinds)[number], Cost[]>>;

/** Prints a table. Returns 1 if something is over its budget. */
export function main(root: string, toolArguments: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...toolArguments],
    options: { rounds: { type: 'string', default: '3' } },
    allowPositionals: true,
  });
  const rounds = Number(values.rounds);
  const counts = positionals.length === 0 ? [1000, judged, 10 * judged] : positionals.map(Number);
  const rows: (readonly string[])[] = [
    ['files', '', 'wall', 'processor', 'memory', 'wall to reading', 'processor to reading', 'wall to cold'],
  ];
  const measured = new Map<number, Costs>();
  for (const count of counts) {
    const scratch = mkdtempSync(path.join(tmpdir(), 'fleetlint-scale-'));
    try {
      const tree = path.join(scratch, 'tree');
      const bytes = makeTree(tree, count);
      const costs = measure(root, tree, scratch, rounds);
      measured.set(count, costs);
      for (const kind of kinds)
        rows.push(rowOf(kind, costs, kind === 'reading' ? `${count}, ${(bytes / 1e6).toFixed(0)} MB` : ''));
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  }
  process.stdout.write(`median of ${rounds} rounds (least to most)\n${table(rows)}\n`);
  const over = judge(measured);
  for (const [text, isWithin] of over) process.stdout.write(`${isWithin ? 'within' : 'over  '}  ${text}\n`);
  return Promise.resolve(over.every(([, isWithin]) => isWithin) ? 0 : 1);
}

function measure(root: string, tree: string, scratch: string, rounds: number): Costs {
  const output = path.join(scratch, 'output');
  const fleetlint = [process.execPath, path.join(root, 'bin/fleetlint.js'), '-f', 'json'];
  const costs: Costs = { reading: [], 'no cache': [], cold: [], warm: [] };
  // The key of the cache lies outside of the tree, and not with the user's own.
  process.env['XDG_CACHE_HOME'] = path.join(scratch, 'home');
  // The first round only brings the files into memory.
  for (let round = 0; round <= rounds; round++) {
    rmSync(path.join(tree, cacheFolder), { recursive: true, force: true });
    const runs: Readonly<Record<(typeof kinds)[number], Cost>> = {
      reading: run([process.execPath, '-e', readAll], tree, output),
      'no cache': run([...fleetlint, '--no-cache'], tree, output),
      cold: run(fleetlint, tree, output),
      warm: run(fleetlint, tree, output),
    };
    if (round > 0) for (const kind of kinds) costs[kind].push(runs[kind]);
  }
  return costs;
}

const processor = ({ user, system }: Cost): number => user + system;

function rowOf(kind: (typeof kinds)[number], costs: Costs, head: string): readonly string[] {
  const own = costs[kind];
  const ratios = (to: readonly Cost[], figure: (cost: Cost) => number): string =>
    `${spread(own.map((cost, round) => figure(cost) / figure(to[round] ?? cost)))} x`;
  return [
    head,
    kind,
    `${spread(own.map(({ wall }) => wall))} s`,
    `${median(own.map(processor)).toFixed(2)} s`,
    `${median(own.map(({ memory }) => memory)).toFixed(0)} MiB`,
    ...(kind === 'reading' ? [] : [ratios(costs.reading, ({ wall }) => wall), ratios(costs.reading, processor)]),
    ...(kind === 'warm' ? [ratios(costs.cold, ({ wall }) => wall)] : []),
  ];
}

function judge(measured: ReadonlyMap<number, Costs>): readonly (readonly [text: string, isWithin: boolean])[] {
  const small = measured.get(judged);
  const large = measured.get(10 * judged);
  const ratio = (one: readonly Cost[], other: readonly Cost[]): number =>
    median(one.map(({ wall }, round) => wall / (other[round]?.wall ?? NaN)));
  const told: (readonly [string, boolean])[] = [];
  const tell = (name: string, value: number, most: number, unit: string): void => {
    told.push([`${name}: ${value.toFixed(2)} ${unit}, at most ${most}`, value <= most]);
  };
  if (small !== undefined) {
    tell(`${judged} files, cold to reading`, ratio(small.cold, small.reading), budgets.coldToReading, 'x');
    tell(`${judged} files, warm to cold`, ratio(small.warm, small.cold), budgets.warmToCold, 'x');
  }
  if (small !== undefined && large !== undefined) {
    tell(`${10 * judged} files to ${judged}, cold`, ratio(large.cold, small.cold), budgets.growth, 'x');
    tell(`${10 * judged} files to ${judged}, warm`, ratio(large.warm, small.warm), budgets.growth, 'x');
    tell(`${10 * judged} files, memory`, Math.max(...large.cold.map(({ memory }) => memory)), budgets.memory, 'MiB');
  }
  return told;
}
