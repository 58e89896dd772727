import { isUtf8 } from 'node:buffer';

export type Decoded =
  | { readonly text: string; readonly invalidUtf8At?: number }
  /** Not text that a loader could read; the sentence says what it is. */
  | { readonly binary: string };

/**
 * The text of a file. A byte order mark is taken off; what is not UTF-8 is read as U+FFFD and its first place noted.
 *
 * @param allowNul systemd units may hold NUL, which ends a line; in other formats it marks a binary file
 */
export function decodeText(bytes: Uint8Array, allowNul: boolean): Decoded {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if ((buffer[0] === 0xff && buffer[1] === 0xfe) || (buffer[0] === 0xfe && buffer[1] === 0xff)) {
    return { binary: 'It is UTF-16; save it as UTF-8.' };
  }
  if (!allowNul && buffer.includes(0)) return { binary: 'It is a binary file.' };
  const start = buffer[0] === 0xef && buffer[1] === 0xbb && buffer[2] === 0xbf ? 3 : 0;
  const text = buffer.toString('utf8', start);
  return isUtf8(buffer) ? { text } : { text, invalidUtf8At: Math.max(0, text.indexOf('\uFFFD')) };
}

/** A compiled SELinux policy module, whose files are named `.pp` as Puppet's manifests are. */
export function isSelinuxModule(bytes: Uint8Array): boolean {
  return (bytes[0] === 0x8d || bytes[0] === 0x8f) && bytes[1] === 0xff && bytes[2] === 0x7c && bytes[3] === 0xf9;
}
