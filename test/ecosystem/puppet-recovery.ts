/** Prints how much of manifests with one token missing is still read: `npm run ecosystem:puppet-recovery -- FOLDER`. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { filesBelow } from './files-below.ts';
import { measureMutants } from './puppet-mutants.ts';

const count = 2000;
const seed = 3;

/** Returns 1 if less than 85 % of the attributes are read or a mutant took more than a second. */
export function main(root: string, folders: readonly string[]): Promise<number> {
  const manifests = (folders.length === 0 ? ['examples'] : folders)
    .flatMap((folder) => filesBelow(path.resolve(root, folder), ['.pp']))
    .map((file) => readFileSync(file, 'utf8'));
  const { mutants, accepted, attributes, extracted, slowest } = measureMutants(manifests, count, seed);
  const share = extracted / attributes;
  process.stdout.write(
    [
      `manifests             ${manifests.length}`,
      `mutants               ${mutants}, of which ${accepted} are manifests still`,
      `attributes outside    ${attributes}`,
      `of them extracted     ${extracted} (${(100 * share).toFixed(1)} %, at least 85 %)`,
      `slowest mutant        ${slowest.toFixed(0)} ms (at most 1000 ms)`,
      '',
    ].join('\n'),
  );
  return Promise.resolve(share >= 0.85 && slowest <= 1000 ? 0 : 1);
}
