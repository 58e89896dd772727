/** How often what stands under the cursor runs, and why: a command, a unit, or what sets the pace of one. */
import type { Evidence } from '../core/finding.ts';
import { lineRange, positionAt } from '../core/line-index.ts';
import type { Span } from '../core/span.ts';
import { sumRates } from '../model/activations.ts';
import type { Model } from '../model/model.ts';
import { perHourText, type Rate } from '../model/rate.ts';
import { noteOf, rangeOf, type DiagnosticContext } from './diagnostics.ts';
import type { SettingHover } from './settings.ts';

/** Steps of evidence that are shown; a unit may have hundreds of reasons. */
const mostSteps = 12;

/**
 * @param offset in the file
 * @returns of the narrowest thing there of which something is known
 */
export function activationHover(
  models: readonly Model[],
  file: string,
  offset: number,
  context: DiagnosticContext,
): SettingHover | undefined {
  const isAt = (span: Span): boolean => span.file === file && span.start <= offset && offset <= span.end;
  for (const model of models) {
    const commands = model
      .facts('command')
      .filter(({ span, origin }) => isAt(span) || isAt(origin.at))
      .map((command) => ({ command, at: isAt(command.span) ? command.span : command.origin.at }))
      .sort((a, b) => a.at.end - a.at.start - (b.at.end - b.at.start));
    for (const { command, at } of commands) {
      const rate = model.activations.ofCommand(command);
      const because = command.origin.type === 'puppet-exec' ? command.origin.because : undefined;
      if (rate === undefined && because === undefined) continue;
      const markdown =
        rate === undefined ? `Not at every agent run: ${because ?? ''}` : rateText('This runs', rate, context);
      return { range: rangeOf(at, context), markdown };
    }
    const paced = unitHover(model, file, offset, isAt, context);
    if (paced !== undefined) return paced;
  }
  return undefined;
}

/** On the head of a unit's section, or on a reason for a unit to start: its timer's setting, its own `Restart=`. */
function unitHover(
  model: Model,
  file: string,
  offset: number,
  isAt: (span: Span) => boolean,
  context: DiagnosticContext,
): SettingHover | undefined {
  const head = headAt(file, offset, context);
  for (const unit of model.units.all) {
    const rates = model.activations.ofUnit(unit);
    const reason = rates.flatMap(({ evidence }) => evidence).find(({ span }) => span !== undefined && isAt(span));
    const own = unit.files.some(({ span }) => isAt(span)) ? head : undefined;
    const at = reason?.span ?? own;
    if (at === undefined) continue;
    const rate = sumRates(rates);
    const unknown = model.activations.unknownOfUnit(unit);
    if (rate === undefined && unknown.length === 0) continue;
    const name = `\`${unit.name}\``;
    const markdown =
      rate === undefined
        ? [`How often ${name} starts cannot be told.`, '', ...listOf(unknown, context)].join('\n')
        : rateText(`${name} starts`, rate, context);
    return { range: rangeOf(at, context), markdown };
  }
  return undefined;
}

/** The line of an offset, where it is the head of a section. */
function headAt(file: string, offset: number, context: DiagnosticContext): Span | undefined {
  const index = context.lines(file);
  const { start, end } = lineRange(index, positionAt(index, offset).line);
  return /^\s*\[[^\]]*\]\s*$/.test(index.text.slice(start, end)) ? { file, start, end } : undefined;
}

function rateText(subject: string, { perHour, text, evidence, assumed }: Rate, context: DiagnosticContext): string {
  const often = `${perHourText(perHour)} an hour${assumed === true ? ', by a default that is assumed' : ''}`;
  return [`${subject} ${text} (${often}).`, '', ...listOf(evidence, context)].join('\n');
}

function listOf(evidence: readonly Evidence[], context: DiagnosticContext): readonly string[] {
  const steps = evidence.slice(0, mostSteps).map((step) => `- ${stepText(step, context)}`);
  return evidence.length > mostSteps ? [...steps, `- and ${String(evidence.length - mostSteps)} more`] : steps;
}

function stepText(step: Evidence, context: DiagnosticContext): string {
  const { span } = step;
  if (span === undefined) return noteOf(step);
  const line = rangeOf(span, context).start.line + 1;
  const name = span.file.slice(span.file.lastIndexOf('/') + 1);
  return `[${name}:${String(line)}](${context.uri(span.file)}#L${String(line)}): ${noteOf(step)}`;
}
