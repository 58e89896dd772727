/** Units and drop-ins: text to facts. */
import type { CommandFact } from '../../core/facts/command.ts';
import type { UnitAssignmentFact, UnitFileFact, UnitProblem, UnitProblemFact } from '../../core/facts/systemd.ts';
import { isExecSetting, parseExecLine } from '../../core/exec-line.ts';
import type { Template } from '../../core/template.ts';
import { HOLE, sliceTemplate, spanOf } from '../../core/template.ts';
import type { UnitLocation } from '../../core/unit-place.ts';
import { sectionOf } from '../../core/unit-place.ts';
import { unwrapCommand } from '../shell/commands.ts';
import { readUnitLines, trimBlanks } from './lines.ts';
import { addAll } from '../../core/lists.ts';

/** Which unit a text is: from its path, or from what puts it on the node. */
export interface UnitWhere extends UnitLocation {
  /** Names the text: its path, or `path#offset` inside another file. */
  readonly document: string;
  /** Offset in the file from which U+FFFD may stand for bytes that are not UTF-8. */
  readonly invalidUtf8At?: number;
}

/** A header of a section that systemd knows, perhaps a broken one. */
const header = /^[ \t]*\[(?:Unit|Install|Service|Socket|Timer|Path|Mount|Automount|Swap|Target|Slice|Scope|Device)\b/m;

/**
 * Whether a text is a unit, a drop-in, or the empty file that masks one: outside of systemd's directories `Containerfile.path` and
 * `apache.service` may be anything, and a resource may write a single line into a unit.
 */
export function looksLikeUnit(text: string): boolean {
  return text === '' || header.test(text);
}

export type UnitFact = UnitFileFact | UnitAssignmentFact | UnitProblemFact | CommandFact;

/**
 * Everything a unit or drop-in says, in the order of the text. Where systemd stops reading (a `unit.problem` that is fatal),
 * so does this.
 */
export function readUnit(source: Template, where: UnitWhere): readonly UnitFact[] {
  const reader: Reader = { where, facts: [], section: undefined, complete: true, stopped: false };
  const { lines, tooLongAt, nulAt, blanksAfterBackslash, commentsInContinuation } = readUnitLines(source);
  if (nulAt !== undefined)
    addProblem(reader, sliceTemplate(source, nulAt, nulAt + 1), 'nul-character', 'A NUL character ends the line.');
  for (const { start, end } of blanksAfterBackslash) {
    const message = 'Blanks stand behind the backslash, so the line does not go on in the next one.';
    addProblem(reader, sliceTemplate(source, start, end), 'blank-after-backslash', message);
  }
  for (const { start, end } of commentsInContinuation) {
    const message = 'A comment stands inside a continued line.';
    addProblem(reader, sliceTemplate(source, start, end), 'comment-in-continuation', message);
  }
  for (const line of lines) {
    readLine(reader, line);
    if (reader.stopped) break;
  }
  if (!reader.stopped && tooLongAt !== undefined) {
    const start = sliceTemplate(source, tooLongAt, tooLongAt + 1);
    addProblem(reader, start, 'line-too-long', 'The line has a length of 1 MiB or more.');
  }
  return [fileFact(source, reader), ...reader.facts];
}

/** A line that something else than systemd fills in: variables of commands, the only ones that systemd knows, are in capitals. */
const filledLine = /^\$\{[a-z]\w*\}$/;

/** What is known at one line of a text. */
interface Reader {
  readonly where: UnitWhere;
  readonly facts: (UnitAssignmentFact | UnitProblemFact | CommandFact)[];
  section: Section | undefined;
  complete: boolean;
  stopped: boolean;
}

interface Section {
  readonly name: string;
  /** systemd skips what stands in it. */
  readonly ignored: boolean;
}

function fileFact(source: Template, reader: Reader): UnitFileFact {
  const { unit, type, layer, manager, root, document, role, fileName } = reader.where;
  return {
    kind: 'unit.file',
    span: spanOf(source),
    unit,
    type,
    layer,
    manager,
    root,
    document,
    role,
    fileName,
    masks: role === 'unit' && source.text === '',
    complete: reader.complete && !reader.stopped,
  };
}

const fatalProblems: ReadonlySet<UnitProblem> = new Set<UnitProblem>([
  'invalid-section-header',
  'unsafe-section-header',
  'invalid-utf8',
  'line-too-long',
]);

function addProblem(reader: Reader, at: Template, problem: UnitProblem, message: string, section?: string): void {
  const { document, unit } = reader.where;
  const fatal = fatalProblems.has(problem);
  reader.facts.push({
    kind: 'unit.problem',
    span: spanOf(at),
    document,
    unit,
    problem,
    fatal,
    message,
    ...(section !== undefined && { section }),
  });
  if (fatal) reader.stopped = true;
}

function readLine(reader: Reader, line: Template): void {
  const { text } = line;
  const { invalidUtf8At } = reader.where;
  const equals = text.indexOf('=');
  if (invalidUtf8At !== undefined && text.includes('\uFFFD') && spanOf(line).end > invalidUtf8At) {
    addProblem(reader, line, 'invalid-utf8', 'The line is not valid UTF-8.');
  } else if (text.startsWith('[')) {
    readHeader(reader, line);
  } else if ((equals < 0 ? text : text.slice(0, equals)).includes(HOLE) || filledLine.test(text)) {
    reader.complete = false;
  } else if (reader.section === undefined) {
    const problem = equals < 0 ? 'text-outside-section' : 'assignment-outside-section';
    addProblem(reader, line, problem, 'The line stands before any section, and is ignored.');
  } else if (equals <= 0 && reader.section.ignored) {
    return;
  } else if (equals < 0) {
    addProblem(reader, line, 'missing-equals', `'${shorten(text)}' has no '=', and is ignored.`);
  } else if (equals === 0) {
    addProblem(reader, line, 'missing-key', `'${shorten(text)}' has no key before the '=', and is ignored.`);
  } else {
    addAssignment(reader, line, reader.section, equals);
  }
}

function readHeader(reader: Reader, line: Template): void {
  const { text } = line;
  if (text.includes(HOLE)) {
    reader.complete = false;
    reader.section = { name: text, ignored: true };
    return;
  }
  const name = text.slice(1, -1);
  if (!text.endsWith(']')) {
    addProblem(
      reader,
      line,
      'invalid-section-header',
      `'${shorten(text)}' is not a section header: it must end in ']'.`,
    );
  } else if (hasUnsafeCharacter(name)) {
    const message = `'${shorten(text)}' has a quote, a backslash or a control character in a section header.`;
    addProblem(reader, line, 'unsafe-section-header', message);
  } else {
    const known = ['Unit', 'Install', sectionOf(reader.where.type)].includes(name);
    reader.section = { name, ignored: !known };
    if (known || name.startsWith('X-')) return;
    addProblem(
      reader,
      line,
      'unknown-section',
      `Section '[${shorten(name)}]' is unknown here, and all in it is ignored.`,
      name,
    );
  }
}

function addAssignment(reader: Reader, line: Template, section: Section, equals: number): void {
  const { where } = reader;
  const value = trimBlanks(sliceTemplate(line, equals + 1, line.text.length));
  const fact: UnitAssignmentFact = {
    kind: 'unit.assignment',
    span: spanOf(line),
    document: where.document,
    unit: where.unit,
    section: section.name,
    key: trimBlanks(sliceTemplate(line, 0, equals)).text,
    value,
    valueSpan: spanOf(value),
    empty: value.text === '',
  };
  reader.facts.push(fact);
  if (!section.ignored && isExecSetting(fact.section, fact.key)) addAll(reader.facts, commandFacts(fact, where));
}

function commandFacts(fact: UnitAssignmentFact, where: UnitWhere): readonly CommandFact[] {
  const origin = { type: 'unit', path: where.document, unit: where.unit, directive: fact.key, at: fact.span } as const;
  return parseExecLine(fact.value).commands.flatMap((command) =>
    unwrapCommand(command.words, 'yes', command.span).map((each) => ({ kind: 'command' as const, ...each, origin })),
  );
}

function hasUnsafeCharacter(text: string): boolean {
  for (const character of text) if (character < ' ' || '"\'\\\x7f'.includes(character)) return true;
  return false;
}

/** Text for a message: one line of a size that can be read. */
function shorten(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 59)}…`;
}
