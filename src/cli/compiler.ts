/** V8's optimising compiler, held back where it costs more than it gives. */

/**
 * Fewer files are over before much is optimised. Real manifests took 0.13 s of processor time by V8's own measure and 0.15 s held back
 * if there were 10, 0.22 and 0.20 s if 30, 0.62 and 0.37 s if 250; a tree of all kinds 0.34 and 0.32 s if 100 (least of 5 to 15 runs).
 */
const manyFiles = 30;

/**
 * How to make V8 optimise a function nine times later than by itself, by V8's major version; each renamed the option, and says
 * so on standard error where it does not know one.
 */
const later: Readonly<Record<string, string>> = {
  11: '--interrupt-budget=600000',
  12: '--invocation-count-for-turbofan=27000',
  13: '--invocation-count-for-turbofan=27000',
};

/**
 * Called before a run over all its files, each of which it reads once: hundreds of functions become warm, and few hot. Compiling
 * them by V8's own measure took a third of the run's processor time (`npm run bench:puppet`).
 */
export async function optimizeLater(files: number): Promise<void> {
  const option = later[process.versions.v8.split('.')[0] ?? ''];
  if (files < manyFiles || option === undefined) return;
  const { setFlagsFromString } = await import('node:v8');
  setFlagsFromString(option);
}
