import pc from 'picocolors';
import { escapeControls } from '../core/escape.ts';
import type { Evidence, Finding, Severity } from '../core/finding.ts';
import { lineIndexes, positionAt, type LineIndex } from '../core/line-index.ts';
import type { Notice } from '../core/notice.ts';
import type { Span } from '../core/span.ts';
import { countSeverities } from './count.ts';
import { frameOf, type FrameLine } from './frame.ts';
import type { Report, ReporterOptions } from './report.ts';

type Colors = ReturnType<typeof pc.createColors>;
type Paint = (text: string) => string;

/** For people: each finding with the lines it stands on, then the chain that leads to it, then what to do. */
export function reportText(report: Report, { color }: ReporterOptions): string {
  const colors = pc.createColors(color);
  const indexes = lineIndexes(report.text);
  const findings = report.findings.map((finding) => `${findingLines(finding, indexes, colors).join('\n')}\n\n`);
  const notices = report.notices.map((notice) => noticeLine(notice, colors));
  return `${findings.join('')}${notices.join('')}${summaryLine(report)}\n`;
}

function noticeLine({ message, file, incomplete }: Notice, colors: Colors): string {
  const title = incomplete === true ? colors.red('error') : colors.yellow('notice');
  return `${colors.bold(title)}: ${file === undefined ? '' : `${escapeControls(file)}: `}${escapeControls(message)}\n`;
}

interface Part {
  readonly title: string;
  readonly frame: Frame | undefined;
}

interface Frame {
  readonly place: string;
  readonly lines: readonly FrameLine[];
  readonly sign: '^' | '-';
  readonly paint: Paint;
}

function findingLines(finding: Finding, indexes: (file: string) => LineIndex, colors: Colors): readonly string[] {
  const paint = severityPaint(finding.severity, colors);
  const heading = colors.bold(paint(`${finding.severity}[${finding.rule}]`));
  const shown = new Set<string>();
  const frame = (span: Span, sign: '^' | '-', marks: Paint): Frame => {
    const index = indexes(span.file);
    const { line, column } = positionAt(index, span.start);
    const place = `${escapeControls(span.file)}:${line}:${column}`;
    // What has been seen once is only named again.
    const key = `${span.start}:${span.end}:${span.file}`;
    const lines = shown.has(key) ? [] : frameOf(index, span);
    shown.add(key);
    return { place, lines, sign, paint: marks };
  };
  const parts: readonly Part[] = [
    { title: `${heading}: ${colors.bold(escapeControls(finding.message))}`, frame: frame(finding.span, '^', paint) },
    ...finding.evidence.map((step) => ({
      title: evidenceTitle(step, colors),
      frame: step.span && frame(step.span, '-', colors.blue),
    })),
    ...(finding.help === ''
      ? []
      : [{ title: `${colors.bold(colors.green('help'))}: ${escapeControls(finding.help)}`, frame: undefined }]),
  ];
  const gutter = Math.max(...parts.map((part) => String(part.frame?.lines.at(-1)?.number ?? '').length));
  return parts.flatMap((part) => partLines(part, gutter, colors));
}

function partLines({ title, frame }: Part, gutter: number, colors: Colors): readonly string[] {
  if (frame === undefined) return [title];
  const side = (text: string, sign: string): string => colors.blue(`${text.padStart(gutter)} ${sign}`);
  return [title, `${side('', '-->')} ${frame.place}`, ...frame.lines.flatMap((line) => sourceLines(line, frame, side))];
}

function sourceLines(line: FrameLine, frame: Frame, side: (text: string, sign: string) => string): readonly string[] {
  if (line.number === undefined) return [side('', '...')];
  const source = `${side(String(line.number), '|')} ${line.text}`.trimEnd();
  if (line.mark === undefined) return [source];
  const { from, to } = line.mark;
  return [source, `${side('', '|')} ${' '.repeat(from)}${frame.paint(frame.sign.repeat(to - from))}`];
}

function evidenceTitle({ note, span, source }: Evidence, colors: Colors): string {
  const text = escapeControls(source === undefined ? note : `${note} (${source})`);
  return span === undefined ? `${colors.bold('note')}: ${text}` : `${colors.bold(colors.blue('why'))}: ${text}`;
}

function severityPaint(severity: Severity, colors: Colors): Paint {
  return { error: colors.red, warning: colors.yellow, info: colors.cyan }[severity];
}

function summaryLine({ findings, files, suppressed, notices }: Report): string {
  const count = countSeverities(findings);
  const details = [
    count.error === 0 ? '' : plural(count.error, 'error'),
    count.warning === 0 ? '' : plural(count.warning, 'warning'),
    count.info === 0 ? '' : `${count.info} info`,
  ].filter((text) => text !== '');
  const problems =
    findings.length === 0 ? 'No problems' : `${plural(findings.length, 'problem')} (${details.join(', ')})`;
  const held = suppressed === 0 ? '' : `, ${suppressed} suppressed`;
  const incomplete = notices.some((notice) => notice.incomplete) ? ' Not everything could be checked.' : '';
  return `${problems} in ${plural(files, 'file')}${held}.${incomplete}`;
}

function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}
