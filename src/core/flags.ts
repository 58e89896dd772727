/** Words of a value that a program gets as arguments, and the flags among them. */
import type { Span } from './span.ts';
import { sliceTemplate, spanOf, TemplateBuilder, type Template } from './template.ts';

/** One flag of a command line. */
export interface Flag {
  /** Without dashes. */
  readonly name: string;
  /** `undefined` for a flag without a value. */
  readonly value: Template | undefined;
  /** From the dashes to the end of the value. */
  readonly span: Span;
}

/** Splits at white space as systemd splits the value of `$VARIABLE`: quotes keep words together and are taken off. */
export function splitWords(text: Template): readonly Template[] {
  const words: Template[] = [];
  const pattern = /'[^']*'?|"(?:[^"\\]+|\\[^])*"?|\\[^]|[^\s'"\\]+|\\$|\s+/g;
  let word: TemplateBuilder | undefined;
  for (const match of text.text.matchAll(pattern)) {
    const piece = match[0];
    const start = match.index;
    if (/^\s/.test(piece)) {
      if (word !== undefined) words.push(word.build());
      word = undefined;
      continue;
    }
    word ??= new TemplateBuilder(text.file, spanOf(text, start, start).start);
    const quote = piece[0];
    if (quote === "'" || quote === '"') {
      const closed = piece.length > 1 && piece.endsWith(quote);
      word.append(sliceTemplate(text, start + 1, start + piece.length - (closed ? 1 : 0)));
    } else if (quote === '\\' && piece.length > 1) {
      word.append(sliceTemplate(text, start + 1, start + piece.length));
    } else {
      word.append(sliceTemplate(text, start, start + piece.length));
    }
  }
  if (word !== undefined) words.push(word.build());
  return words;
}

/** The flags among the arguments of a Go program: `--name=value`, `--name value`, `-v=2`. Ends at `--`. */
export function flagsOf(words: readonly Template[]): readonly Flag[] {
  const flags: Flag[] = [];
  for (let index = 0; index < words.length; index++) {
    const word = words[index];
    if (word === undefined || word.text === '--') break;
    const match = /^--?([A-Za-z][\w.-]*)(=?)/.exec(word.text);
    if (match === null) continue;
    const [head, name = '', equals] = match;
    if (head.length < word.text.length && equals !== '=') continue;
    if (equals === '=') {
      flags.push({ name, value: sliceTemplate(word, head.length, word.text.length), span: spanOf(word) });
      continue;
    }
    const next = words[index + 1];
    if (next === undefined || next.text.startsWith('-')) {
      flags.push({ name, value: undefined, span: spanOf(word) });
      continue;
    }
    const [from, to] = [spanOf(word), spanOf(next)];
    flags.push({
      name,
      value: next,
      span: from.file === to.file && from.end <= to.start ? { ...from, end: to.end } : from,
    });
    index++;
  }
  return flags;
}
