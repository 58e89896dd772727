import type { Span } from './span.ts';

/** How bad it is on the nodes we know of. */
export type Severity = 'error' | 'warning' | 'info';

/** How sure the reading is. */
export type Confidence = 'high' | 'medium' | 'low';

/** One step of the chain that leads to a finding: a place with a note, or a fact from outside with its source. */
export interface Evidence {
  /** A sentence that ends in a period. */
  readonly note: string;
  readonly span?: Span;
  /** Where a fact that is in no file comes from, such as "systemd v212..v262 unit files". */
  readonly source?: string;
}

export interface TextEdit {
  readonly span: Span;
  readonly text: string;
}

/** `safe`: cannot change what the node does beyond removing the fault. */
export type FixSafety = 'safe' | 'unsafe';

export interface Fix {
  readonly title: string;
  readonly safety: FixSafety;
  readonly edits: readonly TextEdit[];
}

export interface Finding {
  /** Rule id, `theme/name`. */
  readonly rule: string;
  readonly severity: Severity;
  readonly confidence: Confidence;
  readonly message: string;
  /** What to do about it, in sentences; empty where the message says it all. */
  readonly help: string;
  readonly span: Span;
  readonly evidence: readonly Evidence[];
  readonly fixes: readonly Fix[];
  /** Names the fault without line numbers, so that it survives moved code. */
  readonly key: string;
  /** 16 hexadecimal digits of rule, file, key and which of several equal ones it is. */
  readonly fingerprint: string;
}

export const severities: readonly Severity[] = ['error', 'warning', 'info'];

/** Whether `severity` is at or above `threshold`. */
export function isAtLeast(severity: Severity, threshold: Severity): boolean {
  return severities.indexOf(severity) <= severities.indexOf(threshold);
}

/** The next worse severity; `error` stays. */
export function raise(severity: Severity): Severity {
  return severities[Math.max(0, severities.indexOf(severity) - 1)] ?? severity;
}

/** The next milder severity; `undefined` below `info`: not worth a word. */
export function lower(severity: Severity): Severity | undefined {
  return severities[severities.indexOf(severity) + 1];
}
