import { createHash } from 'node:crypto';

/**
 * Names a finding across moved code: 16 hexadecimal digits of its rule, its file within the repository, its key, and
 * which one of several with the same key it is.
 *
 * @param file path relative to the repository, so that the working directory does not matter
 * @param occurrence 0 for the first finding with this rule, file and key
 */
export function fingerprint(rule: string, file: string, key: string, occurrence: number): string {
  return createHash('sha256')
    .update([rule, file, key, String(occurrence)].join('\0'))
    .digest('hex')
    .slice(0, 16);
}
