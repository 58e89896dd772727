/** The simple commands of shell text, through lists, pipes, substitutions and wrappers such as `sudo` and `sh -c`. */
import type {
  AndOr,
  Command,
  CompoundList,
  ParsedScript,
  Redirect,
  Statement,
  SyntaxNode,
  Word,
  WordPart,
} from 'unbash';
import { lazyLibrary } from '../../core/lazy-library.ts';
import type { Span } from '../../core/span.ts';
import {
  literalText,
  sliceTemplate,
  spanOf,
  TemplateBuilder,
  type Answer,
  type Template,
} from '../../core/template.ts';
import { unwrap } from './wrappers.ts';

export interface ShellCommand {
  /** Name and arguments, unquoted; what the shell expands is a hole. Never empty. */
  readonly words: readonly Template[];
  /** File that its output is written to. */
  readonly output?: Template;
  /** Whether it runs each time the script runs: `unknown` behind `&&`, `||`, `if` and the like. */
  readonly always: Answer;
  readonly span: Span;
}

const shell = lazyLibrary(() => import('unbash'));

/** Must be awaited before the functions here; the loaders do so for the files that need it. */
export const loadShellParser = shell.load;

/** Whether a text may hold a command line that runs a script given as an argument: `sh -c`, `eval`, `su -c`, `flock -c`. */
export function runsScripts(text: string): boolean {
  return /sh\b|\b(?:eval|su|runuser|flock)\b/.test(text);
}

/** Scripts inside scripts (`sh -c` in `sh -c`) are followed this deep; real ones nest twice. */
const maximumDepth = 8;

/** The simple commands of a script, in its order; what the parser cannot read is left out. */
export function commandsOf(script: Template): readonly ShellCommand[] {
  const found: ShellCommand[] = [];
  new ScriptReader(script, found, 0).read('yes');
  return found;
}

/**
 * The commands that a simple command really runs: without `sudo`, `env`, `timeout` and the like, and with the script of
 * `sh -c` and `eval` read in its turn.
 */
export function unwrapCommand(words: readonly Template[], always: Answer, span: Span): readonly ShellCommand[] {
  const found: ShellCommand[] = [];
  addUnwrapped(words, always, span, found, 0);
  return found;
}

function addUnwrapped(
  words: readonly Template[],
  always: Answer,
  span: Span,
  found: ShellCommand[],
  depth: number,
): void {
  const inner = unwrap(words);
  if (inner.type === 'command') {
    if (inner.words.length > 0) found.push({ words: inner.words, always: inner.maybe ? 'unknown' : always, span });
  } else if (depth < maximumDepth) {
    new ScriptReader(inner.script, found, depth + 1).read(inner.maybe ? 'unknown' : always);
  }
}

/** The file of `> file`, `>> file` and `1> file`; of several the last. */
function outputOf({ redirects }: Command): Word | undefined {
  return redirects.findLast(
    (redirect): redirect is Redirect =>
      redirect.type === 'Redirect' &&
      ['>', '>>', '>|'].includes(redirect.operator) &&
      (redirect.descriptor === undefined ||
        (redirect.descriptor.type === 'FileDescriptor' && redirect.descriptor.value === 1)),
  )?.target;
}

class ScriptReader {
  readonly #script: Template;
  readonly #found: ShellCommand[];
  readonly #depth: number;
  readonly #functions = new Map<string, SyntaxNode>();
  readonly #calling = new Set<string>();

  constructor(script: Template, found: ShellCommand[], depth: number) {
    this.#script = script;
    this.#found = found;
    this.#depth = depth;
  }

  read(always: Answer): void {
    let script: ParsedScript;
    try {
      script = shell.module().parse(this.#script.text);
    } catch {
      return; // Nested too deeply for the parser: nothing can be known of it.
    }
    // With a syntax error the shell runs nothing, or only what stands before it; the parser guesses on.
    this.#statements(script.commands, (script.errors ?? []).length === 0 ? always : 'unknown');
  }

  #statements(statements: readonly Statement[], always: Answer): void {
    for (const statement of statements) {
      this.#node(statement.command, always);
      if (isExit(statement.command)) return;
    }
  }

  #list(list: CompoundList, always: Answer): void {
    this.#statements(list.commands, always);
  }

  #node(node: SyntaxNode, always: Answer): void {
    switch (node.type) {
      case 'Command':
        this.#command(node, always);
        return;
      case 'AndOr':
        this.#andOr(node, always);
        return;
      case 'If':
        this.#list(node.clause, always);
        this.#list(node.then, 'unknown');
        for (const branch of node.elif) {
          this.#list(branch.clause, 'unknown');
          this.#list(branch.then, 'unknown');
        }
        if (node.else !== undefined) this.#list(node.else, 'unknown');
        return;
      case 'While':
        this.#list(node.clause, always);
        this.#list(node.body, 'unknown');
        return;
      case 'For': {
        for (const word of node.wordlist ?? []) this.#substitutions(word, always);
        const known = node.wordlist?.some((word) => literalText(this.#word(word)) !== undefined) === true;
        this.#list(node.body, known ? always : 'unknown');
        return;
      }
      case 'Case':
        this.#substitutions(node.word, always);
        for (const item of node.items) this.#list(item.body, 'unknown');
        return;
      case 'Select':
      case 'ArithmeticFor':
      case 'Coproc':
        shell.module().forEachChild(node, (child) => {
          this.#node(child, 'unknown');
        });
        return;
      case 'Function':
        this.#functions.set(node.name.value, node.body);
        return;
      case 'CompoundList':
        this.#list(node, always);
        return;
      case 'CommandExpansion':
      case 'ProcessSubstitution':
        this.#inner(node, always);
        return;
      default:
        shell.module().forEachChild(node, (child) => {
          this.#node(child, always);
        });
    }
  }

  #command(command: Command, always: Answer): void {
    for (const part of [...command.prefix, ...command.suffix]) this.#substitutions(part, always);
    if (command.name === undefined) return;
    this.#substitutions(command.name, always);
    const words = [command.name, ...command.suffix.filter((part) => part.type === 'Word')].map((word) =>
      this.#word(word),
    );
    const body = this.#functions.get(command.name.value);
    if (body !== undefined && !this.#calling.has(command.name.value)) {
      this.#calling.add(command.name.value);
      this.#node(body, always);
      this.#calling.delete(command.name.value);
      return;
    }
    const before = this.#found.length;
    addUnwrapped(words, always, spanOf(this.#script, command.pos, command.end), this.#found, this.#depth);
    const target = outputOf(command);
    const [only, ...others] = this.#found.slice(before);
    if (target === undefined || only === undefined || others.length > 0) return;
    this.#found[before] = { ...only, output: this.#word(target) };
  }

  /** After `&&` a command runs when the one before succeeds, which some practically always do. */
  #andOr(node: AndOr, always: Answer): void {
    let runs = always;
    node.commands.forEach((command, index) => {
      const operator = index === 0 ? undefined : node.operators[index - 1];
      const previous = index === 0 ? undefined : node.commands[index - 1];
      if (operator === '||' || (previous !== undefined && !this.#succeeds(previous))) runs = 'unknown';
      this.#node(command, runs);
    });
  }

  #succeeds(node: SyntaxNode): boolean {
    if (node.type !== 'Command' || node.name === undefined) return false;
    const name = node.name.value.slice(node.name.value.lastIndexOf('/') + 1);
    const first = node.suffix[0];
    const argument = first?.type === 'Word' ? first.value : '';
    if (name === 'test' || name === '[') return argument === '-x';
    if (name === 'command') return argument === '-v' || argument === '-V';
    return ['cd', 'set', 'export', 'true', ':', 'echo', 'printf', 'which', 'type', 'hash', 'sleep', 'umask'].includes(
      name,
    );
  }

  #substitutions(node: SyntaxNode, always: Answer): void {
    if (node.type === 'CommandExpansion' || node.type === 'ProcessSubstitution') {
      this.#inner(node, always);
      return;
    }
    shell.module().forEachChild(node, (child) => {
      this.#substitutions(child, always);
    });
  }

  #inner(
    node: { readonly pos: number; readonly end: number; readonly script: ParsedScript | undefined },
    always: Answer,
  ): void {
    const { script } = node;
    if (script === undefined) return;
    if (script.source === undefined) {
      this.#statements(script.commands, always);
    } else if (this.#depth < maximumDepth) {
      // Backticks with escapes: positions count in the unescaped text, which stands for the whole substitution.
      const span = spanOf(this.#script, node.pos, node.end);
      const text = new TemplateBuilder(span.file, span.start).text(script.source, span.start, span.end - span.start);
      new ScriptReader(text.build(), this.#found, this.#depth + 1).read(always);
    }
  }

  /** A word as the command sees it; expansions are holes, quotes are gone. */
  #word(word: Word): Template {
    const builder = new TemplateBuilder(this.#script.file, spanOf(this.#script, word.pos, word.pos).start);
    if (word.parts === undefined) this.#verbatim(builder, word.pos, word.end, word.text, word.value);
    else for (const part of word.parts) this.#part(builder, part);
    return builder.build();
  }

  #part(builder: TemplateBuilder, part: WordPart): void {
    switch (part.type) {
      case 'Literal':
      case 'Glob':
        this.#verbatim(builder, part.pos, part.end, part.text, part.value);
        return;
      case 'SingleQuoted':
        builder.append(sliceTemplate(this.#script, part.pos + 1, part.end - 1));
        return;
      case 'AnsiCQuoted': {
        const span = spanOf(this.#script, part.pos, part.end);
        builder.text(part.value, span.start, span.end - span.start);
        return;
      }
      case 'DoubleQuoted':
      case 'LocaleString':
        for (const child of part.parts) this.#part(builder, child);
        return;
      default: {
        const span = spanOf(this.#script, part.pos, part.end);
        builder.hole(part.text, span.start, span.end - span.start);
      }
    }
  }

  #verbatim(builder: TemplateBuilder, pos: number, end: number, text: string, value: string): void {
    const source = sliceTemplate(this.#script, pos, end);
    if (text === value) builder.append(source);
    else appendUnescaped(builder, source, value);
  }
}

/** Takes backslashes off, character by character where that explains the value, so that positions stay right. */
function appendUnescaped(builder: TemplateBuilder, source: Template, value: string): void {
  const pieces: Template[] = [];
  let at = 0;
  let read = '';
  while (at < source.text.length) {
    const next = source.text[at + 1];
    const escape = source.text[at] === '\\' && (next === '\\' || source.text[at] !== value[read.length]);
    if (escape) at++;
    if (escape && source.text[at] === '\n') {
      at++;
      continue;
    }
    pieces.push(sliceTemplate(source, at, at + 1));
    read += source.text[at] ?? '';
    at++;
  }
  if (read === value) for (const piece of pieces) builder.append(piece);
  else {
    const span = spanOf(source);
    builder.text(value, span.start, span.end - span.start);
  }
}

function isExit(node: SyntaxNode): boolean {
  return (
    node.type === 'Command' && ['exit', 'return', 'exec'].includes(node.name?.value ?? '') && node.name !== undefined
  );
}
