/**
 * How fast manifests are read and linted: the parser alone, one changed manifest in a loaded tree, and a whole run of fleetlint
 * against `puppet-lint` and `puppet parser validate` on the same files: `npm run bench:puppet -- FOLDER`.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { discover } from '../src/config/discovery.ts';
import { fileTemplate } from '../src/core/template.ts';
import { parsePuppet } from '../src/loaders/puppet/parser.ts';
import { Session } from '../src/session.ts';
import { filesBelow } from '../test/ecosystem/files-below.ts';
import { main as compare } from './index.ts';

/** Megabytes a second of user CPU. */
const parserBudget = 40;
/** Milliseconds of processor time, user and system together. */
const changeBudget = 50;
/** How many manifests are changed, one after the other; the first ones warm the code up. */
const changes = 60;
const warmUp = 20;

/** Prints the figures. Returns 1 if one is over its budget. */
export async function main(root: string, folders: readonly string[]): Promise<number> {
  const [folder] = folders;
  const files = folder === undefined ? [] : filesBelow(path.resolve(root, folder), ['.pp']);
  if (folder === undefined || files.length === 0) {
    process.stderr.write('Give a folder with manifests: npm run bench:puppet -- FOLDER\n');
    return 2;
  }
  const texts = files.map((file) => readFileSync(file, 'utf8'));
  const size = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0) / 1e6;
  const speed = size / parserSeconds(texts);
  const isFast = speed >= parserBudget;
  const { median, worst } = await changeTimes(root, folder);
  const change = `${median.toFixed(0)} ms, at worst ${worst.toFixed(0)} ms, at most ${changeBudget} ms`;
  process.stdout.write(
    `${files.length} manifests, ${size.toFixed(1)} MB\n` +
      `parser, warm: ${speed.toFixed(1)} MB/s, at least ${parserBudget}${isFast ? '' : ': over budget'}\n` +
      `after a change: ${change}${median <= changeBudget ? '' : ': over budget'}\n\n`,
  );
  const status = await compare(root, ['--set', 'puppet', '--check', folder]);
  return isFast && median <= changeBudget ? status : 1;
}

/** Milliseconds of processor time that linting takes again after a change of one manifest, as an editor does it. */
async function changeTimes(root: string, folder: string): Promise<{ readonly median: number; readonly worst: number }> {
  const { files } = await discover(root, [folder]);
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
