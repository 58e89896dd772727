/** Makes fixes in a session, in memory, and checks each with the loader of the file's own format. */
import { decodeText } from './core/decode.ts';
import { applyEdits, compatible, editsByFile, proposals, type FixLevel, type Proposal } from './core/fix.ts';
import { unintendedChange } from './core/fix-check.ts';
import type { Notice } from './core/notice.ts';
import { compareText } from './core/span.ts';
import { fileKind } from './config/file-kind.ts';
import { loaderFor } from './loaders/registry.ts';
import type { FileInput, Result, Session } from './session.ts';

/** A file before and after its fixes; the texts have their byte order mark. */
export interface FixedFile {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly before: string;
  readonly after: string;
}

export interface Fixes {
  /** By path; only those that changed. */
  readonly files: readonly FixedFile[];
  /** How many fixes were made. */
  readonly made: number;
  /** What the session finds after them. */
  readonly result: Result;
  /** Fixes that were not made, and why. */
  readonly notices: readonly Notice[];
  /** Gives the session the texts from before the fixes. */
  restore(): void;
}

/** A fix can bring another fault to light, whose fix comes in the next round; two that undo each other must end. */
const mostRounds = 10;

const byteOrderMark = '\uFEFF';

/**
 * Makes all fixes of a level, round after round, until none is left. The session then holds the fixed texts; nothing is written.
 *
 * @param found what the session found and the user wants to see
 * @param narrow leaves of what a session finds what the user wants to see
 */
export async function fixSession(
  session: Session,
  found: Result,
  level: FixLevel,
  narrow: (result: Result) => Result = (result) => result,
): Promise<Fixes> {
  const originals = new Map<string, FixedFile>();
  const inputs = new Map<string, FileInput>();
  const refused = new Map<string, Notice>();
  let result = found;
  let made = 0;
  for (let round = 0; round < mostRounds; round++) {
    const open = proposals(result.findings, level).filter((each) => !refused.has(nameOf(each)));
    const batch = compatible(open);
    if (batch.length === 0) break;
    const group = await acceptable(session, batch, (each, reason) => {
      refused.set(nameOf(each), refusalNotice(each, reason));
    });
    const texts = await attempt(session, group);
    if (texts instanceof Refusal || texts.size === 0) continue;
    for (const [path, text] of texts) {
      remember(session, originals, path);
      const input = session.input(path);
      if (input === undefined) continue;
      if (!inputs.has(path)) inputs.set(path, input);
      session.update([{ ...input, read: () => text }]);
    }
    made += group.length;
    result = narrow(await session.run());
  }
  const files = [...originals.values()].map((file) => ({
    ...file,
    after: prefix(file) + (session.text(file.path) ?? ''),
  }));
  return {
    files: files.filter(({ before, after }) => before !== after).sort((a, b) => compareText(a.path, b.path)),
    made,
    result,
    notices: [...refused.values()],
    restore() {
      session.update([...inputs.values()]);
    },
  };
}

/** Those of a batch that can be made together; of the others, `refuse` gets each that cannot be made at all. */
async function acceptable(
  session: Session,
  batch: readonly Proposal[],
  refuse: (proposal: Proposal, reason: string) => void,
): Promise<readonly Proposal[]> {
  if (!((await attempt(session, batch)) instanceof Refusal)) return batch;
  const good: Proposal[] = [];
  for (const each of batch) {
    const outcome = await attempt(session, [each]);
    if (outcome instanceof Refusal) refuse(each, outcome.reason);
    else good.push(each);
  }
  return (await attempt(session, good)) instanceof Refusal ? good.slice(0, 1) : good;
}

/** Why a fix is not made; a sentence. */
class Refusal {
  readonly reason: string;

  constructor(reason: string) {
    this.reason = reason;
  }
}

/** The texts after these fixes, by path. */
async function attempt(session: Session, group: readonly Proposal[]): Promise<ReadonlyMap<string, string> | Refusal> {
  const texts = new Map<string, string>();
  for (const [path, edits] of editsByFile(group)) {
    const text = editableText(session, path);
    if (text instanceof Refusal) return text;
    const applied = applyEdits(text, edits);
    if (applied === undefined) return new Refusal('Its edits do not fit the text.');
    const before = await session.facts(path);
    const after = await session.facts(path, applied.text);
    const fault =
      unintendedChange(path, before.facts, after.facts, applied.edits, text.length) ??
      after.notices[0]?.message ??
      (await newDamage(path, text, applied.text));
    if (fault !== undefined) return new Refusal(fault);
    texts.set(path, applied.text);
  }
  return texts;
}

function editableText(session: Session, path: string): string | Refusal {
  const input = session.input(path);
  if (input === undefined) return new Refusal(`It would change '${path}', which is not among the files.`);
  if (input.given === true) return new Refusal(`It would change '${path}', which says what the nodes are.`);
  const content = input.read();
  if (typeof content === 'string') return content;
  const decoded = decodeText(content, true);
  if ('binary' in decoded) return new Refusal(decoded.binary);
  if (decoded.invalidUtf8At !== undefined) return new Refusal('The file is not UTF-8 throughout.');
  return decoded.text;
}

/** Go states no syntax errors as facts: its tree is damaged where it could not be read. */
async function newDamage(path: string, before: string, after: string): Promise<string | undefined> {
  const kind = fileKind(path);
  if (kind !== 'go' && kind !== 'markdown') return undefined;
  const loader = await loaderFor(kind).load();
  const count = (text: string): number => damagedNodes(loader.ast({ path, kind, text }));
  return count(after) > count(before) ? 'It would add a syntax error.' : undefined;
}

function damagedNodes(tree: unknown): number {
  let count = 0;
  const pending: unknown[] = [tree];
  while (pending.length > 0) {
    const node = pending.pop();
    if (typeof node !== 'object' || node === null) continue;
    if ('type' in node && node.type === 'ERROR') count++;
    for (const child of Object.values(node) as unknown[]) pending.push(child);
  }
  return count;
}

function remember(session: Session, originals: Map<string, FixedFile>, path: string): void {
  if (originals.has(path)) return;
  const content = session.input(path)?.read() ?? '';
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  const before = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  originals.set(path, { path, bytes, before, after: before });
}

function prefix({ before }: FixedFile): string {
  return before.startsWith(byteOrderMark) ? byteOrderMark : '';
}

function nameOf({ finding, fix }: Proposal): string {
  return `${finding.fingerprint} ${fix.title}`;
}

function refusalNotice({ finding, fix }: Proposal, reason: string): Notice {
  return { file: finding.span.file, message: `The fix '${fix.title}' of ${finding.rule} is not made. ${reason}` };
}
