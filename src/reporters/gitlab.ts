import { escapeJson } from '../core/escape.ts';
import type { Severity } from '../core/finding.ts';
import { lineIndexes, positionAt } from '../core/line-index.ts';
import type { Report } from './report.ts';

const severities: Readonly<Record<Severity, string>> = { error: 'critical', warning: 'major', info: 'info' };

/** GitLab's Code Quality report. It shows the description but not the check's name, so the rule stands in both. */
export function reportGitlab(report: Report): string {
  const indexes = lineIndexes(report.text);
  const issues = report.findings.map(({ rule, severity, message, span, fingerprint }) => ({
    description: `${rule}: ${message}`,
    check_name: rule,
    fingerprint,
    severity: severities[severity],
    location: {
      path: span.file,
      lines: {
        begin: positionAt(indexes(span.file), span.start).line,
        end: positionAt(indexes(span.file), span.end).line,
      },
    },
  }));
  return `${escapeJson(JSON.stringify(issues, undefined, 2))}\n`;
}
