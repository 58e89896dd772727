/** Puts fixes together: which are made, which wait for another, and what the text is afterwards. */
import type { Finding, Fix, FixSafety, TextEdit } from './finding.ts';
import { compareSpans, compareText } from './span.ts';

/** What `--fix` may do: `safe` fixes, or `all`. */
export type FixLevel = 'safe' | 'all';

/** One fix of one finding. */
export interface Proposal {
  readonly finding: Finding;
  readonly fix: Fix;
}

/** The first fix of each finding that may be made, in the order of the findings. */
export function proposals(findings: readonly Finding[], level: FixLevel): readonly Proposal[] {
  const allowed: readonly FixSafety[] = level === 'all' ? ['safe', 'unsafe'] : ['safe'];
  return findings.flatMap((finding) => {
    const fix = finding.fixes.find(({ safety, edits }) => allowed.includes(safety) && edits.length > 0);
    return fix === undefined ? [] : [{ finding, fix }];
  });
}

/**
 * As many proposals as can be made together, in their order. A fix is made wholly or not at all, in all its files; one whose
 * edits overlap those of an earlier one is left for the next round. The same edit of two fixes is one edit.
 */
export function compatible(all: readonly Proposal[]): readonly Proposal[] {
  const accepted: Proposal[] = [];
  const edits = new Map<string, TextEdit[]>();
  for (const proposal of all) {
    const own = proposal.fix.edits;
    const clashes = own.some(
      (edit, index) =>
        own.some((other, at) => at < index && conflicts(edit, other)) ||
        edits.get(edit.span.file)?.some((other) => conflicts(edit, other)) === true,
    );
    if (clashes) continue;
    accepted.push(proposal);
    for (const edit of own) {
      const known = edits.get(edit.span.file);
      if (known === undefined) edits.set(edit.span.file, [edit]);
      else known.push(edit);
    }
  }
  return accepted;
}

/** Two edits that cannot both be made: they overlap, or put different texts at one place. */
function conflicts(a: TextEdit, b: TextEdit): boolean {
  if (a.span.file !== b.span.file || isSame(a, b)) return false;
  if (a.span.start === b.span.start) return true;
  return a.span.start < b.span.end && b.span.start < a.span.end;
}

function isSame(a: TextEdit, b: TextEdit): boolean {
  return a.text === b.text && compareSpans(a.span, b.span) === 0;
}

/** The edits of these proposals by file, each once, in the order of the text. */
export function editsByFile(made: readonly Proposal[]): ReadonlyMap<string, readonly TextEdit[]> {
  const byFile = new Map<string, TextEdit[]>();
  const all = made.flatMap(({ fix }) => fix.edits);
  for (const edit of [...all].sort((a, b) => compareSpans(a.span, b.span) || compareText(a.text, b.text))) {
    const known = byFile.get(edit.span.file);
    const last = known?.at(-1);
    if (known === undefined) byFile.set(edit.span.file, [edit]);
    else if (last === undefined || !isSame(last, edit)) known.push(edit);
  }
  return byFile;
}

/** The text with these edits made, and each edit with the line ends of the text. `edits`: in order, without overlap. */
export function applyEdits(
  text: string,
  edits: readonly TextEdit[],
): { readonly text: string; readonly edits: readonly TextEdit[] } | undefined {
  const lineEnd = usesCarriageReturns(text) ? '\r\n' : '\n';
  const made: TextEdit[] = [];
  let result = '';
  let done = 0;
  for (const edit of edits) {
    const { start, end } = edit.span;
    if (start < done || end < start || end > text.length) return undefined;
    const inserted = edit.text.replace(/\r?\n/g, lineEnd);
    result += text.slice(done, start) + inserted;
    done = end;
    made.push({ span: edit.span, text: inserted });
  }
  return { text: result + text.slice(done), edits: made };
}

/** Whether most lines end in `\r\n`. */
function usesCarriageReturns(text: string): boolean {
  const all = text.split('\n').length - 1;
  return all > 0 && text.split('\r\n').length - 1 > all / 2;
}
