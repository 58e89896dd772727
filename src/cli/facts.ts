import type { Template } from '../core/template.ts';
import { displayText } from '../core/template.ts';
import { indexLines, positionAt, type LineIndex } from '../core/line-index.ts';
import { Session } from '../session.ts';
import { activationFacts } from './activation-facts.ts';
import { fill } from './fill.ts';
import { sayNotices } from './notices.ts';
import { UsageError, type CommandLine } from './options.ts';
import { exitClean, exitIncomplete, type Streams } from './streams.ts';

/**
 * `fleetlint facts FILE`: what the file says of a node, as JSON; holes as they stand in the source. Of a unit also how often it starts, by all
 * that its repository says.
 */
export async function facts(line: CommandLine, operands: readonly string[], streams: Streams): Promise<number> {
  const [path, ...more] = operands;
  if (path === undefined || more.length > 0) throw new UsageError("'facts' takes one file.");
  const session = new Session();
  const notices = [...(await fill(session, line, [path], streams)).notices];
  const file = session.paths()[0];
  if (file !== undefined) {
    const found = await session.facts(file);
    notices.push(...found.notices);
    const index = indexLines(session.text(file) ?? '');
    const isUnit = found.facts.some((fact) => fact.kind === 'unit.file');
    const activations = isUnit && !operands.includes('-') ? await activationFacts(file, streams) : [];
    streams.stdout.write(
      JSON.stringify([...found.facts.map((fact) => readable(fact, index)), ...activations], undefined, 2) + '\n',
    );
  }
  sayNotices(notices, streams);
  return notices.some((notice) => notice.incomplete === true) ? exitIncomplete : exitClean;
}

/** Templates as text, spans as `line:column-line:column`. */
function readable(value: unknown, index: LineIndex): unknown {
  if (Array.isArray(value)) return value.map((each) => readable(each, index));
  if (typeof value !== 'object' || value === null) return value;
  if ('segments' in value && 'holes' in value) return displayText(value as unknown as Template);
  if ('start' in value && 'end' in value && typeof value.start === 'number' && typeof value.end === 'number') {
    const start = positionAt(index, value.start);
    const end = positionAt(index, value.end);
    return `${start.line}:${start.column}-${end.line}:${end.column}`;
  }
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, readable(each, index)]));
}
