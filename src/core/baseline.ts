/** The findings a tree had when fleetlint came to it: held back by their fingerprints until they are mended. */
import type { Finding } from './finding.ts';
import { compareText } from './span.ts';

export interface BaselineEntry {
  /** 16 hexadecimal digits, as in a finding. */
  readonly fingerprint: string;
  readonly rule: string;
  /** Relative to the repository, with `/`. */
  readonly file: string;
}

/** What a run says of a baseline. */
export interface Baselined {
  /** Findings that it does not hold. */
  readonly findings: readonly Finding[];
  /** How many it held back. */
  readonly count: number;
  /** Entries whose finding is gone. */
  readonly stale: readonly BaselineEntry[];
}

/** The name it has unless another is given. */
export const baselineName = 'fleetlint-baseline.json';

const VERSION = 1;

/** Reads a baseline. Throws an error whose message is a sentence. */
export function parseBaseline(text: string): readonly BaselineEntry[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Error(`It is not JSON: ${error instanceof Error ? error.message : String(error)}.`, { cause: error });
  }
  if (typeof value !== 'object' || value === null || !('version' in value) || !('findings' in value)) {
    throw new Error("It has no 'version' and 'findings', so it is no baseline of fleetlint.");
  }
  if (value.version !== VERSION) throw new Error(`Its version is ${String(value.version)}, not ${String(VERSION)}.`);
  if (!Array.isArray(value.findings)) throw new Error("Its 'findings' are no list.");
  return value.findings.map((entry: unknown, index) => {
    const { fingerprint, rule, file } = (entry ?? {}) as Readonly<Record<string, unknown>>;
    if (typeof fingerprint !== 'string' || typeof rule !== 'string' || typeof file !== 'string') {
      throw new Error(`Finding ${String(index + 1)} lacks its 'fingerprint', 'rule' or 'file'.`);
    }
    return { fingerprint, rule, file };
  });
}

/** One line an entry, in an order that does not depend on the run, so that a merge of two branches is a merge of lines. */
export function formatBaseline(entries: readonly BaselineEntry[]): string {
  const unique = new Map(entries.map((entry) => [entry.fingerprint, entry]));
  const lines = [...unique.values()]
    .sort(
      (a, b) => compareText(a.file, b.file) || compareText(a.rule, b.rule) || compareText(a.fingerprint, b.fingerprint),
    )
    .map(({ fingerprint, rule, file }) => `    ${JSON.stringify({ fingerprint, rule, file })}`);
  const list = lines.length === 0 ? '[]' : `[\n${lines.join(',\n')}\n  ]`;
  return `{\n  "version": ${String(VERSION)},\n  "findings": ${list}\n}\n`;
}

/**
 * Takes out the findings that a baseline holds.
 *
 * @param judged whether the run could have found an entry again; one it could not is not stale
 */
export function applyBaseline(
  findings: readonly Finding[],
  entries: readonly BaselineEntry[],
  judged: (entry: BaselineEntry) => boolean,
): Baselined {
  const known = new Set(entries.map((entry) => entry.fingerprint));
  const left = findings.filter((finding) => !known.has(finding.fingerprint));
  const found = new Set(findings.map((finding) => finding.fingerprint));
  return {
    findings: left,
    count: findings.length - left.length,
    stale: entries.filter((entry) => !found.has(entry.fingerprint) && judged(entry)),
  };
}

/** A new baseline: what was found, and what this run could not judge. */
export function renewBaseline(
  findings: readonly Finding[],
  old: readonly BaselineEntry[],
  judged: (entry: BaselineEntry) => boolean,
  repositoryPath: (file: string) => string,
): readonly BaselineEntry[] {
  const found = findings.map(({ fingerprint, rule, span }) => ({ fingerprint, rule, file: repositoryPath(span.file) }));
  return [...old.filter((entry) => !judged(entry)), ...found];
}
