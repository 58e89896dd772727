import type { Finding } from './finding.ts';
import type { Notice } from './notice.ts';

/** A file with more findings has one fault many times over, or was made to bury the others. */
export const mostInFile = 1000;
/** Nobody reads more, and some places that reports go to take fewer. */
export const mostInAll = 50_000;

/** The first findings of each file and of all, with a notice for each limit that is hit. `findings`: in the order of their files. */
export function limitFindings(findings: readonly Finding[]): {
  readonly findings: readonly Finding[];
  readonly notices: readonly Notice[];
} {
  if (findings.length <= mostInFile) return { findings, notices: [] };
  const counts = new Map<string, number>();
  const kept = findings.filter(({ span: { file } }) => {
    const count = (counts.get(file) ?? 0) + 1;
    counts.set(file, count);
    return count <= mostInFile;
  });
  const notices: Notice[] = [...counts].flatMap(([file, count]) =>
    count <= mostInFile ? [] : [{ file, message: `Only the first ${mostInFile} of ${count} findings are reported.` }],
  );
  if (kept.length > mostInAll) {
    notices.push({ message: `Only the first ${mostInAll} of ${kept.length} findings are reported.` });
  }
  return { findings: kept.slice(0, mostInAll), notices };
}
