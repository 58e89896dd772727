import { defineRule } from '../../core/define-rule.ts';
import { lower, raise, type Severity } from '../../core/finding.ts';
import { activationFacts, sumRates } from '../../model/activations.ts';
import { namespaceCost, namespaceCostFacts } from '../../model/namespace-cost.ts';
import { perHourText } from '../../model/rate.ts';
import { joinedNamespace } from '../../model/joined-namespace.ts';
import type { Unit } from '../../model/units.ts';

interface Thresholds {
  readonly 'info-per-hour': number;
  readonly 'warning-per-hour': number;
  readonly 'error-per-hour': number;
}

export default defineRule({
  id: 'systemd/private-network-churn',
  severity: 'warning',
  confidence: 'high',
  summary: "A unit with 'PrivateNetwork=yes' starts so often that making network namespaces becomes a load.",
  needs: [...activationFacts, ...namespaceCostFacts],
  startsFrom: ['unit.assignment'],
  messages: {
    churn:
      "'{unit}' has 'PrivateNetwork=yes' and starts {pace} ({perHour} an hour), so it makes as many network namespaces{cost}.",
  },
  options: {
    'info-per-hour': { type: 'number', default: 2, minimum: 0, description: 'Starts an hour from which it is said.' },
    // A natural gap: of 178 timers of Debian, the 16 faster ones start no unit with a namespace.
    'warning-per-hour': { type: 'number', default: 12, minimum: 0, description: 'From here on it is a warning.' },
    'error-per-hour': {
      type: 'number',
      default: 60,
      minimum: 0,
      description: 'From here on it is an error, on nodes that pay much for a network namespace.',
    },
  },
  check({ model, options, report, trace }) {
    for (const unit of model.units.all) {
      const setting = unit.boolean('Service', 'PrivateNetwork');
      if (setting?.value !== true || unit.masked) continue;
      const { span } = setting.assignment;
      const rate = sumRates(model.activations.ofUnit(unit));
      if (rate === undefined) {
        trace(span, `How often '${unit.name}' starts is not known; the setting alone is no fault.`);
        for (const { span: place, note } of model.activations.unknownOfUnit(unit)) trace(place ?? span, note);
        continue;
      }
      const joined = joinedNamespace(unit, model.units);
      if (joined.answer !== 'no') {
        trace(
          joined.at.span,
          `'${unit.name}' ${joined.answer === 'yes' ? 'joins' : 'may join'} the namespace of '${joined.name}', and makes none of its own then.`,
        );
        continue;
      }
      const { fleet } = model;
      const cost = namespaceCost(fleet);
      const old = cost.high.length > 0 || fleet.isEnterpriseLinux7().length > 0;
      const severity = severityOf(rate.perHour, options(span), old, fleet.allKernelsAtLeast(4, 14) === 'yes');
      if (severity === undefined) {
        trace(
          span,
          `'${unit.name}' starts ${rate.text} (${perHourText(rate.perHour)} an hour), too seldom to matter here.`,
        );
        continue;
      }
      report({
        message: 'churn',
        data: { unit: unit.name, pace: rate.text, perHour: perHourText(rate.perHour), cost: cost.text },
        at: span,
        severity,
        confidence: rate.assumed === true ? 'medium' : 'high',
        evidence: [...rate.evidence, ...(cost.high.length > 0 ? cost.high : fleet.isEnterpriseLinux7())],
        help: helpFor(unit),
        key: unit.name,
      });
    }
  },
});

function helpFor(unit: Unit): string {
  const restricted = unit.value('Service', 'RestrictAddressFamilies') !== undefined;
  const dropIn = `'/etc/systemd/system/${unit.name}.d/no-namespace.conf'`;
  const settings = restricted
    ? "'PrivateNetwork=no' in its '[Service]' section (its 'RestrictAddressFamilies=' stays and keeps it from the network)"
    : "'PrivateNetwork=no' and 'RestrictAddressFamilies=AF_UNIX' in its '[Service]' section";
  return [
    'Start it less often: read the file that holds the answer, or ask once for several answers.',
    `Else add a drop-in ${dropIn} with ${settings}; that costs the isolation from abstract sockets and from netlink. An empty 'PrivateNetwork=' changes nothing.`,
    "Else keep one instance up ('Accept=no'), let the unit join a resident one ('JoinsNamespaceOf='), or run a kernel of 4.14 or later.",
  ].join(' ');
}

/** @param old a kernel that pays much for a namespace is known; @param modern every known kernel is 4.14 or later */
function severityOf(perHour: number, thresholds: Thresholds, old: boolean, modern: boolean): Severity | undefined {
  if (perHour < thresholds['info-per-hour']) return undefined;
  const base: Severity =
    perHour < thresholds['warning-per-hour']
      ? 'info'
      : perHour >= thresholds['error-per-hour'] && old
        ? 'error'
        : 'warning';
  if (old) return raise(base);
  return modern ? lower(base) : base;
}
