/** Rule ids in the text: in comments that hold a finding back, `fleetlint-ignore[theme/name, theme/other] reason`. */
import type { CompletionItem, Position, Range } from 'vscode-languageserver';
import { CompletionItemKind } from 'vscode-languageserver-types';
import type { RuleEntry } from '../rules/entry.ts';

const comment = /fleetlint-ignore\[([^\]\n]*)(\]?)/g;

/** The rule id at a place inside such a comment. */
export function ruleIdAt(line: string, position: Position): { readonly id: string; readonly range: Range } | undefined {
  for (const match of line.matchAll(comment)) {
    const start = match.index + 'fleetlint-ignore['.length;
    for (const id of (match[1] ?? '').matchAll(/[^\s,]+/g)) {
      const from = start + id.index;
      const to = from + id[0].length;
      if (position.character < from || position.character > to) continue;
      return {
        id: id[0],
        range: { start: { line: position.line, character: from }, end: { line: position.line, character: to } },
      };
    }
  }
  return undefined;
}

/** Rule ids to choose from, where the cursor stands between the brackets of such a comment. */
export function completeRuleIds(line: string, position: Position, rules: readonly RuleEntry[]): CompletionItem[] {
  for (const match of line.matchAll(comment)) {
    const start = match.index + 'fleetlint-ignore['.length;
    const end = start + (match[1] ?? '').length;
    if (position.character < start || position.character > end) continue;
    const written = line.slice(start, position.character);
    const from = start + written.length - (/(?<![^\s,])[^\s,]*$/.exec(written)?.[0].length ?? 0);
    const range = { start: { line: position.line, character: from }, end: position };
    return rules.map(({ id, summary }) => ({
      label: id,
      kind: CompletionItemKind.EnumMember,
      detail: summary,
      textEdit: { range, newText: id },
    }));
  }
  return [];
}
