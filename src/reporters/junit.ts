import { lineIndexes, positionAt } from '../core/line-index.ts';
import { byFile } from './by-file.ts';
import type { Report } from './report.ts';
import { escapeXml, escapeXmlLines } from './xml.ts';

/** JUnit's XML: a test suite a file, a failed test case a finding; a clean run is one case that passes. */
export function reportJunit(report: Report): string {
  const indexes = lineIndexes(report.text);
  const suites = byFile(report.findings).map(([file, findings]) => {
    const cases = findings.map(({ rule, severity, message, help, span }) => {
      const { line, column } = positionAt(indexes(file), span.start);
      const text = [`${file}:${line}:${column}`, message, help].filter((part) => part !== '').join('\n');
      return [
        `    <testcase name="${escapeXml(`${rule} at line ${line}`)}" classname="${escapeXml(file)}">\n`,
        `      <failure type="${severity}" message="${escapeXml(message)}">${escapeXmlLines(text)}</failure>\n`,
        `    </testcase>\n`,
      ].join('');
    });
    return suite(file, findings.length, findings.length, cases.join(''));
  });
  const clean = '    <testcase name="no problems" classname="fleetlint"/>\n';
  const body = suites.length === 0 ? suite('fleetlint', 1, 0, clean) : suites.join('');
  const count = report.findings.length;
  const head = `<testsuites name="fleetlint" tests="${Math.max(1, count)}" failures="${count}" errors="0">`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n${head}\n${body}</testsuites>\n`;
}

function suite(name: string, tests: number, failures: number, cases: string): string {
  const counts = `tests="${tests}" failures="${failures}" errors="0" skipped="0"`;
  return `  <testsuite name="${escapeXml(name)}" ${counts}>\n${cases}  </testsuite>\n`;
}
