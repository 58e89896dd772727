import { defineRule } from '../../core/define-rule.ts';
import { groupBy } from '../../core/lists.ts';
import { once } from '../../core/once.ts';
import type { CommandFact, CommandOrigin } from '../../core/facts/command.ts';
import type { BusService } from '../../knowledge/bus.ts';
import { busCall, busPrograms } from '../../model/bus-clients.ts';
import { allowsKernelBelow } from '../../model/guards.ts';
import { namespaceCost, namespaceCostFacts, noCost } from '../../model/namespace-cost.ts';
import { perHourText } from '../../model/rate.ts';
import { activationFacts } from '../../model/activations.ts';

export default defineRule({
  id: 'dbus/periodic-activation',
  severity: 'warning',
  confidence: 'high',
  summary: 'A periodic job starts, over D-Bus, a service that has exited again by the next run.',
  needs: [...activationFacts, ...namespaceCostFacts],
  startsFrom: ['command'],
  startsFromPrograms: [...busPrograms],
  messages: {
    namespace:
      "'{client}'{choice} runs {pace} ({perHour} an hour) and each time starts '{unit}', which exits after {idle} s idle and has 'PrivateNetwork=yes', so every run makes a network namespace{cost}.",
    start:
      "'{client}'{choice} runs {pace} ({perHour} an hour) and each time starts '{unit}', which exits after {idle} s idle, so every run costs the start and stop of a service.",
  },
  options: {
    'least-per-hour': {
      type: 'number',
      default: 1,
      minimum: 0,
      description: 'Runs an hour from which a job is reported.',
    },
    'error-per-hour': {
      type: 'number',
      default: 12,
      minimum: 0,
      description: 'Runs an hour from which it is an error, on nodes that pay much for a network namespace.',
    },
  },
  check({ model, options, report, trace }) {
    const reported = new Set<string>();
    const chosen = once(() =>
      groupBy(
        model
          .commands(busPrograms)
          .filter(({ origin }) => origin.type === 'puppet-exec' && origin.choice !== undefined),
        ({ origin }) => placeOf(origin),
      ),
    );
    for (const command of model.commands(busPrograms)) {
      const call = busCall(command.words);
      if (call === undefined) continue;
      const { origin } = command;
      const { service } = call;
      const place = `${placeOf(origin)}:${service.name}`;
      if (reported.has(place)) continue;

      const rate = model.activations.ofCommand(command);
      if (rate === undefined) {
        const why = origin.type === 'puppet-exec' ? origin.because : undefined;
        trace(origin.at, `How often '${call.text}' runs is not known. ${why ?? 'What starts it says nothing of it.'}`);
        continue;
      }
      const state = model.bus.stateOf(service);
      if (state.idleExit === undefined) {
        trace(origin.at, `'${service.unit}' does not exit by itself on these nodes.`);
        continue;
      }
      const { 'least-per-hour': least, 'error-per-hour': heavy } = options(origin.at);
      if (rate.perHour < least) {
        trace(origin.at, `'${call.text}' runs ${rate.text}, less than ${perHourText(least)} an hour.`);
        continue;
      }
      if (model.activations.ofBusService(service, state.systemd).length === 0) {
        trace(origin.at, `'${service.unit}' is asked again before its ${state.idleExit} s are over, so it stays up.`);
        continue;
      }
      reported.add(place);

      const data = {
        client: call.text,
        choice: choiceText(origin, service, chosen),
        pace: rate.text,
        perHour: perHourText(rate.perHour),
        unit: service.unit,
        idle: state.idleExit,
      };
      const cost = allowsKernelBelow(command, 4, 14) ? namespaceCost(model.fleet) : noCost;
      const shared = {
        at: origin.at,
        confidence: rate.assumed === true || data.choice !== '' ? 'medium' : 'high',
        help: /\bset-/.test(call.text)
          ? `Guard it with a check that does not use D-Bus. ${service.instead}`
          : service.instead,
        key: `${service.name}/${origin.type === 'puppet-exec' ? `${origin.title}/${origin.attribute}` : call.text}`,
      } as const;
      const evidence = [
        ...rate.evidence,
        { span: command.span, note: `'${call.text}' asks D-Bus for '${service.name}'.` },
        ...state.evidence,
      ];
      if (state.privateNetwork === undefined) {
        report({ ...shared, message: 'start', data, severity: 'info', evidence });
      } else {
        report({
          ...shared,
          message: 'namespace',
          data: { ...data, cost: cost.text },
          severity: rate.perHour >= heavy && cost.high.length > 0 ? 'error' : 'warning',
          evidence: [...evidence, state.privateNetwork, ...cost.high],
        });
      }
    }
  },
});

function placeOf({ at }: CommandOrigin): string {
  return `${at.file}:${at.start}`;
}

/** Where only some of the values that an attribute may have ask for the service. @param chosen by place */
function choiceText(
  origin: CommandOrigin,
  service: BusService,
  chosen: () => ReadonlyMap<string, readonly CommandFact[]>,
): string {
  if (origin.type !== 'puppet-exec' || origin.choice === undefined) return '';
  const { attribute, choice } = origin;
  const asking = new Set<number>();
  for (const { words, origin: other } of chosen().get(placeOf(origin)) ?? []) {
    if (other.type !== 'puppet-exec' || other.choice === undefined) continue;
    if (busCall(words)?.service === service) asking.add(other.choice.index);
  }
  if (asking.size >= choice.count) return '';
  return `, in ${asking.size} of the ${choice.count} values that '${attribute}' may have,`;
}
