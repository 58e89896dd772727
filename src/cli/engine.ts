/** V8's own measures, changed where they cost more than they give. */

/**
 * Fewer files are over before much is optimised. Real manifests took 0.13 s of processor time by V8's own measure and 0.15 s held back
 * if there were 10, 0.22 and 0.20 s if 30, 0.62 and 0.37 s if 250; a tree of all kinds 0.34 and 0.32 s if 100 (least of 5 to 15 runs).
 */
const manyFiles = 30;

/** So many say what fills some hundreds of megabytes. */
const largeTree = 20_000;

/** An option of V8 as it is to be, and as V8 has it by itself. */
type Option = readonly [own: string, default_: string];

/**
 * How to make V8 optimise a function nine times later than by itself, by V8's major version; each renamed the option, and says
 * so on standard error where it does not know one.
 */
const later: Readonly<Record<string, Option>> = {
  11: ['--interrupt-budget=600000', '--interrupt-budget=67584'],
  12: ['--invocation-count-for-turbofan=27000', '--invocation-count-for-turbofan=3000'],
  13: ['--invocation-count-for-turbofan=27000', '--invocation-count-for-turbofan=3000'],
};

/** By how much the heap may grow until it is collected wholly again, in percent; V8 lets it become four times as large. */
const growth: Option = ['--heap-growing-percent=20', '--heap-growing-percent=0'];

/** Where bin/fleetlint.js finds what does its work under V8's own options: V8 takes compiled code only under those that it was compiled with. */
const untuned = Symbol.for('fleetlint.untuned');

/**
 * Called before a run over all its files, each of which it reads once: hundreds of functions become warm, and few hot. Compiling
 * them by V8's own measure took a third of the run's processor time (`npm run bench:puppet`). What a large tree says stays in
 * memory and what was read is garbage, so the heap is collected more often (`npm run bench:scale`).
 */
export async function tuneEngine(files: number): Promise<void> {
  const option = later[process.versions.v8.split('.')[0] ?? ''];
  if (files < manyFiles || option === undefined) return;
  const { setFlagsFromString } = await import('node:v8');
  const options = files >= largeTree ? [option, growth] : [option];
  const set = (which: 0 | 1): void => {
    for (const each of options) setFlagsFromString(each[which]);
  };
  set(0);
  (globalThis as Record<symbol, unknown>)[untuned] = <Value>(work: () => Value): Value => {
    set(1);
    try {
      return work();
    } finally {
      set(0);
    }
  };
}
