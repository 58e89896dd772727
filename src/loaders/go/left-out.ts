/** Functions that are left out when a Go file is read because of what other files say: what is left is what matters. */

/** A function at the top of a file, up to the next declaration: a half-open range. */
export interface GoFunctionText {
  /** With a dot in front if it is a method. */
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

const declaration = /^(?:func\b[ \t]*(\([^()\n]*\)[ \t]*)?(\w*)|(?:type|var|const|import)\b)/gm;

/** The functions of a file, without parsing it. */
export function functionsOf(text: string): readonly GoFunctionText[] {
  const found: GoFunctionText[] = [];
  let open: { readonly name: string; readonly start: number } | undefined;
  for (const match of text.matchAll(declaration)) {
    if (open !== undefined) found.push({ ...open, end: match.index });
    const [, receiver = '', name] = match;
    open = name === undefined ? undefined : { name: receiver === '' ? name : `.${name}`, start: match.index };
  }
  if (open !== undefined) found.push({ ...open, end: text.length });
  return found;
}

/** Whether what looks like a declaration may be a part of a literal or a comment: one of those goes on where it begins. */
export function mayBeQuoted(text: string): boolean {
  if (!hasMarks(text)) return false;
  let last = 0;
  for (const { index } of [...text.matchAll(declaration), { index: text.length }]) {
    const part = text.slice(last, index);
    if (hasMarks(part) && isCutShort(part)) return true;
    last = index;
  }
  return false;
}

function hasMarks(text: string): boolean {
  return text.includes('`') || text.includes('/*') || text.includes('*/');
}

function isCutShort(text: string): boolean {
  let inComment = false;
  let inLiteral = false;
  for (const [mark] of text.matchAll(/`|\/\*|\*\//g)) {
    if (mark === '`') inLiteral = !inLiteral;
    else if (inComment === (mark === '/*')) return true;
    else inComment = !inComment;
  }
  return inComment || inLiteral;
}

/** Writes which functions are left out, and the calls of which functions matter in the others. */
export function writeLeftOut(functions: readonly GoFunctionText[], names: Iterable<string>): string {
  return `${functions.map(({ start, end }) => `${start} ${end}`).join(' ')};${[...names].sort().join(' ')}`;
}

/** The functions of which calls matter, without their types; `undefined` for all. */
export function namesOf(leftOut: string): ReadonlySet<string> | undefined {
  return leftOut === '' ? undefined : new Set(leftOut.slice(leftOut.indexOf(';') + 1).split(' '));
}

/** The text with a comment instead of each function that is left out; as long as before. */
export function withoutLeftOut(text: string, leftOut: string): string {
  const offsets = leftOut
    .slice(0, Math.max(0, leftOut.indexOf(';')))
    .split(' ')
    .filter((offset) => offset !== '')
    .map(Number);
  let shown = '';
  let last = 0;
  for (let index = 0; index < offsets.length; index += 2) {
    const [start = 0, end = 0] = offsets.slice(index, index + 2);
    shown += `${text.slice(last, start)}//${' '.repeat(end - start - 3)}\n`;
    last = end;
  }
  return shown + text.slice(last);
}
