import type { Finding } from '../../../src/core/finding.ts';
import type { Span } from '../../../src/core/span.ts';
import type { Report } from '../../../src/reporters/report.ts';

/** The files of a report under test. A Map, so that `__proto__` is a file name like any other. */
export type Files = ReadonlyMap<string, string>;

/** The place of the first `part` in a file. */
export function spanOf(files: Files, file: string, part: string): Span {
  const start = files.get(file)?.indexOf(part) ?? -1;
  if (start < 0) throw new Error(`'${part}' is not in ${file}`);
  return { file, start, end: start + part.length };
}

export function makeFinding(span: Span, more: Partial<Finding> = {}): Finding {
  return {
    rule: 'theme/name',
    severity: 'warning',
    confidence: 'high',
    message: 'It is wrong.',
    help: '',
    span,
    evidence: [],
    fixes: [],
    key: 'unit/Section/Key',
    fingerprint: '0123456789abcdef',
    ...more,
  };
}

export function makeReport(files: Files, findings: readonly Finding[], more: Partial<Report> = {}): Report {
  return {
    findings,
    notices: [],
    files: files.size,
    suppressed: 0,
    rules: [],
    text: (file) => files.get(file),
    version: '1.2.3',
    ...more,
  };
}
