/** What must hold for any input. Each property throws an error that says what does not. */
import AjvDraft04 from 'ajv-draft-04';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { resolveConfig } from '../../src/config/config.ts';
import { ConfigError } from '../../src/config/config-error.ts';
import { parseBaseline } from '../../src/core/baseline.ts';
import { decodeText } from '../../src/core/decode.ts';
import type { Finding } from '../../src/core/finding.ts';
import type { FileKind } from '../../src/core/source-file.ts';
import { fixSession } from '../../src/fixer.ts';
import { ignoresOf } from '../../src/ignores/ignores.ts';
import { loaderFor } from '../../src/loaders/registry.ts';
import { definitionPaths } from '../../src/lsp/definitions.ts';
import { completeSettings, settingHover } from '../../src/lsp/settings.ts';
import { documentSymbols } from '../../src/lsp/symbols.ts';
import { formats, reporters } from '../../src/reporters/index.ts';
import type { Report } from '../../src/reporters/report.ts';
import { rules } from '../../src/rules/index.ts';
import { Session, type Result } from '../../src/session.ts';

/** A file of a tree. */
export interface TreeFile {
  readonly path: string;
  readonly given?: boolean;
  readonly content: Uint8Array | string;
}

/** A loader reads any bytes: no throw, and all places are in the text, between characters. So do the readers of its comments and of its outline. */
export async function checkLoader(kind: FileKind, file: string, input: Uint8Array): Promise<void> {
  const decoded = decodeText(input, kind === 'unit' || kind === 'drop-in');
  if ('binary' in decoded) return;
  const { text } = decoded;
  const source = { path: file, kind, ...decoded, companion: true };
  const loader = await loaderFor(kind).load();
  await loader.prepare?.(source);
  checkPlaces(loader.facts(source), text, file);
  JSON.stringify(loader.ast(source));
  if (text.includes('fleetlint-ignore')) checkPlaces(await ignoresOf(file, kind, text), text, file);
}

/** What an editor asks of one text, at any place. `share`: of the text, 0 to 1. */
export async function checkEditor(kind: FileKind, file: string, text: string, share: number): Promise<void> {
  const lines = text.split('\n');
  const line = Math.floor(share * lines.length);
  const character = Math.floor(share * ((lines[line] ?? '').length + 1));
  settingHover(kind, lines, { line, character });
  completeSettings(kind, lines, { line, character });
  definitionPaths(kind, file, lines[line] ?? '', { line, character }, [file, 'a/b'], () => true);
  const pending = await documentSymbols(kind, file, text);
  for (let symbol = pending.pop(); symbol !== undefined; symbol = pending.pop()) {
    const { start, end } = symbol.range;
    if (start.line < 0 || end.line < start.line || end.line >= lines.length + text.split('\r').length) {
      throw new Error(`The symbol '${symbol.name}' ends at line ${String(end.line)} of ${String(lines.length)}.`);
    }
    pending.push(...(symbol.children ?? []));
  }
}

/** A configuration is read or refused with sentences. */
export async function checkConfig(input: Uint8Array): Promise<void> {
  const read = (absolute: string): Uint8Array | undefined => (absolute === '/tree/fleetlint.yaml' ? input : undefined);
  try {
    const resolver = await resolveConfig({ root: '/tree', read, file: 'fleetlint.yaml' }, ['a.pp']);
    resolver.isIgnored('a.pp');
    for (const { id } of rules) resolver.severityOf('a.pp', id);
    for (const given of resolver.fleet()) {
      if (given.path === 'fleetlint.yaml') await checkLoader('fleet', given.path, Buffer.from(given.read()));
    }
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    if (!/[.?]$/.test(error.message)) throw new Error(`Not a sentence: ${error.message}`, { cause: error });
  }
}

/** A baseline is read or refused with a sentence. */
export function checkBaseline(text: string): void {
  try {
    parseBaseline(text);
  } catch (error) {
    if (!(error instanceof Error) || error.constructor !== Error || !error.message.endsWith('.')) throw error;
  }
}

/** A whole run: no fault of any rule, sound reports in all formats, and fixes that come to an end. */
export async function checkTree(files: readonly TreeFile[]): Promise<void> {
  const session = sessionOf(files);
  const result = await session.run();
  checkResult(result, session);
  for (const format of formats) await checkReport(format, result, session);
  const fixed = await fixSession(session, result, 'all');
  checkResult(fixed.result, session);
  if (fixed.files.length === 0) return;
  const after = new Map(fixed.files.map((file) => [file.path, file.after]));
  const again = sessionOf(files.map((file) => ({ ...file, content: after.get(file.path) ?? file.content })));
  const left = await again.run();
  checkResult(left, again);
  if (errorsOf(left) > errorsOf(result)) throw new Error('A fix adds a syntax error.');
  const more = await fixSession(again, left, 'all');
  if (more.files.length > 0) {
    throw new Error(`Fixing again changes ${more.files.map((file) => file.path).join(', ')}.`);
  }
}

function errorsOf({ findings }: Result): number {
  return findings.filter(({ rule }) => rule.endsWith('/syntax-error')).length;
}

function sessionOf(files: readonly TreeFile[]): Session {
  const session = new Session();
  session.update(
    files.map(({ path: file, given, content }) => ({
      path: file,
      ...(given === true ? { given } : {}),
      read: () => content,
    })),
  );
  return session;
}

function checkResult({ findings, notices }: Result, session: Session): void {
  const fault = notices.find(({ message }) => message.includes('fault of fleetlint'));
  if (fault !== undefined) throw new Error(`${fault.file ?? ''}: ${fault.message}`);
  for (const finding of findings) {
    for (const { file, start, end } of spansOf(finding)) {
      const text = session.text(file);
      if (text === undefined) throw new Error(`${finding.rule} points into '${file}', which is none of the files.`);
      checkRange(start, end, text, finding.rule);
    }
  }
}

function spansOf(finding: Finding) {
  const edits = finding.fixes.flatMap((fix) => fix.edits.map((edit) => edit.span));
  return [finding.span, ...finding.evidence.flatMap((step) => step.span ?? []), ...edits];
}

const sarifSchema = createRequire(path.resolve('package.json')).resolve(
  '@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json',
);
const validateSarif = new AjvDraft04.default({ strict: false, validateFormats: false, unicodeRegExp: false }).compile(
  JSON.parse(readFileSync(sarifSchema, 'utf8')) as object,
);

/** Controls that a terminal would obey, in what is printed as text. */
const unsafe = /[\0-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/;

async function checkReport(format: (typeof formats)[number], result: Result, session: Session): Promise<void> {
  const report: Report = {
    ...result,
    rules: session.rules.map((rule) => ({ ...rule, page: () => '# A\n\nB.\n' })),
    text: (file) => session.text(file),
    version: '1.2.3',
  };
  const text = (await reporters[format]())(report, { color: false });
  if (unsafe.test(text)) throw new Error(`The ${format} report holds a control character.`);
  if (format === 'json' || format === 'gitlab') JSON.parse(text);
  if (format === 'jsonl') for (const line of text.split('\n').filter((each) => each !== '')) JSON.parse(line);
  if (format === 'sarif' && !validateSarif(JSON.parse(text))) {
    throw new Error(`The SARIF is not valid: ${JSON.stringify(validateSarif.errors?.[0])}`);
  }
}

/** Looks at every place that stands in some data. */
function checkPlaces(data: unknown, text: string, file: string): void {
  const pending: unknown[] = [data];
  while (pending.length > 0) {
    const value = pending.pop();
    if (typeof value !== 'object' || value === null) continue;
    if (Array.isArray(value)) {
      for (const each of value as unknown[]) pending.push(each);
      continue;
    }
    const { start, end, source, sourceLength, ...others } = value as Readonly<Record<string, unknown>>;
    if (typeof start === 'number' && typeof end === 'number') {
      if (typeof others['file'] === 'string' && others['file'] !== file)
        throw new Error(`A place in '${others['file']}'.`);
      checkRange(start, end, text, 'A fact');
    } else pending.push(start, end);
    if (typeof source === 'number') {
      const length = typeof sourceLength === 'number' ? sourceLength : 0;
      checkRange(source, source + length, text, 'A template');
    }
    for (const each of Object.values(others)) pending.push(each);
  }
}

function checkRange(start: number, end: number, text: string, who: string): void {
  if (!(start >= 0 && start <= end && end <= text.length)) {
    throw new Error(`${who} points at ${String(start)} to ${String(end)} in a text of ${String(text.length)}.`);
  }
  if (splitsCharacter(text, start) || splitsCharacter(text, end)) {
    throw new Error(`${who} points into the middle of a character: ${String(start)} to ${String(end)}.`);
  }
}

function splitsCharacter(text: string, at: number): boolean {
  return /^[\ud800-\udbff][\udc00-\udfff]$/.test(text.slice(at - 1, at + 1)) && at > 0;
}
