/** Damaged inputs: own-written seeds, changed byte by byte. fast-check chooses the changes, repeats them by seed and makes a failing one small. */
import fc from 'fast-check';

/** What formats treat as special, and what text processing trips over. */
const tokens: readonly Uint8Array[] = [
  ...[
    ' ',
    '\t',
    '\n',
    '\r',
    '\r\n',
    '\n\n',
    '\\',
    '\\\n',
    '\0',
    '\x1b[31m',
    '\x7f',
    '\ufeff',
    '\u2028',
    '\u202e',
    '\u200b',
  ],
  ...[
    'é',
    '🙂',
    '\ue000',
    '\u0130',
    '\ufffd',
    'a\u0301',
    '{',
    '}',
    '[',
    ']',
    '(',
    ')',
    '<',
    '>',
    '|',
    '&',
    ';',
    ':',
    ',',
  ],
  ...[
    '"',
    "'",
    '`',
    '$',
    '${',
    '@',
    '@(END)\n',
    '#',
    '//',
    '/*',
    '*/',
    '<%',
    '%>',
    '<%=',
    '<%#',
    '{{',
    '}}',
    '{%',
    '%}',
  ],
  ...[
    '=',
    '==',
    '=>',
    '->',
    '~>',
    '+=',
    '%',
    '%i',
    '%%',
    '-',
    '---\n',
    '...\n',
    '- ',
    '? ',
    ': ',
    '&a ',
    '*a',
    '<<: ',
    '!!binary ',
  ],
  ...[
    '|\n ',
    '>-\n ',
    '"""',
    "'''",
    '```',
    '```go\n',
    '0',
    '-1',
    '1e999',
    '99999999999999999999',
    '0x',
    '1.',
    '.5',
    '1h30min',
  ],
  ...[
    '__proto__',
    'constructor',
    '[Unit]\n',
    '[Service]\n',
    'ExecStart=',
    'true',
    'null',
    'undef',
    'default',
    'if ',
    'class a { ',
  ],
  ...[
    'each |$x| { ',
    'func ',
    'go func() {',
    'for {',
    'sh -c ',
    '$(',
    'fleetlint-ignore[',
    'fleetlint-ignore[x/y] why',
    'kind: List\n',
  ],
].map((text) => Buffer.from(text));
/** Bytes that are not UTF-8, and marks of other encodings. */
const bytes: readonly Uint8Array[] = [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf0, 0x9f], [0xfe, 0xff], [0x80]].map(
  (each) => Uint8Array.from(each),
);
const pieces = [...tokens, ...bytes];

/** Places are shares of the text, in 2^16ths: they stay meaningful whatever the other changes do. */
const wholeText = 2 ** 16;

interface Change {
  readonly kind: 'insert' | 'repeat' | 'remove' | 'copy' | 'double' | 'flip';
  readonly at: number;
  readonly other: number;
  readonly length: number;
  readonly piece: number;
}

const change: fc.Arbitrary<Change> = fc.record({
  kind: fc.constantFrom(
    'insert',
    'insert',
    'insert',
    'remove',
    'remove',
    'copy',
    'copy',
    'flip',
    'flip',
    'double',
    'double',
    'repeat',
  ),
  at: fc.nat(wholeText),
  other: fc.nat(wholeText),
  length: fc.integer({ min: 1, max: 60 }),
  piece: fc.nat(pieces.length - 1),
});

/** No input is longer: the work for one is to stay small, so that there can be many. In bytes. */
const longestInput = 8192;

/** Changes to a text: none to six; now and then the end is another text's. */
export const damages: fc.Arbitrary<Damages> = fc.record({
  changes: fc.array(change, { maxLength: 6 }),
  splice: fc.option(fc.tuple(fc.nat(wholeText), fc.nat(wholeText), fc.nat(wholeText)), { freq: 8 }),
});

export interface Damages {
  readonly changes: readonly Change[];
  /** Where the text ends, which other one goes on, and where in that. */
  readonly splice: readonly [number, number, number] | null;
}

/** A text with changes. `others`: whose ends it may get. */
export function damage(text: string, { changes, splice }: Damages, others: readonly string[]): Uint8Array {
  let input: Buffer = Buffer.from(text);
  if (splice !== null) {
    const other = Buffer.from(others[place(others, splice[1])] ?? '');
    input = Buffer.concat([input.subarray(0, place(input, splice[0])), other.subarray(place(other, splice[2]))]);
  }
  for (const each of changes) input = apply(input, each);
  return input.subarray(0, longestInput);
}

function place(text: { readonly length: number }, share: number): number {
  return Math.floor((text.length * share) / wholeText);
}

function apply(input: Buffer, { kind, at, other, length, piece }: Change): Buffer {
  const start = place(input, at);
  const end = Math.min(input.length, start + length);
  const part = pieces[piece] ?? new Uint8Array();
  const replace = (...middle: readonly Uint8Array[]): Buffer =>
    Buffer.concat([input.subarray(0, start), ...middle, input.subarray(kind === 'remove' ? end : start)]);
  switch (kind) {
    case 'insert':
      return replace(part);
    case 'remove':
      return replace();
    case 'copy':
      return replace(input.subarray(place(input, other), place(input, other) + length));
    case 'double':
      return replace(...Array.from({ length: 1 + (other % 8) }, () => input.subarray(start, end)));
    case 'repeat':
      return replace(...Array.from({ length: 5 * length }, () => part));
    case 'flip': {
      const changed = Buffer.from(input);
      if (start < changed.length) changed[start] = (changed[start] ?? 0) ^ (1 << (other % 8));
      return changed;
    }
  }
}
