/** Measures a run on a tree of Go files against `gofmt -l` and grep on the same files, in turns, and its peak memory. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { discover } from '../src/config/discovery.ts';
import { rules } from '../src/rules/index.ts';

/** The most that a run may take, as a multiple of the other program. */
const budgets = { gofmt: 0.2, grep: 3 };
/** Mebibytes. */
const memoryBudget = 300;

/** Prints a table of ratios. `toolArguments`: the folder. Returns 1 if one is over its budget. */
export async function main(root: string, toolArguments: readonly string[]): Promise<number> {
  const [folder] = toolArguments;
  if (folder === undefined || !existsSync(folder)) {
    process.stderr.write('Usage: npm run bench:go -- FOLDER (a checkout of a large Go repository).\n');
    return 2;
  }
  const tree = path.resolve(folder);
  const files = (await discover(tree, ['.'])).files.map((file) => file.path).filter((name) => name.endsWith('.go'));
  const only = rules.filter(({ id }) => id.startsWith('go/')).flatMap(({ id }) => ['--only', id]);
  const lint = [path.join(root, 'bin/fleetlint.js'), '--no-config', ...only, '-f', 'json', '.'];
  const scratch = await mkdtemp(path.join(tmpdir(), 'fleetlint-bench-'));
  try {
    const list = path.join(scratch, 'files');
    await writeFile(list, files.map((name) => `${name}\0`).join(''));
    const onFiles = `xargs -0 -a ${list}`;
    const commands = [
      [process.execPath, ...lint].join(' '),
      `${onFiles} gofmt -l`,
      `${onFiles} grep -lE ${JSON.stringify(String.raw`http\.(Transport|Client)`)}`,
    ];
    const [fleetlint, gofmt, grep] = await measure(tree, path.join(scratch, 'report.json'), commands);
    if (fleetlint === undefined || gofmt === undefined || grep === undefined)
      throw new Error('hyperfine gave no results.');
    return report(files.length, fleetlint, { gofmt, grep }, peakMemory(tree, lint));
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

interface Measured {
  /** Seconds on the clock: the least of all rounds. */
  readonly min: number;
  /** Seconds of a processor core, on the average. */
  readonly user: number;
  readonly system: number;
}

async function measure(cwd: string, output: string, commands: readonly string[]): Promise<readonly Measured[]> {
  const options = ['--shell=none', '--ignore-failure', '--warmup', '1', '--runs', '7', '--export-json', output];
  const { status, error } = spawnSync('hyperfine', [...options, ...commands], {
    cwd,
    // Node 20 reads these certificates at each start.
    env: { ...process.env, NODE_EXTRA_CA_CERTS: undefined },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status !== 0) throw error ?? new Error('hyperfine failed.');
  return (JSON.parse(await readFile(output, 'utf8')) as { readonly results: readonly Measured[] }).results;
}

/** Mebibytes that a run has in memory at most. */
function peakMemory(cwd: string, lint: readonly string[]): number {
  const atExit = 'process.on("exit", () => process.stderr.write("\\npeak " + process.resourceUsage().maxRSS + "\\n"))';
  const hook = `data:text/javascript,${encodeURIComponent(atExit)}`;
  const { stderr } = spawnSync(process.execPath, ['--import', hook, ...lint], {
    cwd,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  const kibibytes = /^peak (\d+)$/m.exec(stderr)?.[1];
  if (kibibytes === undefined) throw new Error(`The run did not say how much memory it took: ${stderr}`);
  return Number(kibibytes) / 1024;
}

function report(
  count: number,
  fleetlint: Measured,
  peers: Readonly<Record<keyof typeof budgets, Measured>>,
  memory: number,
): number {
  const row = (...cells: readonly string[]) => `${cells.map((cell) => cell.padStart(12)).join('')}\n`;
  const processor = ({ user, system }: Measured) => user + system;
  process.stdout.write(`${count} files, peak memory ${memory.toFixed(0)} MiB of ${memoryBudget}\n`);
  process.stdout.write(row('', 'clock', 'ratio', 'processor', 'ratio', 'budget'));
  process.stdout.write(row('fleetlint', `${fleetlint.min.toFixed(2)} s`, '', `${processor(fleetlint).toFixed(2)} s`));
  let within = memory <= memoryBudget;
  for (const name of ['gofmt', 'grep'] as const) {
    const peer = peers[name];
    const ratio = fleetlint.min / peer.min;
    const ratioOfProcessor = processor(fleetlint) / processor(peer);
    within &&= ratio <= budgets[name];
    const cells = [peer.min, ratio, processor(peer), ratioOfProcessor].map(
      (figure, index) => `${figure.toFixed(2)} ${index % 2 === 0 ? 's' : 'x'}`,
    );
    process.stdout.write(row(name, ...cells, `${budgets[name]} x`));
  }
  return within ? 0 : 1;
}
