/**
 * The fingerprint of a line that GitHub code scanning compares alerts by: `primaryLocationLineHash`. Its uploader computes
 * it when it is absent and warns when it differs, so this must agree with it to the bit: a polynomial hash (base 37, modulo
 * 2^64) over the 100 characters that follow the start of the line, blanks and tabs left out and every line end a line feed,
 * then a colon and which of several lines with this hash it is. The end of the file counts as the character 0xffff.
 */

const BASE = 37;
const LENGTH = 100;
const END_OF_FILE = 0xffff;
const TAB = 9;
const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const BLANK = 32;
const HALF = 2 ** 32;

/** A number modulo 2^64 in two unsigned halves: a BigInt would be 20 times slower. */
interface Wide {
  readonly high: number;
  readonly low: number;
}

/** The hash of each line of a text, the first line first. */
export function lineHashes(text: string): readonly string[] {
  const { characters, starts } = significantCharacters(text);
  const counts = new Map<string, number>();
  const hashes: string[] = [];
  let hash: Wide = { high: 0, low: 0 };
  for (let at = 0; at < LENGTH; at++) hash = shift(hash, characters[at] ?? 0, 0);
  for (let at = 0; hashes.length < starts.length; at++) {
    if (starts[hashes.length] === at) {
      const digits = hexadecimal(hash);
      const count = (counts.get(digits) ?? 0) + 1;
      counts.set(digits, count);
      hashes.push(`${digits}:${count}`);
    }
    hash = shift(hash, characters[at + LENGTH] ?? 0, characters[at] ?? 0);
  }
  return hashes;
}

/** What is hashed, and where in it each line starts. */
function significantCharacters(text: string): { readonly characters: Uint16Array; readonly starts: readonly number[] } {
  const characters = new Uint16Array(text.length + 1);
  const starts = [0];
  let length = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === BLANK || code === TAB) continue;
    if (code === LINE_FEED || code === CARRIAGE_RETURN) {
      if (code === CARRIAGE_RETURN && text.charCodeAt(at + 1) === LINE_FEED) at++;
      characters[length++] = LINE_FEED;
      starts.push(length);
    } else {
      characters[length++] = code;
    }
  }
  characters[length++] = END_OF_FILE;
  return { characters: characters.subarray(0, length), starts };
}

const OLDEST = power(LENGTH);

/** Takes a character in at the end and another one out at the front. */
function shift(hash: Wide, added: number, removed: number): Wide {
  const low = hash.low * BASE + added;
  const removedLow = OLDEST.low * removed;
  const difference = (low % HALF) - (removedLow % HALF);
  const high =
    hash.high * BASE +
    Math.floor(low / HALF) -
    (OLDEST.high * removed + Math.floor(removedLow / HALF)) -
    (difference < 0 ? 1 : 0);
  return { high: high >>> 0, low: difference >>> 0 };
}

function power(exponent: number): Wide {
  const value = BigInt.asUintN(64, BigInt(BASE) ** BigInt(exponent));
  return { high: Number(value >> 32n), low: Number(value & 0xffffffffn) };
}

function hexadecimal({ high, low }: Wide): string {
  return high === 0 ? low.toString(16) : high.toString(16) + low.toString(16).padStart(8, '0');
}
