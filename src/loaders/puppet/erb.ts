/**
 * ERB templates as text with holes. Ruby is not evaluated: `<%= %>` is a hole unless it is a variable whose value is known, and
 * what stands inside an `if` or a loop is a conditional part.
 */
import { sliceTemplate, spanOf, TemplateBuilder, type Template } from '../../core/template.ts';
import type { ConditionalPart, RenderedTemplate, ResolveExpression } from './rendered.ts';

/**
 * Reads a template as Puppet does (trim mode `-`): `-%>` takes the line end after it away, `<%-` the blanks before it.
 *
 * @param resolve what a variable holds, by its name without `@`; one of another scope has its qualified name
 */
export function renderErb(source: Template, resolve?: ResolveExpression<string>): RenderedTemplate {
  const builder = new TemplateBuilder(source.file, source.source);
  const blocks = new Blocks();
  let length = 0;
  const add = (text: Template) => {
    builder.append(text);
    length += text.text.length;
  };
  for (const piece of piecesOf(source.text)) {
    if (piece.type === 'text') {
      add(sliceTemplate(source, piece.start, piece.end));
    } else if (piece.type === 'code') {
      blocks.read(source.text.slice(piece.start, piece.end), length);
    } else {
      const value = resolve?.(variableOf(source.text.slice(piece.start, piece.end)) ?? '');
      const span = spanOf(source, piece.tagStart, piece.tagEnd);
      if (value === undefined) {
        builder.hole(source.text.slice(piece.tagStart, piece.tagEnd), span.start, span.end - span.start);
      } else {
        builder.text(value, span.start, span.end - span.start);
      }
      length += value?.length ?? 1;
    }
  }
  return { ...builder.build(), conditional: blocks.finish(length) };
}

interface TextPiece {
  readonly type: 'text';
  readonly start: number;
  readonly end: number;
}

interface TagPiece {
  readonly type: 'code' | 'output';
  /** The Ruby between the marks. */
  readonly start: number;
  readonly end: number;
  readonly tagStart: number;
  readonly tagEnd: number;
}

/** Text and tags in their order; comments are left out. */
function* piecesOf(text: string): Generator<TextPiece | TagPiece> {
  let from = 0;
  for (let at = text.indexOf('<%'); at >= 0; at = text.indexOf('<%', at)) {
    if (text[at + 2] === '%') {
      yield { type: 'text', start: from, end: at + 2 };
      at += 3;
      from = at;
      continue;
    }
    const close = closingMark(text, at + 2);
    const mark = text[at + 2] ?? '';
    const trimsBefore = mark === '-';
    const start = at + ('-=#'.includes(mark) ? 3 : 2);
    const trimsAfter = text[close - 1] === '-' && close - 1 >= start;
    yield { type: 'text', start: from, end: trimsBefore ? withoutBlanksBefore(text, from, at) : at };
    const tagEnd = Math.min(text.length, close + 2);
    if (mark !== '#') {
      const type = mark === '=' ? 'output' : 'code';
      yield { type, start, end: Math.max(start, trimsAfter ? close - 1 : close), tagStart: at, tagEnd };
    }
    from = trimsAfter ? afterLineEnd(text, tagEnd) : tagEnd;
    at = from;
  }
  yield { type: 'text', start: from, end: text.length };
}

/** Where the `%>` of a tag stands, or the end of the text; `%%>` is none. */
function closingMark(text: string, from: number): number {
  let at = text.indexOf('%>', from);
  while (at > from && text[at - 1] === '%') at = text.indexOf('%>', at + 2);
  return at < 0 ? text.length : at;
}

function withoutBlanksBefore(text: string, from: number, tag: number): number {
  let at = tag;
  while (at > from && (text[at - 1] === ' ' || text[at - 1] === '\t')) at--;
  return at === 0 || text[at - 1] === '\n' ? at : tag;
}

function afterLineEnd(text: string, at: number): number {
  if (text[at] === '\n') return at + 1;
  return text[at] === '\r' && text[at + 1] === '\n' ? at + 2 : at;
}

/** `@name`, `scope['name']`, `scope.lookupvar('name')`, `scope().call_function` none: the variable that is printed. */
function variableOf(ruby: string): string | undefined {
  const match =
    /^\s*(?:@(\w+)|scope(?:\[\s*['"]:{0,2}([\w:]+)['"]\s*\]|\.lookupvar\(\s*['"]:{0,2}([\w:]+)['"]\s*\)))(?:\.to_s)?\s*$/.exec(
      ruby,
    );
  return match === null ? undefined : (match[1] ?? match[2] ?? match[3]);
}

interface Block {
  readonly choice: number;
  branch: number;
  start: number;
}

/** Which `if`, `case` and loops are open, by a look at the words of the Ruby between the tags. */
class Blocks {
  readonly #open: Block[] = [];
  readonly #parts: ConditionalPart[] = [];
  #choices = 0;

  read(ruby: string, at: number): void {
    for (const word of blockWords(ruby)) {
      const block = this.#open.at(-1);
      if (word === 'open') {
        this.#open.push({ choice: this.#choices++, branch: 0, start: at });
      } else if (block !== undefined) {
        this.#close(block, at);
        if (word === 'end') this.#open.pop();
        else block.branch++;
      }
    }
  }

  /** Closes what is still open. */
  finish(at: number): readonly ConditionalPart[] {
    for (const block of this.#open.reverse()) this.#close(block, at);
    return this.#parts;
  }

  #close(block: Block, at: number): void {
    const { choice, branch, start } = block;
    if (at > start) this.#parts.push({ start, end: at, choice, branch });
    block.start = at;
  }
}

type BlockWord = 'open' | 'branch' | 'end';

/** The words that open, divide and end blocks. An `if` behind a statement opens none, nor does the `do` of a `while`. */
function blockWords(ruby: string): readonly BlockWord[] {
  const code = ruby.replace(/'(?:[^'\\]|\\[^])*'|"(?:[^"\\]|\\[^])*"|#[^\n]*/g, "''");
  const words: BlockWord[] = [];
  let isLoopHead = false;
  let isStart = true;
  for (const [token] of code.matchAll(/[@$.:]?[A-Za-z_]\w*[?!:]?|\d\w*|\{\s*\||[;\n{}=(]|[^\s\w]/g)) {
    if (token === '\n' || token === ';') {
      isLoopHead = false;
      isStart = true;
      continue;
    }
    const opens = /^(?:if|unless|case|begin|while|until|for|def)$/.test(token) && isStart;
    if (opens) {
      words.push('open');
      isLoopHead = /^(?:while|until|for)$/.test(token);
    } else if (token === 'do') {
      if (!isLoopHead) words.push('open');
      isLoopHead = false;
    } else if (token.startsWith('{')) {
      words.push('open');
    } else if (token === 'end' || token === '}') {
      words.push('end');
    } else if (/^(?:else|elsif|when)$/.test(token) || (isStart && /^(?:in|rescue|ensure)$/.test(token))) {
      words.push('branch');
    }
    isStart = token === '=' || token === '(' || token === 'then' || token === 'else' || token.startsWith('{');
  }
  return words;
}
