import fc from 'fast-check';
import path from 'node:path';
import { describe, test } from 'vitest';
import { fuzzTargets } from './targets.ts';

/** A taste of `npm run fuzz`, which runs for as long as one likes. */
const inputs = 30;

describe('any input is read to its end, with places inside of it', () => {
  test.each(fuzzTargets(path.resolve(import.meta.dirname, '../..')).map((target) => [target.name, target] as const))(
    '%s',
    async (_name, target) => {
      await fc.assert(target.property(), { seed: 1, numRuns: inputs });
    },
  );
});
