/** Text that a template engine fills in later, as a text that can be read: Jinja, Go's templates, ERB, EPP and Terraform's. */
import type { Fact } from '../../core/fact.ts';
import { contains, type Span } from '../../core/span.ts';
import { sliceTemplate, spanOf, TemplateBuilder, type Template } from '../../core/template.ts';

/** A text with its expressions as holes and without its statements. */
export interface FilledIn {
  readonly text: Template;
  /** Places of what a condition or loop may leave out, or repeat, and of lines that are not known at all. */
  readonly uncertain: readonly Span[];
}

type Role = 'open' | 'middle' | 'close' | 'none' | 'expression';

interface Mark {
  readonly start: number;
  readonly end: number;
  readonly role: Role;
}

/** Jinja, Go and Mustache; Jinja's comments; ERB and EPP; Terraform's directives. */
const mark =
  /\{\{(?:[^{}]|\{[^{}]{0,100}\}){0,500}\}\}|\{%[^%]{0,1000}%\}|\{#[^#]{0,2000}#\}|<%[^%]{0,1000}%>|%\{~?[^\S\n]*(?:if|else|endif|for|endfor)\b[^{}\n]{0,500}\}/g;

/**
 * Makes each expression a hole and takes out statements, with the whole line where nothing else stands in it, so that what is
 * left can be parsed. All branches of a condition stay: what stands in them is `uncertain`, but for a condition within a line,
 * which is a hole. Places stay those of the file.
 */
export function fillIn(source: Template): FilledIn {
  const { text } = source;
  if (!/\{\{|\{%|\{#|<%|%\{/.test(text)) return { text: source, uncertain: [] };
  const marks = [...text.matchAll(mark)].map((match): Mark => ({
    start: match.index,
    end: match.index + match[0].length,
    role: roleOf(match[0]),
  }));
  const { whole, parts } = joinBlocks(text, marks);
  const uncertain = parts.map(({ start, end }) => spanOf(source, start, end));
  const builder = new TemplateBuilder(source.file, source.source);
  let done = 0;
  for (const { start, end, role } of whole) {
    if (start < done) continue;
    const line = lineAround(text, start, end);
    const isAlone = blankWithout(text, line, whole);
    if (isAlone) {
      builder.append(sliceTemplate(source, done, Math.max(done, line.start)));
      if (whole.some((each) => each.role === 'expression' && each.start >= line.start && each.end <= line.end))
        uncertain.push(spanOf(source, line.start, line.end));
      done = line.end;
      continue;
    }
    builder.append(sliceTemplate(source, done, start));
    if (role === 'expression') {
      const span = spanOf(source, start, end);
      builder.hole(text.slice(start, end), span.start, span.end - span.start);
    }
    done = end;
  }
  return { text: builder.append(sliceTemplate(source, done, text.length)).build(), uncertain };
}

/** The facts of a text that was filled in, with what is not sure said so: most kinds of facts are then none. */
export function withUncertainty(facts: readonly Fact[], uncertain: readonly Span[]): readonly Fact[] {
  if (uncertain.length === 0) return facts;
  return facts.flatMap((fact): readonly Fact[] => {
    const isWithin = uncertain.some((part) => contains(part, fact.span));
    if (fact.kind === 'kubelet.config') {
      const isPartial = uncertain.some((part) => touches(fact.document, part));
      return [isPartial ? { ...fact, partial: true } : fact];
    }
    if (!isWithin) return [fact];
    return fact.kind === 'kubelet.setting' ? [{ ...fact, conditional: true }] : [];
  });
}

/** Whether one span reaches the other; also where a text ends with what is not known, as that is no longer in it. */
export function touches(one: Span, other: Span): boolean {
  return one.start <= other.end && other.start <= one.end;
}

function roleOf(text: string): Role {
  if (text.startsWith('{#')) return 'none';
  if (text.startsWith('{{')) {
    const [, word = ''] = /^\{\{[-#~/ \t\r\n]*([\w$]*)/.exec(text) ?? [];
    if (/^\{\{-?\s*\/\*/.test(text) || /^\{\{-?\s*\$\w+\s*:?=/.test(text)) return 'none';
    if (/^(?:if|range|with|define|block|unless|each)$/.test(word) && !/^\{\{-?\s*\w+\s*[-|}(.]*\}\}$/.test(text))
      return 'open';
    if (word === 'else') return 'middle';
    return word === 'end' || /^\{\{\//.test(text) ? 'close' : 'expression';
  }
  if (text.startsWith('{%') || text.startsWith('%{')) {
    const word = /^(?:\{%[-+]?|%\{)\s*~?\s*(\w*)/.exec(text)?.[1] ?? '';
    if (/^end/.test(word)) return 'close';
    if (/^el(?:se|if)/.test(word)) return 'middle';
    if (word === 'set') return text.includes('=') ? 'none' : 'open';
    return /^(?:if|for|macro|call|filter|block|raw|with|autoescape)$/.test(word) ? 'open' : 'none';
  }
  if (/^<%-?=/.test(text)) return 'expression';
  const code = text.replace(/^<%-?|-?%>$/g, '').trim();
  if (code.startsWith('#') || code.startsWith('|')) return 'none';
  if (/^(?:else|elsif|when)\b/.test(code) || (code.startsWith('}') && code.endsWith('{'))) return 'middle';
  if (/^end\b/.test(code) || code === '}') return 'close';
  return /^(?:if|unless|case|for|while)\b/.test(code) ||
    /\bdo\s*(?:\|[^|]*\|)?$/.test(code) ||
    /\{\s*(?:\|[^|]*\|)?$/.test(code)
    ? 'open'
    : 'none';
}

/** Blocks within a line as one expression each; the others as the parts that they make uncertain. */
function joinBlocks(
  text: string,
  marks: readonly Mark[],
): { readonly whole: readonly Mark[]; readonly parts: readonly { readonly start: number; readonly end: number }[] } {
  const open: Mark[] = [];
  const parts: { start: number; end: number }[] = [];
  const inline: Mark[] = [];
  const close = (from: Mark, to: { readonly start: number; readonly end: number }): void => {
    if (text.slice(from.start, to.end).includes('\n')) parts.push({ start: from.end, end: to.start });
    else inline.push({ start: from.start, end: to.end, role: 'expression' });
  };
  for (const each of marks) {
    if (each.role === 'open') open.push(each);
    const last = each.role === 'close' ? open.pop() : undefined;
    if (last !== undefined) close(last, each);
  }
  for (const each of open) parts.push({ start: each.end, end: text.length });
  const outer = inline.filter(
    (one) => !inline.some((other) => other !== one && other.start <= one.start && one.end <= other.end),
  );
  const others = marks.filter((one) => !outer.some((other) => other.start <= one.start && one.end <= other.end));
  return { whole: [...outer, ...others].sort((a, b) => a.start - b.start), parts };
}

/** The lines that a mark stands in, with their ends. */
function lineAround(text: string, start: number, end: number): { readonly start: number; readonly end: number } {
  const newline = text.indexOf('\n', end);
  return { start: text.lastIndexOf('\n', start - 1) + 1, end: newline < 0 ? text.length : newline + 1 };
}

/** Whether lines hold nothing but marks and blanks. */
function blankWithout(
  text: string,
  line: { readonly start: number; readonly end: number },
  marks: readonly Mark[],
): boolean {
  let at = line.start;
  for (const { start, end } of marks) {
    if (end <= line.start) continue;
    if (start >= line.end) break;
    if (text.slice(at, Math.max(at, start)).trim() !== '') return false;
    at = Math.max(at, end);
  }
  return at >= line.end || text.slice(at, line.end).trim() === '';
}
