import type { CodeAction, CodeActionParams, Diagnostic, Position, TextEdit } from 'vscode-languageserver';
import type { Finding, Fix, FixSafety } from '../core/finding.ts';
import type { FileKind } from '../core/source-file.ts';
import type { RuleEntry } from '../rules/entry.ts';
import { editorLines, offsetAt, rangeOf, type DiagnosticContext } from './diagnostics.ts';
import { ignoreEdit } from './ignore-edit.ts';
import { explainCommand, fixAllKind } from './names.ts';
import { addAll } from '../core/lists.ts';

const quickFix = 'quickfix';

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

/** The file that actions are asked for. */
export interface ActionFile {
  readonly uri: string;
  readonly path: string;
  readonly kind: FileKind | undefined;
  readonly text: string;
}

/** Of so many findings at one place a comment is offered; more are a selection of the whole file. */
const mostIgnored = 20;

/**
 * Quick fixes for the diagnostics an editor asks about, safe ones preferred, a comment that holds each back, and its page; and one
 * action for all safe fixes of the file.
 *
 * @param current diagnostics of the file: what the editor still shows of an older text is offered nothing
 */
export async function codeActions(
  { context: { only, diagnostics } }: CodeActionParams,
  current: readonly Diagnostic[],
  file: ActionFile,
  rules: readonly RuleEntry[],
): Promise<CodeAction[]> {
  const wants = (kind: string) => only === undefined || only.some((each) => isKindOf(kind, each));
  const actions: CodeAction[] = [];
  if (wants(quickFix)) {
    const asked = current.filter((each) => diagnostics.some((shown) => isSameDiagnostic(shown, each)));
    for (const diagnostic of asked) {
      for (const { title, safety, changes } of fixesOf(diagnostic)) {
        actions.push({
          title,
          kind: quickFix,
          diagnostics: [diagnostic],
          edit: { changes: mutable(changes) },
          ...(safety === 'safe' ? { isPreferred: true } : {}),
        });
      }
    }
    for (const diagnostic of asked.slice(0, mostIgnored)) addAll(actions, await ignoreActions(diagnostic, file, rules));
    for (const rule of new Set(asked.map(({ code }) => code))) {
      if (typeof rule !== 'string') continue;
      const title = `Explain ${rule}`;
      actions.push({ title, kind: quickFix, command: { title, command: explainCommand, arguments: [rule] } });
    }
  }
  if (wants(fixAllKind)) {
    const changes = mergeSafe(current.flatMap(fixesOf).filter(({ safety }) => safety === 'safe'));
    if (changes !== undefined) {
      actions.push({ title: 'Make all safe fixes of fleetlint', kind: fixAllKind, edit: { changes } });
    }
  }
  return actions;
}

/** A comment on a line above the finding; the user writes the reason behind it. */
async function ignoreActions(
  diagnostic: Diagnostic,
  { uri, path, kind, text }: ActionFile,
  rules: readonly RuleEntry[],
): Promise<CodeAction[]> {
  const rule = rules.find(({ id }) => id === diagnostic.code);
  // What is said of such comments is not held back by one.
  if (rule === undefined || kind === undefined || rule.needs.includes('ignore')) return [];
  const lines = editorLines(text);
  const edit = await ignoreEdit(rule.id, path, kind, lines, offsetAt(lines, diagnostic.range.start));
  if (edit === undefined) return [];
  return [
    {
      title: `Ignore ${rule.id} here, for a reason that you write`,
      kind: quickFix,
      diagnostics: [diagnostic],
      edit: { changes: { [uri]: [edit] } },
    },
  ];
}

function isSameDiagnostic(a: Diagnostic, b: Diagnostic): boolean {
  return (
    a.source === b.source &&
    a.code === b.code &&
    isSamePlace(a.range.start, b.range.start) &&
    isSamePlace(a.range.end, b.range.end)
  );
}

function isSamePlace(a: Position, b: Position): boolean {
  return a.line === b.line && a.character === b.character;
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
