import {
  closeSync,
  fchmodSync,
  fchownSync,
  fsyncSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { isBelow } from '../config/read-file.ts';

/**
 * Replaces what a file holds, at once: a reader sees the old content or the new one, and a failure leaves the old one.
 * Mode and owner stay. Throws an error whose message is a sentence.
 *
 * @param root a file that symbolic links lead out of this directory to is left alone
 * @param expected what the file must still hold
 */
export function replaceFile(root: string, path: string, expected: Uint8Array, content: Uint8Array): void {
  const target = realpathSync(path);
  if (!isBelow(realpathSync(root), target)) {
    throw new Error(`A symbolic link leads out of '${root}', so it is not written.`);
  }
  if (!Buffer.from(expected).equals(readFileSync(target))) {
    throw new Error('It has changed since it was read, so it is not written.');
  }
  const { mode, uid, gid } = statSync(target);
  const temporary = join(dirname(target), `.${basename(target).slice(0, 100)}.${randomBytes(6).toString('hex')}`);
  const descriptor = openSync(temporary, 'wx', mode & 0o777);
  try {
    try {
      for (let done = 0; done < content.length;) done += writeSync(descriptor, content, done);
      keepOwner(descriptor, uid, gid);
      fchmodSync(descriptor, mode & 0o7777);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(temporary, target);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** Only the administrator can give a file away; for others it is theirs already, or becomes theirs. */
function keepOwner(descriptor: number, uid: number, gid: number): void {
  try {
    fchownSync(descriptor, uid, gid);
  } catch {
    // The new file belongs to whoever runs the fix, as with any editor that writes files anew.
  }
}
