import { lineIndexes, positionAt } from '../core/line-index.ts';
import { byFile } from './by-file.ts';
import type { Report } from './report.ts';
import { escapeXml } from './xml.ts';

/** Checkstyle's XML, which Jenkins, reviewdog and many others read. */
export function reportCheckstyle(report: Report): string {
  const indexes = lineIndexes(report.text);
  const files = byFile(report.findings).map(([file, findings]) => {
    const errors = findings.map(({ rule, severity, message, span }) => {
      const { line, column } = positionAt(indexes(file), span.start);
      const attributes = [
        `line="${line}" column="${column}" severity="${severity}"`,
        `message="${escapeXml(message)}" source="fleetlint.${escapeXml(rule.replace('/', '.'))}"`,
      ];
      return `    <error ${attributes.join(' ')}/>\n`;
    });
    return `  <file name="${escapeXml(file)}">\n${errors.join('')}  </file>\n`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<checkstyle version="4.3">\n${files.join('')}</checkstyle>\n`;
}
