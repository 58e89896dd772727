import { lineIndexes, positionAt } from '../core/line-index.ts';
import type { Notice } from '../core/notice.ts';
import { byFile } from './by-file.ts';
import type { Report } from './report.ts';
import { escapeXml, escapeXmlLines } from './xml.ts';

/**
 * JUnit's XML: a test suite a file, a failed test case a finding; what could not be checked is a case with an error, and a clean run
 * one case that passes.
 */
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
    return suite(file, findings.length, findings.length, 0, cases.join(''));
  });
  const faults = report.notices.filter(({ incomplete }) => incomplete === true);
  if (faults.length > 0)
    suites.push(suite('fleetlint', faults.length, 0, faults.length, faults.map(faultCase).join('')));
  const clean = '    <testcase name="no problems" classname="fleetlint"/>\n';
  const body = suites.length === 0 ? suite('fleetlint', 1, 0, 0, clean) : suites.join('');
  const count = report.findings.length;
  const head = `<testsuites name="fleetlint" tests="${Math.max(1, count + faults.length)}" failures="${count}" errors="${faults.length}">`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n${head}\n${body}</testsuites>\n`;
}

function faultCase({ file = 'fleetlint', message }: Notice): string {
  return `    <testcase name="it can be checked" classname="${escapeXml(file)}">\n      <error type="incomplete" message="${escapeXml(message)}"/>\n    </testcase>\n`;
}

function suite(name: string, tests: number, failures: number, errors: number, cases: string): string {
  const counts = `tests="${tests}" failures="${failures}" errors="${errors}" skipped="0"`;
  return `  <testsuite name="${escapeXml(name)}" ${counts}>\n${cases}  </testsuite>\n`;
}
