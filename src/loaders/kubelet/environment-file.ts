/** Files that systemd's `EnvironmentFile=` reads, such as /etc/sysconfig/kubelet and kubeadm-flags.env. */
import type { Fact } from '../../core/fact.ts';
import type { Loader } from '../../core/loader.ts';
import { fillIn, withUncertainty } from './fill-in.ts';
import { fileTemplate, sliceTemplate, spanOf, TemplateBuilder, type Template } from '../../core/template.ts';

/**
 * The assignments of an environment file, by the rules of systemd.exec(5): comment lines begin with `#` or `;`, lines without
 * `=` count for nothing, quotes may span lines, a backslash joins lines, nothing is expanded.
 */
export function environmentFileFacts(template: Template): readonly Fact[] {
  const facts: Fact[] = [];
  const line = /[^\S\r\n]*(?:[#;][^\r\n]*|([^=\r\n]*)(=?))[\r\n]*/y;
  let at = 0;
  while (at < template.text.length) {
    line.lastIndex = at;
    const match = line.exec(template.text);
    if (match === null) break;
    const [whole, key = '', equals] = match;
    const end = at + whole.length;
    if (equals !== '=') {
      at = end > at ? end : at + 1;
      continue;
    }
    const start = at + whole.trimEnd().length;
    const value = readValue(template, start);
    at = value.end;
    const name = key.trim();
    if (!/^[A-Za-z_]\w*$/.test(name)) continue;
    const written = template.text.slice(start, value.end);
    const begin = start + written.length - written.trimStart().length;
    const span = spanOf(template, begin, begin + written.trim().length);
    facts.push({ kind: 'environment.variable', span, name, value: value.text });
  }
  return facts;
}

/** A value from after its `=` to the end of its line. */
function readValue(template: Template, from: number): { readonly text: Template; readonly end: number } {
  const { text } = template;
  const piece = /'[^']*'?|"(?:[^"\\]+|\\[^])*"?|\\\r?\n|\\[^]|[^\S\r\n]+|[^\s'"\\]+|\\$/y;
  const builder = new TemplateBuilder(template.file, spanOf(template, from, from).start);
  let blanks = '';
  let at = from;
  let isQuoted = false;
  let hasContent = false;
  for (;;) {
    piece.lastIndex = at;
    const found = piece.exec(text)?.[0];
    if (found === undefined) break;
    const end = at + found.length;
    const isBlank = /^[^\S\r\n]/.test(found);
    if (isBlank) {
      if (hasContent && !isQuoted) blanks = found;
    } else {
      if (blanks !== '') builder.append(sliceTemplate(template, at - blanks.length, at));
      blanks = '';
      appendPiece(builder, template, at, end);
      hasContent = true;
    }
    isQuoted = isBlank ? isQuoted : found.startsWith('"') || found.startsWith("'");
    at = end;
  }
  return { text: builder.build(), end: at };
}

function appendPiece(builder: TemplateBuilder, template: Template, start: number, end: number): void {
  const piece = template.text.slice(start, end);
  const quote = piece[0];
  if (quote === "'" || quote === '"') {
    const inner = end - (piece.length > 1 && piece.endsWith(quote) ? 1 : 0);
    if (quote === "'" || !piece.includes('\\')) builder.append(sliceTemplate(template, start + 1, inner));
    else appendEscaped(builder, template, start + 1, inner);
  } else if (quote === '\\' && piece.length > 1) {
    if (!piece.endsWith('\n')) builder.append(sliceTemplate(template, start + 1, end));
  } else {
    builder.append(sliceTemplate(template, start, end));
  }
}

/** The inside of double quotes: a backslash escapes `"`, `\`, `$` and a backquote, joins lines, and else stands for itself. */
function appendEscaped(builder: TemplateBuilder, template: Template, start: number, end: number): void {
  const text = template.text.slice(start, end);
  for (const match of text.matchAll(/[^\\]+|\\\r?\n|\\["\\`$]|\\/g)) {
    const piece = match[0];
    if (piece.endsWith('\n') && piece.startsWith('\\')) continue;
    const skip = piece.length > 1 && piece.startsWith('\\') ? 1 : 0;
    builder.append(sliceTemplate(template, start + match.index + skip, start + match.index + piece.length));
  }
}

/** Of a file that a template engine fills in, the variables that are set in any case. */
function filledFacts(template: Template): readonly Fact[] {
  const { text, uncertain } = fillIn(template);
  return withUncertainty(environmentFileFacts(text), uncertain);
}

export const loader: Loader = {
  facts: ({ path, text }) => filledFacts(fileTemplate(path, text)),
  ast: ({ path, text }) => filledFacts(fileTemplate(path, text)),
};
