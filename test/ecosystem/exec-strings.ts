/** How much of the commands of execs is known: the figures behind `npm run ecosystem:puppet`. */
import { HOLE, type Template } from '../../src/core/template.ts';
import { literalOf, textOfAlternative, type EvaluatedResource } from '../../src/loaders/puppet/evaluated.ts';
import { commandsOf } from '../../src/loaders/shell/commands.ts';

/** What is known of one string of an exec, over all ways it can come out. */
export interface ExecString {
  /** `file:offset attribute`: the same for all resources that one exec in a manifest makes. */
  readonly place: string;
  readonly file: string;
  readonly attribute: 'command' | 'title' | 'unless' | 'onlyif';
  /** The name of every simple command, after `sudo` and the like and after the last `/`. */
  readonly namesKnown: boolean;
  /** The first word of every simple command, with its path. */
  readonly wordsKnown: boolean;
  /** All of the text. */
  readonly known: boolean;
  /** For people: the text with its holes as `?`. */
  readonly shown: string;
}

/** The strings of an exec: its command, or its title if that is the command, and its guards; none for a Windows provider. */
export function execStrings(exec: EvaluatedResource): readonly ExecString[] {
  const { attributes, span } = exec;
  if (/^(?:windows|powershell|pwsh)$/.test(literalOf(attributes.get('provider')?.value) ?? '')) return [];
  const found: ExecString[] = [];
  const add = (attribute: ExecString['attribute'], lines: readonly (readonly Template[])[]) => {
    const answers = lines.map((line) => knowledgeOf(line));
    found.push({
      place: `${span.file}:${span.start} ${attribute}`,
      file: span.file,
      attribute,
      namesKnown: answers.every(({ namesKnown }) => namesKnown),
      wordsKnown: answers.every(({ wordsKnown }) => wordsKnown),
      known: answers.every(({ known }) => known),
      shown: lines.map((line) => line.map(({ text }) => text.replaceAll(HOLE, '?')).join(' ')).join(' | '),
    });
  };
  const command = attributes.get('command');
  if (command === undefined) {
    add(
      'title',
      exec.title.map((title) => [title]),
    );
  } else add('command', linesOf(command.value));
  for (const name of ['unless', 'onlyif'] as const) {
    const guard = attributes.get(name);
    if (guard !== undefined) add(name, guardLines(guard.value));
  }
  return found;
}

type Value = Parameters<typeof literalOf>[0];

/** The alternatives of a command; the words of an array make one line. */
function linesOf(value: NonNullable<Value>): readonly (readonly Template[])[] {
  return value.flatMap((one): readonly (readonly Template[])[] => {
    if (one.type === 'sensitive') return linesOf(one.value);
    if (one.type === 'array') return [one.elements.flatMap((element) => linesOf(element).flat())];
    const text = textOfAlternative(one);
    return text === undefined ? [] : [[text]];
  });
}

/** A guard that is an array is a list of commands. */
function guardLines(value: NonNullable<Value>): readonly (readonly Template[])[] {
  return value.flatMap((one) => (one.type === 'array' ? one.elements.flatMap(linesOf) : linesOf([one])));
}

function knowledgeOf(line: readonly Template[]): Pick<ExecString, 'namesKnown' | 'wordsKnown' | 'known'> {
  const known = line.every(({ holes }) => holes.length === 0);
  if (known) return { namesKnown: true, wordsKnown: true, known };
  const [only] = line;
  if (line.length > 1 || only === undefined) {
    const first = only?.text ?? HOLE;
    return { namesKnown: isKnown(nameOf(first)), wordsKnown: isKnown(first), known };
  }
  // A text that is wholly unknown may be any number of commands.
  const firsts = only.text.trim() === HOLE ? [HOLE] : commandsOf(only).map(({ words }) => words[0]?.text ?? HOLE);
  return { namesKnown: firsts.every((first) => isKnown(nameOf(first))), wordsKnown: firsts.every(isKnown), known };
}

function nameOf(word: string): string {
  return word.slice(word.lastIndexOf('/') + 1);
}

function isKnown(word: string): boolean {
  return !word.includes(HOLE);
}
