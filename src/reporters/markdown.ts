import { escapeControls } from '../core/escape.ts';
import type { Finding, Severity } from '../core/finding.ts';
import { lineIndexes, positionAt, type LineIndex } from '../core/line-index.ts';
import { countSeverities } from './count.ts';
import type { Report } from './report.ts';
import { rulePageUrl } from './rule-page-url.ts';

const signs: Readonly<Record<Severity, string>> = { error: '🔴', warning: '🟠', info: '🔵' };

/** Markdown for the summary of a CI job: what was found, and behind a fold why. */
export function reportMarkdown(report: Report): string {
  const indexes = lineIndexes(report.text);
  const { error, warning, info } = countSeverities(report.findings);
  const total = report.findings.length;
  const head =
    total === 0
      ? `No problems in ${report.files} files.`
      : `**${total}** ${total === 1 ? 'problem' : 'problems'} in ${report.files} files: ${error} errors, ${warning} warnings, ${info} infos.`;
  const notices = report.notices.map(
    ({ file, message }) => `- ${file === undefined ? '' : `${code(file)}: `}${text(message)}\n`,
  );
  return [
    `## fleetlint\n\n${head}\n`,
    ...(notices.length === 0 ? [] : [`\n${notices.join('')}`]),
    ...report.findings.map((finding) => `\n${findingText(finding, indexes, report)}`),
  ].join('');
}

function findingText(finding: Finding, indexes: (file: string) => LineIndex, report: Report): string {
  const { rule, severity, message, help, evidence } = finding;
  const steps = evidence.map(({ note, span, source }) => {
    const where = span === undefined ? '' : ` ${code(place(span.file, span.start, indexes))}`;
    return `1. ${text(note)}${where}${source === undefined ? '' : ` (${text(source)})`}\n`;
  });
  return [
    `### ${signs[severity]} ${severity} ${title(rule, report)} ${code(place(finding.span.file, finding.span.start, indexes))}\n\n`,
    `${text(message)}\n`,
    ...(steps.length === 0 ? [] : [`\n<details><summary>Why</summary>\n\n${steps.join('')}\n</details>\n`]),
    ...(help === '' ? [] : [`\n> ${text(help)}\n`]),
  ].join('');
}

function title(rule: string, { rules, version }: Report): string {
  const isPlugin = rules.some(({ id, plugin }) => id === rule && plugin !== undefined);
  return isPlugin ? rule : `[${rule}](${rulePageUrl(rule, version)})`;
}

function place(file: string, offset: number, indexes: (file: string) => LineIndex): string {
  return `${file}:${positionAt(indexes(file), offset).line}`;
}

/** What Markdown or HTML would read as markup stands as it is. */
function text(plain: string): string {
  return escapeControls(plain).replace(/[\\`*_{}[\]<>()#+!|~&]/g, (found) =>
    found === '<' ? '&lt;' : found === '&' ? '&amp;' : `\\${found}`,
  );
}

/** Code, in more backticks than it holds. */
function code(plain: string): string {
  const shown = escapeControls(plain);
  const longest = Math.max(0, ...[...shown.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return longest === 0 ? `${fence}${shown}${fence}` : `${fence} ${shown} ${fence}`;
}
