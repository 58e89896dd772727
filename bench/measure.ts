/** What running a program costs, and what numbers of several runs say together. */
import { spawnSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';

/** Seconds, and mebibytes at the peak. */
export interface Cost {
  readonly wall: number;
  readonly user: number;
  readonly system: number;
  readonly memory: number;
}

/** The cost of one run, and how it ended. */
export interface Run extends Cost {
  readonly status: number;
  /** Standard error. */
  readonly said: string;
}

/**
 * Starts a program under GNU time, which knows what it has cost. Throws if it cannot be started.
 *
 * @param output file for standard output: a program may do less if nobody reads it
 */
export function run(command: readonly string[], cwd: string, output: string): Run {
  const descriptor = openSync(output, 'w');
  try {
    const started = performance.now();
    const { stderr, error } = spawnSync('/usr/bin/time', ['-f', '\n%U %S %M %x', ...command], {
      cwd,
      encoding: 'utf8',
      maxBuffer: 1 << 28,
      stdio: ['ignore', descriptor, 'pipe'],
      // Node 20 reads these certificates at each start, which says nothing of us.
      env: { ...process.env, NODE_EXTRA_CA_CERTS: undefined },
    });
    const wall = (performance.now() - started) / 1000;
    if (error !== undefined) throw new Error(`GNU time (/usr/bin/time) is needed: ${error.message}`);
    const figures = /\n([\d.]+) ([\d.]+) (\d+) (\d+)\n$/.exec(stderr);
    if (figures === null) throw new Error(`'${command[0] ?? ''}' could not be measured: ${stderr.slice(-300)}`);
    const [user = NaN, system = NaN, kibibytes = NaN, status = NaN] = figures.slice(1).map(Number);
    const said = stderr
      .slice(0, figures.index)
      .replace(/^Command (?:exited|terminated).*$/gm, '')
      .trim();
    return { wall, user, system, memory: kibibytes / 1024, status, said };
  } finally {
    closeSync(descriptor);
  }
}

/** Whether a program can be found. */
export function isInstalled(program: string): boolean {
  return spawnSync('which', [program], { stdio: 'ignore' }).status === 0;
}

/** Of an odd number of values the one in the middle. */
export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? NaN;
}

/** The median, and the least and the most. */
export function spread(values: readonly number[], digits = 2): string {
  const figures = [median(values), Math.min(...values), Math.max(...values)].map((value) => value.toFixed(digits));
  return `${figures[0] ?? ''} (${figures[1] ?? ''} to ${figures[2] ?? ''})`;
}

/** Lines with columns as wide as their widest cell, the first one to the left and the others to the right. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ');
  return rows.map((row) => `${line(row).trimEnd()}\n`).join('');
}
