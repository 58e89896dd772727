import type { Confidence, Finding, Severity } from '../core/finding.ts';
import type { Notice } from '../core/notice.ts';
import type { Repository } from '../core/repository.ts';

/** What a reporter needs to know of a rule. */
export interface RuleInfo {
  /** `theme/name`. */
  readonly id: string;
  readonly severity: Severity;
  readonly confidence: Confidence;
  /** One sentence. */
  readonly summary: string;
  /** The file of a rule that is not fleetlint's own: its page is nowhere else. */
  readonly plugin?: string;
  /** The rule's page, Markdown. Read only by reporters that show it. */
  page(): string;
}

/** The outcome of a run, as every reporter gets it. */
export interface Report {
  /** In stable order: file, line, column, rule. */
  readonly findings: readonly Finding[];
  readonly notices: readonly Notice[];
  /** How many files were read. */
  readonly files: number;
  /** How many findings a comment or the baseline held back; they are not in `findings`. */
  readonly suppressed: number;
  /** Every enabled rule, whether it found something or not. */
  readonly rules: readonly RuleInfo[];
  /** Text of a file, without a byte order mark, for frames and line numbers. */
  readonly text: (file: string) => string | undefined;
  /** Version of fleetlint. */
  readonly version: string;
  /** The repository that the paths are relative to, if there is one. */
  readonly repository?: () => Repository | undefined;
}

export interface ReporterOptions {
  readonly color: boolean;
}

/** Turns a report into what is printed, with a line end at its end. */
export type Reporter = (report: Report, options: ReporterOptions) => string;
