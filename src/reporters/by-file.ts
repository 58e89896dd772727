import type { Finding } from '../core/finding.ts';

/** Findings by the file they point at, in their order. */
export function byFile(findings: readonly Finding[]): readonly (readonly [string, readonly Finding[]])[] {
  const files = new Map<string, Finding[]>();
  for (const finding of findings) {
    const list = files.get(finding.span.file);
    if (list === undefined) files.set(finding.span.file, [finding]);
    else list.push(finding);
  }
  return [...files];
}
