/**
 * What makes a cache believable. A repository could bring a cache of its own, which says that its files are fine; so each cache carries a
 * signature, and the key for it lies outside of what is linted, in the user's own cache folder.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join, relative, sep } from 'node:path';

export type Key = Uint8Array;

const keyLength = 32;
/** Bytes. */
export const signatureLength = 32;

/**
 * This user's key, made at the first call. `undefined` where there can be none: the folder cannot be written, or lies in the tree, which
 * could bring a key of its own.
 *
 * @param tree absolute path of the folder that nothing is to be believed from
 */
export function readKey(tree: string, environment: Readonly<Record<string, string | undefined>>): Key | undefined {
  try {
    const folder = join(userCacheFolder(environment), 'fleetlint');
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const fromTree = relative(realpathSync(tree), realpathSync(folder));
    const isOutside = fromTree === '..' || fromTree.startsWith(`..${sep}`) || isAbsolute(fromTree);
    if (!isOutside) return undefined;
    const file = join(folder, 'key');
    try {
      writeFileSync(file, randomBytes(keyLength), { flag: 'wx', mode: 0o600 });
    } catch {
      // It is there already, or it cannot be: that shows in the next line.
    }
    const key = readFileSync(file);
    return key.length === keyLength ? key : undefined;
  } catch {
    return undefined;
  }
}

function userCacheFolder(environment: Readonly<Record<string, string | undefined>>): string {
  const { XDG_CACHE_HOME: named, LOCALAPPDATA: local } = environment;
  if (named !== undefined && isAbsolute(named)) return named;
  return process.platform === 'win32' && local !== undefined ? local : join(homedir(), '.cache');
}

/** Makes the signature of all that it is updated with. @param build what tells this build of fleetlint from all others */
export function signer(build: string, key: Key): ReturnType<typeof createHmac> {
  return createHmac('sha256', key).update(`${build}\0`);
}

/** What stands behind its signature; `undefined` if it is not what was signed. */
export function verified(signed: Buffer, build: string, key: Key): Buffer | undefined {
  if (signed.length < signatureLength) return undefined;
  const content = signed.subarray(signatureLength);
  const signature = signer(build, key).update(content).digest();
  return timingSafeEqual(signed.subarray(0, signatureLength), signature) ? content : undefined;
}
