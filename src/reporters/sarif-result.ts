import type { CodeFlow, Fix as SarifFix, Location, Result } from 'sarif';
import { escapeControls } from '../core/escape.ts';
import type { Evidence, Finding, Fix, Severity } from '../core/finding.ts';
import type { Span } from '../core/span.ts';
import { artifactLocation, type Places } from './sarif-place.ts';

/** An evidence step that stands in a file. */
interface PlacedStep {
  readonly note: string;
  readonly span: Span;
}

export interface ResultContext {
  readonly places: Places;
  /** Position of a rule in the list of rules; `undefined` for one that is not in it. */
  readonly ruleIndex: (rule: string) => number | undefined;
  /** GitHub's hash of the line at a span's start. */
  readonly lineHash: (span: Span) => string;
}

/** One finding as SARIF: its place with text, the chain as linked related locations and as a code flow. */
export function resultOf(finding: Finding, { places, ruleIndex, lineHash }: ResultContext): Result {
  const steps = finding.evidence.flatMap(({ note, span }): PlacedStep[] =>
    span === undefined ? [] : [{ note, span }],
  );
  const related = steps.map(({ note, span }, index) => ({ id: index + 1, ...noted(note, span, places) }));
  const flow = codeFlowOf(finding, steps, places);
  const fixes = finding.fixes.filter((fix) => fix.edits.length > 0);
  const index = ruleIndex(finding.rule);
  return {
    ruleId: finding.rule,
    ...(index === undefined ? {} : { ruleIndex: index }),
    level: levelOf(finding.severity),
    message: { text: messageText(finding) },
    locations: [
      {
        physicalLocation: places.locationWithText(finding.span),
        ...(finding.key === '' ? {} : { logicalLocations: [{ fullyQualifiedName: finding.key }] }),
      },
    ],
    ...(related.length === 0 ? {} : { relatedLocations: related }),
    ...(flow === undefined ? {} : { codeFlows: [flow] }),
    partialFingerprints: { 'fleetlint/v1': finding.fingerprint, primaryLocationLineHash: lineHash(finding.span) },
    ...(fixes.length === 0 ? {} : { fixes: fixes.map((fix) => fixOf(fix, places)) }),
    properties: { confidence: finding.confidence },
  };
}

export function levelOf(severity: Severity): 'error' | 'warning' | 'note' {
  return severity === 'info' ? 'note' : severity;
}

/** The message, the whole chain with a link for each step that has a place, and the remedy. GitHub shows only linked places. */
function messageText({ message, evidence, help }: Finding): string {
  let id = 0;
  const chain = evidence.map((step) => (step.span === undefined ? chainText(step) : linkedText(step, ++id)));
  return [
    sentence(plainText(message)),
    ...(chain.length === 0 ? [] : [`Why: ${chain.join(' ')}`]),
    ...(help === '' ? [] : [`Help: ${sentence(plainText(help))}`]),
  ].join('\n');
}

function chainText({ note, source }: Evidence): string {
  return source === undefined ? sentence(plainText(note)) : `${plainText(withoutPeriod(note))} (${plainText(source)}).`;
}

function linkedText({ note, source }: Evidence, id: number): string {
  const text = escapeControls(withoutPeriod(note)).replace(/[\\[\]]/g, '\\$&');
  return `[${text}](${id})${source === undefined ? '' : ` (${plainText(source)})`}.`;
}

/**
 * Text outside links on one line. A pair of brackets stays, as in `[Service]`; one that a consumer could read as a link or
 * as the start of one gets a backslash.
 */
function plainText(text: string): string {
  return escapeControls(text).replace(/\[[^[\]]*\](?!\()|[[\]]/g, (found) => (found.length > 1 ? found : `\\${found}`));
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

function withoutPeriod(text: string): string {
  return text.replace(/\.$/, '');
}

/** The steps in order, the finding last; only for a chain that is worth walking. */
function codeFlowOf(finding: Finding, steps: readonly PlacedStep[], places: Places): CodeFlow | undefined {
  const files = new Set([finding.span.file, ...steps.map((step) => step.span.file)]);
  if (files.size < 2 && steps.length < 2) return undefined;
  const walked = [...steps, { note: finding.message, span: finding.span }];
  return { threadFlows: [{ locations: walked.map(({ note, span }) => ({ location: noted(note, span, places) })) }] };
}

function noted(note: string, span: Span, places: Places): Location {
  return { physicalLocation: places.location(span), message: { text: sentence(plainText(note)) } };
}

function fixOf({ title, edits }: Fix, places: Places): SarifFix {
  const files = new Set(edits.map((edit) => edit.span.file));
  return {
    description: { text: sentence(plainText(title)) },
    artifactChanges: [...files].map((file) => ({
      artifactLocation: artifactLocation(file),
      replacements: edits
        .filter((edit) => edit.span.file === file)
        .map(({ span, text }) => ({
          deletedRegion: places.region(span),
          ...(text === '' ? {} : { insertedContent: { text } }),
        })),
    })),
  };
}
