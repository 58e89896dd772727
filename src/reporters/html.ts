import { severities, type Evidence, type Finding } from '../core/finding.ts';
import { lineIndexes, lineRange, positionAt, type LineIndex } from '../core/line-index.ts';
import type { Span } from '../core/span.ts';
import { countSeverities } from './count.ts';
import { style } from './html-style.ts';
import type { Report, RuleInfo } from './report.ts';
import { rulePageUrl } from './rule-page-url.ts';
import { escapeXml } from './xml.ts';

/** Characters of a line that are shown around its marked part. */
const shownAround = 80;

const plural = { error: 'errors', warning: 'warnings', info: 'infos' } as const;

type Indexes = (file: string) => LineIndex;

/**
 * One page that needs nothing else: no script, no request, readable on a phone and in the dark. Findings stand under their
 * incident, each with its chain of evidence drawn from the cause to the effect.
 */
export function reportHtml(report: Report): string {
  const indexes = lineIndexes(report.text);
  const incidents = report.rules
    .map((rule) => ({ rule, findings: report.findings.filter((finding) => finding.rule === rule.id) }))
    .filter(({ findings }) => findings.length > 0)
    .sort((a, b) => worst(a.findings) - worst(b.findings));
  const body = [
    header(report),
    notices(report),
    ...incidents.map(({ rule, findings }) => incident(rule, findings, indexes, report.version)),
  ].join('\n');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<meta name="color-scheme" content="light dark">
<title>fleetlint report</title>
<style>${style}</style>
</head>
<body>
${body}
<footer>fleetlint ${escapeXml(report.version)}</footer>
</body>
</html>
`;
}

/** Position of the worst severity: errors come first. */
function worst(findings: readonly Finding[]): number {
  return Math.min(...findings.map(({ severity }) => severities.indexOf(severity)));
}

function header(report: Report): string {
  const counts = countSeverities(report.findings);
  const total = report.findings.length;
  const title = total === 0 ? 'No problems' : `${total} ${total === 1 ? 'problem' : 'problems'}`;
  const filters = severities
    .filter((severity) => counts[severity] > 0)
    .map(
      (severity) =>
        `<label class="filter ${severity}"><input type="checkbox" id="show-${severity}" checked> ${counts[severity]} ${counts[severity] === 1 ? severity : plural[severity]}</label>`,
    );
  return `<header><h1>${title}</h1><p>in ${report.files} files</p><div class="filters">${filters.join('')}</div></header>`;
}

function notices({ notices: list }: Report): string {
  if (list.length === 0) return '';
  const items = list.map(({ file, message }) => {
    const where = file === undefined ? '' : `<code>${escapeXml(file)}</code> `;
    return `<li>${where}${escapeXml(message)}</li>`;
  });
  return `<section class="notices"><h2>About this run</h2><ul>${items.join('')}</ul></section>`;
}

function incident(rule: RuleInfo, findings: readonly Finding[], indexes: Indexes, version: string): string {
  return `<section class="incident">
<h2>${title(rule, version)}</h2>
<p>${escapeXml(rule.summary)}</p>
${findings.map((finding) => article(finding, rule, indexes)).join('\n')}
</section>`;
}

function title({ id, plugin }: RuleInfo, version: string): string {
  if (plugin !== undefined) return escapeXml(id);
  return `<a href="${escapeXml(rulePageUrl(id, version))}" rel="noreferrer">${escapeXml(id)}</a>`;
}

function article(finding: Finding, rule: RuleInfo, indexes: Indexes): string {
  const { severity, message, help, span, evidence, fingerprint } = finding;
  const remedy = help === '' ? '' : `<p class="help"><b>What to do:</b> ${escapeXml(help)}</p>`;
  return `<article class="${severity}" id="f-${fingerprint}">
<h3><span class="badge">${severity}</span> <code>${breakable(place(span, indexes))}</code></h3>
<p class="message">${escapeXml(message)}</p>
${snippet(span, indexes)}
${evidence.length === 0 ? '' : chain(finding, rule, indexes)}
${remedy}
</article>`;
}

/** The steps as boxes with arrows between them; where a step sets a pace, its arrow says how often. */
function chain(finding: Finding, rule: RuleInfo, indexes: Indexes): string {
  const steps = finding.evidence.map((step) => {
    const rate = paceOf(step);
    const arrow = rate === undefined ? '' : `<span class="rate">${escapeXml(rate)}</span>`;
    return `<li><div class="box ${kindOf(step)}">${box(step, indexes)}</div><div class="arrow" aria-hidden="true">${arrow}</div></li>`;
  });
  const effect = `<li><div class="box effect"><b>${escapeXml(rule.id)}</b><p>${escapeXml(rule.summary)}</p></div></li>`;
  return `<details open><summary>Chain of evidence, ${finding.evidence.length} steps</summary><ol class="chain">${steps.join('')}${effect}</ol></details>`;
}

function box({ note, span, source }: Evidence, indexes: Indexes): string {
  const where = span === undefined ? '' : `<code>${breakable(place(span, indexes))}</code>`;
  const origin = source === undefined ? '' : `<cite>${escapeXml(source)}</cite>`;
  return `${where}<p>${escapeXml(note)}</p>${span === undefined ? '' : snippet(span, indexes)}${origin}`;
}

/** What sort of thing a step is, for its colour: a place in the tree, or a fact from outside. */
function kindOf({ span }: Evidence): string {
  if (span === undefined) return 'fact';
  if (/\.(?:pp|epp|erb)$/.test(span.file)) return 'puppet';
  if (/\.(?:service|timer|socket|path|conf)$/.test(span.file)) return 'unit';
  if (span.file.endsWith('.go')) return 'go';
  return 'file';
}

/** `every 2 minutes`, where a step's note says so. */
function paceOf({ note }: Evidence): string | undefined {
  return /\bevery (?:\d+(?:\.\d+)? )?(?:second|minute|hour|day)s?\b|\bfor each connection\b/.exec(note)?.[0];
}

/** A path that a narrow screen breaks behind a slash. */
function breakable(path: string): string {
  return escapeXml(path).replaceAll('/', '/<wbr>');
}

function place({ file, start }: Span, indexes: Indexes): string {
  const { line, column } = positionAt(indexes(file), start);
  return `${file}:${line}:${column}`;
}

/** The line a span begins in, its part of it marked; long lines are cut around it. */
function snippet({ file, start, end }: Span, indexes: Indexes): string {
  const index = indexes(file);
  const { line } = positionAt(index, start);
  const range = lineRange(index, line);
  if (range.start === range.end) return '';
  const from = Math.max(range.start, start - shownAround);
  const to = Math.min(range.end, Math.max(end, start) + shownAround, start + 4 * shownAround);
  const markEnd = Math.min(Math.max(end, start), to);
  const before = `${from > range.start ? '…' : ''}${index.text.slice(from, start)}`;
  const after = `${index.text.slice(markEnd, to)}${to < range.end ? '…' : ''}`;
  const marked = `<mark>${escapeXml(index.text.slice(start, markEnd))}</mark>`;
  return `<pre tabindex="0"><span class="line">${line}</span> ${escapeXml(before.trimStart())}${marked}${escapeXml(after)}</pre>`;
}
