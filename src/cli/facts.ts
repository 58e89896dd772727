import { discover } from '../config/discovery.ts';
import { fileKind, isModuleFile } from '../config/file-kind.ts';
import type { Fact } from '../core/fact.ts';
import type { Span } from '../core/span.ts';
import type { Template } from '../core/template.ts';
import { displayText } from '../core/template.ts';
import { indexLines, positionAt, type LineIndex } from '../core/line-index.ts';
import { Session } from '../session.ts';
import { activationFacts } from './activation-facts.ts';
import { fill } from './fill.ts';
import { sayNotices } from './notices.ts';
import { UsageError, type CommandLine } from './options.ts';
import { exitClean, exitIncomplete, type Streams } from './streams.ts';
import { addAll } from '../core/lists.ts';

/**
 * `fleetlint facts FILE`: what the file says of a node, as JSON; holes as they stand in the source. Of a template or a
 * script also what puts it on the node, and of a unit how often it starts, by all
 * that its repository says.
 */
export async function facts(line: CommandLine, operands: readonly string[], streams: Streams): Promise<number> {
  const [path, ...more] = operands;
  if (path === undefined || more.length > 0) throw new UsageError("'facts' takes one file.");
  const session = new Session();
  const notices = [...(await fill(session, line, [path], streams)).notices];
  const file = session.paths()[0];
  if (file !== undefined) {
    await addRepository(session, file, streams.cwd());
    const found = await session.facts(file);
    addAll(notices, found.notices);
    const indexes = new Map<string, LineIndex>();
    const lines = (path: string): LineIndex => {
      const index = indexes.get(path) ?? indexLines(session.text(path) ?? '');
      indexes.set(path, index);
      return index;
    };
    const place = ({ file: path, start }: Span) => {
      const { line: row, column } = positionAt(lines(path), start);
      return `${path}:${row}:${column}`;
    };
    const shown = found.facts.filter(isStatement).map((fact) => {
      if (fact.kind !== 'puppet.deployed' || fact.path !== file) return readable(fact, file, lines);
      return { kind: fact.kind, text: `${place(fact.span)} puts this file at '${fact.destination}'.` };
    });
    if (shown.length === 0 && isPartOfOthers(file)) notices.push({ file, message: notPlaced });
    const isUnit = found.facts.some((fact) => fact.kind === 'unit.file');
    const activations = isUnit && !operands.includes('-') ? await activationFacts(file, streams) : [];
    streams.stdout.write(JSON.stringify([...shown, ...activations], undefined, 2) + '\n');
  }
  sayNotices(notices, streams);
  return notices.some((notice) => notice.incomplete === true) ? exitIncomplete : exitClean;
}

const notPlaced = 'Nothing in its repository puts this file at a place of the node that fleetlint reads.';

/** What says something only by what else refers to it. */
function isPartOfOthers(file: string): boolean {
  return isModuleFile(file) || fileKind(file) === 'module-file';
}

/** What a manifest or a file that one copies says depends on the other files of its repository. */
async function addRepository(session: Session, file: string, root: string): Promise<void> {
  const { scope } = session.input(file) ?? {};
  if (scope === undefined || !(file.endsWith('.pp') || isPartOfOthers(file))) return;
  const found = await discover(root, [scope || '.']);
  session.update(found.files.filter(({ path }) => path !== file));
}

/** A syntax tree is for `fleetlint ast`. */
function isStatement(fact: Fact): boolean {
  return fact.kind !== 'puppet.manifest';
}

/** Templates as text, spans as `line:column-line:column`, behind the path where they are in another file. */
function readable(value: unknown, file: string, lines: (path: string) => LineIndex): unknown {
  if (Array.isArray(value)) return value.map((each) => readable(each, file, lines));
  if (typeof value !== 'object' || value === null) return value;
  if ('segments' in value && 'holes' in value) return displayText(value as unknown as Template);
  if ('start' in value && 'end' in value && typeof value.start === 'number' && typeof value.end === 'number') {
    const path = 'file' in value && typeof value.file === 'string' ? value.file : file;
    const start = positionAt(lines(path), value.start);
    const end = positionAt(lines(path), value.end);
    const place = `${start.line}:${start.column}-${end.line}:${end.column}`;
    return path === file ? place : `${path}:${place}`;
  }
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, readable(each, file, lines)]));
}
