/** The long run of the fuzzer: `npm run fuzz -- [--inputs N] [--seed N] [--loader NAME] [--jobs N]`. */
import fc from 'fast-check';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { fuzzTargets, type Input, type Target } from './targets.ts';

/** One batch of inputs. The seed and the count make it again. */
interface Batch {
  readonly target: string;
  readonly seed: number;
  readonly inputs: number;
}

interface Outcome {
  readonly failure: string | undefined;
  /** Milliseconds that the slowest input took, and how many bytes it has. */
  readonly slowest: { readonly time: number; readonly bytes: number };
}

const batchSize = 500;
/** Milliseconds without a finished input until it counts as a hang. */
const longestWait = 60_000;

/** What reading one input may take, in milliseconds of CPU time: far more than it does, for what does not end well takes minutes. */
function allowedTime(bytes: number): number {
  return 150 + bytes / 20;
}

/** Prints how many inputs each target got and what failed. Returns 1 if something did. */
export async function main(root: string, toolArguments: readonly string[]): Promise<number> {
  if (process.send !== undefined) return await serve(root);
  const { values } = parseArgs({
    args: [...toolArguments],
    options: {
      inputs: { type: 'string', default: '100000' },
      seed: { type: 'string', default: '1' },
      loader: { type: 'string' },
      jobs: { type: 'string', default: '1' },
    },
  });
  const all = fuzzTargets(root);
  const targets = values.loader === undefined ? all : all.filter(({ name }) => name === values.loader);
  if (targets.length === 0) {
    const names = all.map(({ name }) => name).join(', ');
    process.stderr.write(`There is no loader '${values.loader ?? ''}'; there are ${names}.\n`);
    return 2;
  }
  const batches = batchesOf(targets, Number(values.inputs), Number(values.seed));
  const pending = batches.values();
  const slowest = new Map<string, Outcome['slowest']>();
  let failures = 0;
  const work = async (): Promise<void> => {
    let runner = startRunner(root);
    for (const batch of pending) {
      const outcome = await runner.run(batch);
      if (outcome === undefined) runner = startRunner(root);
      const failure =
        outcome === undefined ? `An input took more than ${String(longestWait / 1000)} seconds.` : outcome.failure;
      if (failure !== undefined) {
        failures++;
        process.stdout.write(`FAILED ${JSON.stringify(batch)}\n${failure}\n\n`);
      }
      const known = slowest.get(batch.target);
      if (outcome !== undefined && outcome.slowest.time >= (known?.time ?? 0)) {
        slowest.set(batch.target, outcome.slowest);
      }
    }
    runner.end();
  };
  await Promise.all(Array.from({ length: Number(values.jobs) }, work));
  const count = (name?: string): string => {
    const inputs = batches.filter(({ target }) => name === undefined || target === name);
    return `${(name ?? 'all').padEnd(16)} ${String(inputs.reduce((sum, each) => sum + each.inputs, 0)).padStart(9)} inputs`;
  };
  for (const { name } of targets) {
    const { time, bytes } = slowest.get(name) ?? { time: 0, bytes: 0 };
    process.stdout.write(`${count(name)}, slowest ${time.toFixed(0)} ms for ${String(bytes)} bytes\n`);
  }
  process.stdout.write(`${count()}, ${String(failures)} failures\n`);
  return failures > 0 ? 1 : 0;
}

function batchesOf(targets: readonly Target[], inputs: number, firstSeed: number): readonly Batch[] {
  const shares = targets.reduce((sum, { share }) => sum + share, 0);
  return targets.flatMap(({ name, share }) => {
    const own = Math.ceil((inputs * share) / shares);
    return Array.from({ length: Math.ceil(own / batchSize) }, (_, at) => ({
      target: name,
      seed: firstSeed + at,
      inputs: Math.min(batchSize, own - at * batchSize),
    }));
  });
}

/** A process that runs batches; this one can then see a hang, and go on after it. */
function startRunner(root: string) {
  const child = fork(path.join(root, 'tools/run.js'), ['test/fuzz/main.ts'], { cwd: root });
  return {
    /** `undefined` after a hang; the process is then gone. */
    async run(batch: Batch): Promise<Outcome | undefined> {
      child.send(batch);
      for (;;) {
        const stop = AbortSignal.timeout(longestWait);
        try {
          const [message] = (await once(child, 'message', { signal: stop })) as [Outcome | 'alive'];
          if (message !== 'alive') return message;
        } catch (error) {
          if (!stop.aborted) throw error;
          child.kill('SIGKILL');
          return undefined;
        }
      }
    },
    end(): void {
      child.disconnect();
    },
  };
}

/** What that process does. */
async function serve(root: string): Promise<number> {
  const targets = new Map(fuzzTargets(root).map((target) => [target.name, target]));
  let said = 0;
  const alive = (): void => {
    if (performance.now() - said < longestWait / 10) return;
    said = performance.now();
    process.send?.('alive');
  };
  process.on('message', (batch: Batch) => {
    const target = targets.get(batch.target);
    if (target !== undefined) void runBatch(target, batch, alive).then((outcome) => process.send?.(outcome));
  });
  await once(process, 'disconnect');
  return 0;
}

async function runBatch(target: Target, { seed, inputs }: Batch, alive: () => void): Promise<Outcome> {
  let slowest = { time: 0, bytes: 0 };
  const property = target.property(async (check, bytes) => {
    let time = Infinity;
    // Compiling and collecting garbage fall on any input, so the quickest of three counts.
    for (let turn = 0; turn < 3 && time > allowedTime(bytes); turn++) {
      const began = process.cpuUsage();
      await check();
      const { user, system } = process.cpuUsage(began);
      time = Math.min(time, (user + system) / 1000);
    }
    alive();
    if (time > slowest.time) slowest = { time, bytes };
    if (time > allowedTime(bytes)) throw new Error(`It takes ${time.toFixed(0)} ms for ${String(bytes)} bytes.`);
  });
  const details = await fc.check<[Input]>(property, { seed, numRuns: inputs });
  if (!details.failed) return { failure: undefined, slowest };
  const { counterexample, errorInstance } = details;
  const error = errorInstance instanceof Error ? (errorInstance.stack ?? errorInstance.message) : String(errorInstance);
  return { failure: `${fc.stringify(counterexample)}\n${error.split('\n').slice(0, 8).join('\n')}`, slowest };
}
