/** How often the units of a file start, for `fleetlint facts`: what the model works out from the whole repository. */
import { discover, scopeOf } from '../config/discovery.ts';
import type { Evidence } from '../core/finding.ts';
import { indexLines, positionAt } from '../core/line-index.ts';
import { perHourText } from '../model/rate.ts';
import { sumRates } from '../model/activations.ts';
import { Session } from '../session.ts';
import type { Streams } from './streams.ts';

/** One thing that starts a unit. */
export interface ActivationFact {
  readonly kind: 'activation';
  readonly unit: string;
  /** Starts an hour; `unknown` for what starts the unit nobody knows how often. */
  readonly perHour: string;
  /** `every 2 minutes`. */
  readonly text: string;
  /** Nothing in the tree says it: a documented default. */
  readonly assumed?: true;
  /** In order: `FILE:LINE:COLUMN: sentence`. */
  readonly evidence: readonly string[];
}

/** A rule that needs all facts the activations are made from; it is not run. */
const needing = 'systemd/private-network-churn';

/** @param file of units, as the session names it; the rest of its repository is read too */
export async function activationFacts(file: string, streams: Streams): Promise<readonly ActivationFact[]> {
  const root = streams.cwd();
  const session = new Session({ only: [needing] });
  session.update((await discover(root, [scopeOf(root, file) || '.', file])).files);
  const facts: ActivationFact[] = [];
  for (const { units, activations } of await session.models()) {
    for (const unit of units.ofFile(file)) {
      const rates = activations.ofUnit(unit);
      const name = { kind: 'activation', unit: unit.name } as const;
      for (const { perHour, text, assumed, evidence } of rates) {
        facts.push({
          ...name,
          perHour: perHourText(perHour),
          text,
          ...(assumed === true && { assumed }),
          evidence: evidence.map((step) => shown(step, session)),
        });
      }
      const sum = sumRates(rates);
      if (sum !== undefined && rates.length > 1) {
        facts.push({ ...name, perHour: perHourText(sum.perHour), text: 'all of them together', evidence: [] });
      }
      const unknown = activations.unknownOfUnit(unit);
      if (unknown.length === 0 && rates.length > 0) continue;
      facts.push({
        ...name,
        perHour: 'unknown',
        text: unknown.length === 0 ? 'nothing here starts it again and again' : 'how often cannot be known',
        evidence: unknown.map((step) => shown(step, session)),
      });
    }
  }
  return facts;
}

function shown({ span, note, source }: Evidence, session: Session): string {
  if (span === undefined) return source === undefined ? note : `${note} (${source})`;
  const { line, column } = positionAt(indexLines(session.text(span.file) ?? ''), span.start);
  return `${span.file}:${line}:${column}: ${note}`;
}
