/** Reading files of strangers: only what is a file, never more than is sensible, and no way out of a folder by a link. */
import { closeSync, lstatSync, openSync, readFileSync, readSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';

/** Files larger than this are not read; no configuration that a person wrote comes near. In bytes. */
export const maximumFileSize = 16 * 1024 * 1024;

/** Holds all of nearly every file; what is read is copied out of it. */
let buffer: Buffer | undefined;

/** Reads a file; throws with a sentence that says what is wrong. A pipe or a device, which might never end, is not read. */
export function readWhole(absolute: string): Uint8Array {
  const stats = statSync(absolute);
  if (!stats.isFile()) throw new Error('It is not a regular file.');
  buffer ??= Buffer.allocUnsafeSlow(256 * 1024);
  if (stats.size >= buffer.length) return readGiven(absolute);
  // Less work a file than `readFileSync`, of which a large tree has very many.
  const descriptor = openSync(absolute, 'r');
  try {
    let length = 0;
    for (let count = 1; count > 0 && length < buffer.length; length += count) {
      count = readSync(descriptor, buffer, length, buffer.length - length, length);
    }
    return length < buffer.length ? Buffer.from(buffer.subarray(0, length)) : readFileSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Reads what the user names, which may be a pipe; throws with a sentence that says what is wrong. */
export function readGiven(absolute: string): Uint8Array {
  const { size } = statSync(absolute);
  if (size > maximumFileSize) {
    throw new Error(`It has ${size} bytes, and files over ${maximumFileSize} bytes are not read.`);
  }
  return readFileSync(absolute);
}

/** Whether a path leads to a place in a directory, after all symbolic links. The file need not be there. */
export function isInside(directory: string, path: string): boolean {
  const real = realOf(path, 0);
  return real !== undefined && isBelow(realpathSync(directory), real);
}

/** Whether a path is a directory's own or below it, by their names alone. Both absolute. */
export function isBelow(directory: string, path: string): boolean {
  const within = relative(directory, path);
  return within !== '..' && !within.startsWith(`..${sep}`) && !isAbsolute(within);
}

const mostLinks = 40;

/** Where a path leads to, also if the end of it is not there yet; `undefined` where its links go round in a circle. */
function realOf(path: string, links: number): string | undefined {
  if (links > mostLinks) return undefined;
  try {
    return realpathSync(path);
  } catch {
    if (dirname(path) === path) return path;
    if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true) {
      return realOf(resolve(dirname(path), readlinkSync(path)), links + 1);
    }
    const parent = realOf(dirname(path), links);
    return parent === undefined ? undefined : join(parent, basename(path));
  }
}
