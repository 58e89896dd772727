import { escapeJson } from '../core/escape.ts';
import { lineIndexes } from '../core/line-index.ts';
import { findingJson } from './json.ts';
import type { Report } from './report.ts';

/** One finding a line, each as in the JSON format; for `grep`, `jq` and streams. */
export function reportJsonLines(report: Report): string {
  const indexes = lineIndexes(report.text);
  return report.findings.map((finding) => `${escapeJson(JSON.stringify(findingJson(finding, indexes)))}\n`).join('');
}
