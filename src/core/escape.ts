/**
 * Makes visible what a terminal would obey or hide: control characters (an escape sequence in a file name), characters
 * that turn the direction of text around, line separators, and halves of surrogate pairs.
 */
const UNSAFE = /[\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu;

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** The text on one line, with every unsafe character as an escape: `\n`, `\x1b`, `\u202e`. */
export function escapeControls(text: string): string {
  return text.replace(UNSAFE, escapeOne);
}

/** JSON with the unsafe characters that `JSON.stringify` leaves alone as `\u` escapes: it parses to the same value. */
export function escapeJson(json: string): string {
  return json.replace(UNSAFE, (found) => (found < ' ' ? found : `\\u${hexadecimal(found, 4)}`));
}

function escapeOne(found: string): string {
  const short = SHORT[found];
  if (short !== undefined) return short;
  return found < '\u0100' ? `\\x${hexadecimal(found, 2)}` : `\\u${hexadecimal(found, 4)}`;
}

function hexadecimal(character: string, digits: number): string {
  return character.charCodeAt(0).toString(16).padStart(digits, '0');
}
