import { escapeJson } from '../core/escape.ts';
import type { Evidence, Finding, Fix } from '../core/finding.ts';
import { lineIndexes, positionAt, type LineIndex } from '../core/line-index.ts';
import type { Notice } from '../core/notice.ts';
import type { Span } from '../core/span.ts';
import { countSeverities } from './count.ts';
import type { Report } from './report.ts';

/** The shape promised to scripts. It grows; nothing in it changes its meaning without a new number. */
const VERSION = 1;

type Indexes = (file: string) => LineIndex;

/** JSON, indented by 2. Lines and columns count from 1, columns and offsets in UTF-16 units; ends are exclusive. */
export function reportJson(report: Report): string {
  const indexes = lineIndexes(report.text);
  const document = {
    version: VERSION,
    findings: report.findings.map((finding) => findingJson(finding, indexes)),
    summary: { files: report.files, ...countSeverities(report.findings), suppressed: report.suppressed },
    notices: report.notices.map(noticeJson),
  };
  return `${escapeJson(JSON.stringify(document, undefined, 2))}\n`;
}

/** One finding, as an element of `findings` in the JSON format. */
export function findingJson(finding: Finding, indexes: Indexes): object {
  const { rule, severity, confidence, message, fingerprint } = finding;
  return {
    rule,
    severity,
    confidence,
    message,
    ...placeJson(finding.span, indexes),
    evidence: finding.evidence.map((step) => evidenceJson(step, indexes)),
    fixes: finding.fixes.map((fix) => fixJson(fix, indexes)),
    fingerprint,
  };
}

function evidenceJson({ note, span, source }: Evidence, indexes: Indexes): object {
  return {
    message: note,
    ...(span === undefined ? {} : placeJson(span, indexes)),
    ...(source === undefined ? {} : { source }),
  };
}

function fixJson({ title, safety, edits }: Fix, indexes: Indexes): object {
  return { title, safety, edits: edits.map(({ span, text }) => ({ ...placeJson(span, indexes), text })) };
}

function noticeJson({ message, file, incomplete }: Notice): object {
  return { message, ...(file === undefined ? {} : { file }), incomplete: incomplete === true };
}

function placeJson({ file, start, end }: Span, indexes: Indexes): object {
  const index = indexes(file);
  return {
    file,
    range: {
      start: { ...positionAt(index, start), offset: start },
      end: { ...positionAt(index, end), offset: end },
    },
  };
}
