import type { Diagnostic, DiagnosticRelatedInformation, Position, Range } from 'vscode-languageserver';
import { escapeControls } from '../core/escape.ts';
import type { Evidence, Finding, Severity } from '../core/finding.ts';
import { indexLines, positionAt, type LineIndex } from '../core/line-index.ts';
import type { Span } from '../core/span.ts';
import { rulePageUrl } from '../reporters/rule-page-url.ts';
import { dataOf } from './actions.ts';

export interface DiagnosticContext {
  /** Lines of a file as the session read it. */
  readonly lines: (file: string) => LineIndex;
  /** The URI an editor knows a file by. */
  readonly uri: (file: string) => string;
  /** Whether a rule has a page of fleetlint's to link to; one of a plugin has none. */
  readonly hasPage: (rule: string) => boolean;
  /** Version of fleetlint, for links to its pages. */
  readonly version: string;
  /** Whether the editor shows related information; where it does not, the chain goes into the message. */
  readonly showsRelated: boolean;
}

const severities: Readonly<Record<Severity, NonNullable<Diagnostic['severity']>>> = {
  error: 1,
  warning: 2,
  info: 3,
};

/** A finding as an editor shows it: steps of the chain that stand in a file are related information, the others text. */
export function diagnosticOf(finding: Finding, context: DiagnosticContext): Diagnostic {
  const related = context.showsRelated ? finding.evidence.flatMap((step) => relatedOf(step, context)) : [];
  const told = context.showsRelated ? finding.evidence.filter((step) => step.span === undefined) : finding.evidence;
  const data = dataOf(finding, context);
  const message = [
    escapeControls(finding.message),
    ...told.map((step) => `${step.span === undefined ? 'note' : 'why'}: ${noteOf(step)}`),
    ...(finding.help === '' ? [] : [`help: ${escapeControls(finding.help)}`]),
  ].join('\n');
  return {
    range: rangeOf(finding.span, context),
    severity: severities[finding.severity],
    code: finding.rule,
    ...(context.hasPage(finding.rule) && {
      codeDescription: { href: rulePageUrl(finding.rule, context.version) },
    }),
    source: 'fleetlint',
    message,
    ...(related.length === 0 ? {} : { relatedInformation: related }),
    ...(data === undefined ? {} : { data }),
  };
}

function relatedOf(step: Evidence, context: DiagnosticContext): DiagnosticRelatedInformation[] {
  const { span } = step;
  if (span === undefined) return [];
  return [{ location: { uri: context.uri(span.file), range: rangeOf(span, context) }, message: noteOf(step) }];
}

export function noteOf({ note, source }: Evidence): string {
  return escapeControls(source === undefined ? note : `${note} (${source})`);
}

/** A span as an editor counts. */
export function rangeOf(span: Span, context: DiagnosticContext): Range {
  const lines = context.lines(span.file);
  return { start: zeroBased(lines, span.start), end: zeroBased(lines, span.end) };
}

/** Editors count lines and columns from 0, in UTF-16 units. */
function zeroBased(lines: LineIndex, offset: number): Position {
  const { line, column } = positionAt(lines, offset);
  return { line: line - 1, character: column - 1 };
}

/**
 * The lines of an editor's text, with offsets in what is read: without a byte order mark. Where the editor sends one, all on the
 * first line stands one further for it.
 */
export function editorLines(text: string): LineIndex {
  const index = indexLines(withoutMark(text));
  return index.text.length === text.length ? index : { ...index, starts: [-1, ...index.starts.slice(1)] };
}

/** Files are read without their byte order mark. */
export function withoutMark(text: string): string {
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}

/** The offset of an editor's place; one outside the text is taken to its nearest end. */
export function offsetAt({ text, starts }: LineIndex, { line, character }: Position): number {
  if (line >= starts.length) return text.length;
  return Math.max(0, Math.min((starts[line] ?? 0) + character, (starts[line + 1] ?? text.length + 1) - 1));
}

/** Whether a place lies in a range or at its end. */
export function isInside({ start, end }: Range, { line, character }: Position): boolean {
  const isAfterStart = line > start.line || (line === start.line && character >= start.character);
  return isAfterStart && (line < end.line || (line === end.line && character <= end.character));
}
