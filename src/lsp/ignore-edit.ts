/** The comment that holds a finding back, put where the format of the file lets it work. */
import type { TextEdit } from 'vscode-languageserver';
import { unintendedChange } from '../core/fix-check.ts';
import { lineRange, positionAt, type LineIndex } from '../core/line-index.ts';
import type { FileKind } from '../core/source-file.ts';
import { ignoreWord } from '../core/suppress.ts';
import { commentsOf } from '../ignores/comments.ts';
import { ignoresOf } from '../ignores/ignores.ts';
import { Session } from '../session.ts';

/** What stands around a comment on a line of its own. */
type Signs = readonly [before: string, after: string];

/** Statements around a place that are tried, from the inside: enough for a unit in a heredoc in a class. */
const mostPlaces = 12;

/**
 * An edit that adds the comment on a line above; its reason is left to the user. It goes before the line itself, or, where that is
 * text of another format that has no comment there, before the statement around it. `undefined`: no comment works.
 *
 * @param index the lines of the text, as an editor has them
 * @param offset where the finding is
 */
export async function ignoreEdit(
  rule: string,
  path: string,
  kind: FileKind,
  index: LineIndex,
  offset: number,
): Promise<TextEdit | undefined> {
  const { text } = index;
  const lineOf = (at: number): number => positionAt(index, at).line;
  const around = (await commentsOf({ path, kind, text })).statements
    .filter(({ start, end }) => start <= offset && offset < Math.max(end, start + 1))
    .sort((a, b) => b.start - a.start)
    .map(({ start }) => lineOf(start));
  const lines = [...new Set([lineOf(offset), ...around])].slice(0, mostPlaces);
  const before = await factsOf(path, text);
  for (const line of lines) {
    const { start, end } = lineRange(index, line);
    const at = Math.max(0, start);
    const indent = /^\s*/.exec(text.slice(at, end))?.[0] ?? '';
    const newline = /\r\n|\n|\r/.exec(text)?.[0] ?? '\n';
    for (const [sign, close] of signsOf(path, kind)) {
      const head = `${indent}${sign} ${ignoreWord}[${rule}]`;
      const added = `${head} ${close}${newline}`;
      const changed = text.slice(0, at) + added + text.slice(at);
      const works = (await ignoresOf(path, kind, changed)).some(
        ({ span, rules, covers }) =>
          span.end === at + head.length &&
          rules.some(({ id }) => id === rule) &&
          covers.some((range) => range.start <= offset + added.length && offset + added.length < range.end),
      );
      if (!works) continue;
      const edits = [{ span: { file: path, start: at, end: at }, text: added }];
      if (unintendedChange(path, before, await factsOf(path, changed), edits, text.length) !== undefined) continue;
      const position = { line: line - 1, character: at - start };
      return { range: { start: position, end: position }, newText: added };
    }
  }
  return undefined;
}

/** Comments of a file's format; those that do not work at a place are not taken. */
function signsOf(path: string, kind: FileKind): readonly Signs[] {
  if (/\.(?:json|ign)$/i.test(path)) return [];
  switch (kind) {
    case 'go':
      return [['//', '']];
    case 'markdown':
      return [
        ['//', ''],
        ['<!--', '-->'],
      ];
    case 'module-file':
      return [
        ['#', ''],
        ['<%#', '%>'],
      ];
    case 'docker-daemon':
      return [];
    default:
      return [['#', '']];
  }
}

/** What a text says by itself. */
async function factsOf(path: string, text: string) {
  const session = new Session();
  session.update([{ path, read: () => text }]);
  return (await session.facts(path)).facts;
}
