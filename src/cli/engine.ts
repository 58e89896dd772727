/** V8's own measures, changed where they cost more than they give. */

/**
 * Fewer files are over before much is optimised. Real manifests took 0.13 s of processor time by V8's own measure and 0.15 s held back
 * if there were 10, 0.22 and 0.20 s if 30, 0.62 and 0.37 s if 250; a tree of all kinds 0.34 and 0.32 s if 100 (least of 5 to 15 runs).
 */
const manyFiles = 30;

/** So many say what fills some hundreds of megabytes. */
const largeTree = 20_000;

/**
 * How to make V8 optimise a function nine times later than by itself, by V8's major version; each renamed the option, and says
 * so on standard error where it does not know one.
 */
const later: Readonly<Record<string, string>> = {
  11: '--interrupt-budget=600000',
  12: '--invocation-count-for-turbofan=27000',
  13: '--invocation-count-for-turbofan=27000',
};

/** By how much the heap may grow until it is collected wholly again, in percent; V8 lets it become four times as large. */
const growth = '--heap-growing-percent=20';

/**
 * Called before a run over all its files, each of which it reads once: hundreds of functions become warm, and few hot. Compiling
 * them by V8's own measure took a third of the run's processor time (`npm run bench:puppet`). What a large tree says stays in
 * memory and what was read is garbage, so the heap is collected more often (`npm run bench:scale`).
 */
export async function tuneEngine(files: number): Promise<void> {
  const option = later[process.versions.v8.split('.')[0] ?? ''];
  if (files < manyFiles || option === undefined) return;
  const { setFlagsFromString } = await import('node:v8');
  setFlagsFromString(option);
  if (files >= largeTree) setFlagsFromString(growth);
}
