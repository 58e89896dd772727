/** Measures a run on a tree of Go files against `gofmt -l` and grep on the same files, in turns, and its peak memory. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { discover } from '../src/config/discovery.ts';
import { rules } from '../src/rules/index.ts';

/** The most that a run may take, as a multiple of the other program. */
const budgets = { gofmt: 0.2, grep: 3 };
/** Mebibytes. */
const memoryBudget = 300;
const rounds = 5;
/** File names of one process: the system takes about 2 MB of arguments. */
const atOnce = 5000;

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
  const seconds = { fleetlint: [] as number[], gofmt: [] as number[], grep: [] as number[] };
  for (let round = 0; round <= rounds; round++) {
    const taken = {
      fleetlint: secondsOf(tree, process.execPath, lint),
      gofmt: secondsOnFiles(tree, 'gofmt', ['-l'], files),
      grep: secondsOnFiles(tree, 'grep', ['-lE', String.raw`http\.(Transport|Client)`], files),
    };
    // The first round fills the cache of the file system.
    if (round === 0) continue;
    for (const name of ['fleetlint', 'gofmt', 'grep'] as const) seconds[name].push(taken[name]);
  }
  return report(files.length, seconds, peakMemory(tree, lint));
}

function secondsOf(cwd: string, command: string, commandArguments: readonly string[]): number {
  const start = performance.now();
  const { error, status, stderr } = spawnSync(command, commandArguments, {
    cwd,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    // Node 20 reads these certificates at each start.
    env: { ...process.env, NODE_EXTRA_CA_CERTS: undefined },
  });
  // 1: something was found, or nothing by grep; 2: gofmt met a file that is no Go.
  if (error !== undefined || status === null || (status > 1 && command === process.execPath)) {
    throw error ?? new Error(`${command} failed: ${stderr}`);
  }
  return (performance.now() - start) / 1000;
}

function secondsOnFiles(cwd: string, command: string, options: readonly string[], files: readonly string[]): number {
  let seconds = 0;
  for (let start = 0; start < files.length; start += atOnce) {
    seconds += secondsOf(cwd, command, [...options, ...files.slice(start, start + atOnce)]);
  }
  return seconds;
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

/** Least of all rounds: what other processes add is no property of the program. */
function report(count: number, seconds: Record<'fleetlint' | 'gofmt' | 'grep', number[]>, memory: number): number {
  const least = {
    fleetlint: Math.min(...seconds.fleetlint),
    gofmt: Math.min(...seconds.gofmt),
    grep: Math.min(...seconds.grep),
  };
  const rows = (['gofmt', 'grep'] as const).map((name) => {
    const ratio = least.fleetlint / least[name];
    return {
      text: `${name.padEnd(12)}${least[name].toFixed(2).padStart(9)} s${ratio.toFixed(2).padStart(9)} x${String(budgets[name]).padStart(9)} x`,
      within: ratio <= budgets[name],
    };
  });
  rows.push({
    text: `${'memory'.padEnd(12)}${''.padStart(11)}${memory.toFixed(0).padStart(7)} MiB${String(memoryBudget).padStart(7)} MiB`,
    within: memory <= memoryBudget,
  });
  process.stdout.write(
    `${count} files, fleetlint ${least.fleetlint.toFixed(2)} s\n\n${'peer'.padEnd(12)}${'least'.padStart(11)}${'ratio'.padStart(11)}${'budget'.padStart(11)}\n`,
  );
  for (const { text, within } of rows) process.stdout.write(`${text}${within ? '' : '  over'}\n`);
  return rows.every(({ within }) => within) ? 0 : 1;
}
