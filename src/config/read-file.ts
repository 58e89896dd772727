/** Reading files of strangers: only what is a file, never more than is sensible, and no way out of a folder by a link. */
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readFileSync,
  readSync,
  readlinkSync,
  realpathSync,
  statSync,
  type Stats,
} from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';

/** Files larger than this are not read; no configuration that a person wrote comes near. In bytes. */
export const maximumFileSize = 16 * 1024 * 1024;

/** Holds what was looked at last; it grows with the largest file. */
let buffer = Buffer.allocUnsafeSlow(256 * 1024);

/** Reads a file; throws with a sentence that says what is wrong. A pipe or a device, which might never end, is not read. */
export function readWhole(absolute: string): Uint8Array {
  return Buffer.from(lookAt(absolute).bytes);
}

/**
 * As `readWhole`, without a copy: the bytes are good until the next file is read. Of the very many files of a large tree, most are only
 * looked through for a word.
 */
export function lookAt(absolute: string): { readonly bytes: Uint8Array; readonly stats: Stats } {
  // Opened like this, a pipe waits for nobody who writes.
  const descriptor = openSync(absolute, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stats = fstatSync(descriptor);
    if (!stats.isFile()) throw new Error('It is not a regular file.');
    refuseLarge(stats.size);
    let length = 0;
    for (;;) {
      if (length === buffer.length || stats.size > buffer.length) grow(Math.max(stats.size, length + 1));
      const count = readSync(descriptor, buffer, length, buffer.length - length, length);
      length += count;
      if (count === 0 || length === stats.size) return { bytes: buffer.subarray(0, length), stats };
    }
  } finally {
    closeSync(descriptor);
  }
}

/**
 * As `lookAt`, for what was listed as a file, without asking how it looks. What fills no buffer was all of it; anything else, and what
 * cannot be read, is looked at.
 */
export function glanceAt(absolute: string): Uint8Array {
  const descriptor = openSync(absolute, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const count = readSync(descriptor, buffer, 0, buffer.length, 0);
    if (count > 0 && count < buffer.length) return buffer.subarray(0, count);
  } catch {
    // It is no regular file, perhaps.
  } finally {
    closeSync(descriptor);
  }
  return lookAt(absolute).bytes;
}

function grow(size: number): void {
  refuseLarge(size);
  const larger = Buffer.allocUnsafeSlow(Math.max(size, 2 * buffer.length));
  buffer.copy(larger);
  buffer = larger;
}

function refuseLarge(size: number): void {
  if (size > maximumFileSize) {
    throw new Error(`It has ${size} bytes, and files over ${maximumFileSize} bytes are not read.`);
  }
}

/** Reads what the user names, which may be a pipe; throws with a sentence that says what is wrong. */
export function readGiven(absolute: string): Uint8Array {
  refuseLarge(statSync(absolute).size);
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
