import {
  CodeActionKind,
  type CodeAction,
  type CodeActionParams,
  type Diagnostic,
  type TextEdit,
} from 'vscode-languageserver';
import type { Finding, Fix, FixSafety } from '../core/finding.ts';
import { rangeOf, type DiagnosticContext } from './diagnostics.ts';

/** Fixes travel with the diagnostic, so that an action needs nothing but what the editor sends back. */
export interface DiagnosticData {
  readonly fixes: readonly EditorFix[];
}

export interface EditorFix {
  readonly title: string;
  readonly safety: FixSafety;
  /** Edits by the URI of their file. */
  readonly changes: Readonly<Record<string, readonly TextEdit[]>>;
}

/** Kind of the action that makes every safe fix of a file. */
export const fixAllKind = `${CodeActionKind.SourceFixAll}.fleetlint`;

export const actionKinds = [CodeActionKind.QuickFix, fixAllKind];

/** What an action needs of a finding; `undefined` when it has no fix. */
export function dataOf(finding: Finding, context: DiagnosticContext): DiagnosticData | undefined {
  return finding.fixes.length === 0 ? undefined : { fixes: finding.fixes.map((fix) => editorFix(fix, context)) };
}

function editorFix({ title, safety, edits }: Fix, context: DiagnosticContext): EditorFix {
  const changes: Record<string, TextEdit[]> = {};
  for (const { span, text } of edits) {
    (changes[context.uri(span.file)] ??= []).push({ range: rangeOf(span, context), newText: text });
  }
  return { title, safety, changes };
}

/** Quick fixes for the diagnostics an editor asks about, safe ones preferred; and one action for all safe ones of the file. */
export function codeActions(parameters: CodeActionParams, all: readonly Diagnostic[]): CodeAction[] {
  const wants = (kind: string) =>
    parameters.context.only === undefined || parameters.context.only.some((only) => isKindOf(kind, only));
  const actions: CodeAction[] = [];
  if (wants(CodeActionKind.QuickFix)) {
    for (const diagnostic of parameters.context.diagnostics) {
      for (const { title, safety, changes } of fixesOf(diagnostic)) {
        actions.push({
          title,
          kind: CodeActionKind.QuickFix,
          diagnostics: [diagnostic],
          edit: { changes: mutable(changes) },
          ...(safety === 'safe' ? { isPreferred: true } : {}),
        });
      }
    }
  }
  if (wants(fixAllKind)) {
    const changes = mergeSafe(all.flatMap(fixesOf).filter(({ safety }) => safety === 'safe'));
    if (changes !== undefined) {
      actions.push({ title: 'Make all safe fixes of fleetlint', kind: fixAllKind, edit: { changes } });
    }
  }
  return actions;
}

function isKindOf(kind: string, only: string): boolean {
  return kind === only || kind.startsWith(`${only}.`);
}

/** What this server put there; another server's diagnostics have data of their own. */
function fixesOf({ source, data }: Diagnostic): readonly EditorFix[] {
  if (source !== 'fleetlint' || typeof data !== 'object' || data === null) return [];
  const { fixes } = data as Partial<DiagnosticData>;
  return Array.isArray(fixes) ? (fixes as readonly EditorFix[]) : [];
}

/** All edits that do not overlap one taken before; `undefined` for none. An edit that several fixes share is made once. */
function mergeSafe(fixes: readonly EditorFix[]): Record<string, TextEdit[]> | undefined {
  const merged: Record<string, TextEdit[]> = {};
  const taken = new Set<string>();
  for (const { changes } of fixes) {
    const entries = Object.entries(changes);
    const overlaps = entries.some(([uri, edits]) =>
      edits.some((edit) => (merged[uri] ?? []).some((other) => overlap(edit, other) && !isSame(edit, other))),
    );
    if (overlaps) continue;
    for (const [uri, edits] of entries) {
      for (const edit of edits) {
        const name = JSON.stringify([uri, edit]);
        if (taken.has(name)) continue;
        taken.add(name);
        (merged[uri] ??= []).push(edit);
      }
    }
  }
  return taken.size === 0 ? undefined : merged;
}

function isSame(a: TextEdit, b: TextEdit): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function overlap(a: TextEdit, b: TextEdit): boolean {
  return before(a.range.start, b.range.end) && before(b.range.start, a.range.end);
}

function before(a: TextEdit['range']['start'], b: TextEdit['range']['start']): boolean {
  return a.line < b.line || (a.line === b.line && a.character <= b.character);
}

function mutable(changes: EditorFix['changes']): Record<string, TextEdit[]> {
  return Object.fromEntries(Object.entries(changes).map(([uri, edits]) => [uri, [...edits]]));
}
