import { escapeControls } from '../core/escape.ts';
import type { Severity } from '../core/finding.ts';
import { lineIndexes, positionAt } from '../core/line-index.ts';
import type { Report } from './report.ts';

const levels: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', info: 'notice' };

/** Workflow commands of GitHub Actions: each finding becomes an annotation at its line. */
export function reportGithub(report: Report): string {
  const indexes = lineIndexes(report.text);
  return report.findings
    .map(({ rule, severity, message, help, span }) => {
      const start = positionAt(indexes(span.file), span.start);
      const end = positionAt(indexes(span.file), span.end);
      const properties: [string, string | number][] = [
        ['file', span.file],
        ['line', start.line],
        ['endLine', end.line],
        // GitHub refuses columns where the lines differ.
        ...(start.line === end.line
          ? ([
              ['col', start.column],
              ['endColumn', end.column],
            ] as [string, number][])
          : []),
        ['title', rule],
      ];
      const list = properties.map(([name, value]) => `${name}=${escapeProperty(String(value))}`).join(',');
      return `::${levels[severity]} ${list}::${escapeData(help === '' ? message : `${message}\n${help}`)}\n`;
    })
    .join('');
}

/** As the actions toolkit escapes them; other control characters become visible. */
function escapeData(text: string): string {
  return text.replaceAll('%', '%25').split('\n').map(escapeControls).join('%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
