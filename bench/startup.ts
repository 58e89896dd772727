/** Measures what a run on one small file costs, as a multiple of what Node itself costs to start, all in one run of hyperfine. */
import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Small files without a finding, with the most that linting one may take, as a multiple of `node -e 0`. */
const samples = [
  { file: 'bench/samples/report.service', budget: 2.2 },
  { file: 'bench/samples/report.pp', budget: 3 },
  { file: 'bench/samples/report.go', budget: 3 },
] as const;

interface Measured {
  readonly results: readonly { readonly median: number; readonly min: number }[];
}

/** Prints a table of ratios. `toolArguments`: more options for hyperfine. Returns 1 if one is over its budget. */
export async function main(root: string, toolArguments: readonly string[]): Promise<number> {
  const commands = ['node -e 0', ...samples.map(({ file }) => `node bin/fleetlint.js ${file}`)];
  const { results } = await measure(root, ['--warmup', '3', '--runs', '30', ...toolArguments, ...commands]);
  const [node, ...linting] = results;
  if (node === undefined) throw new Error('hyperfine gave no results.');
  let within = true;
  process.stdout.write('file                          median     least    budget\n');
  for (const [index, { file, budget }] of samples.entries()) {
    const { median = NaN, min = NaN } = linting[index] ?? {};
    const ratio = median / node.median;
    within &&= ratio <= budget;
    const columns = [ratio, min / node.min, budget].map((figure) => `${figure.toFixed(2)} x`.padStart(10));
    process.stdout.write(`${file.padEnd(28)}${columns.join('')}${ratio <= budget ? '' : '  over'}\n`);
  }
  return within ? 0 : 1;
}

async function measure(root: string, hyperfineArguments: readonly string[]): Promise<Measured> {
  const folder = await mkdtemp(path.join(tmpdir(), 'fleetlint-bench-'));
  try {
    const report = path.join(folder, 'report.json');
    const { status, error } = spawnSync('hyperfine', ['--shell=none', '--export-json', report, ...hyperfineArguments], {
      cwd: root,
      // Node 20 reads these certificates at each start; as a part of both figures they would flatter us.
      env: { ...process.env, NODE_EXTRA_CA_CERTS: undefined },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    if (status !== 0) throw error ?? new Error('hyperfine failed.');
    return JSON.parse(await readFile(report, 'utf8')) as Measured;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
