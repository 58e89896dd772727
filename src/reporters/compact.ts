import { escapeControls } from '../core/escape.ts';
import { lineIndexes, positionAt } from '../core/line-index.ts';
import type { Report } from './report.ts';

/** One line a finding, `file:line:column: severity[rule] message`, as editors and `grep -n` have it. */
export function reportCompact(report: Report): string {
  const indexes = lineIndexes(report.text);
  return report.findings
    .map(({ rule, severity, message, span }) => {
      const { line, column } = positionAt(indexes(span.file), span.start);
      return `${escapeControls(`${span.file}:${line}:${column}: ${severity}[${rule}] ${message}`)}\n`;
    })
    .join('');
}
