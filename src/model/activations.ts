/** How often the commands and units of a node run, and what sets the pace. */
import type { CommandFact, PuppetExecOrigin } from '../core/facts/command.ts';
import type { PuppetSettingFact } from '../core/facts/puppet.ts';
import type { Evidence } from '../core/finding.ts';
import { addTo, groupBy } from '../core/lists.ts';
import { once } from '../core/once.ts';
import type { Span } from '../core/span.ts';
import { literalText } from '../core/template.ts';
import { busServices, idleExitSeconds, newestSystemd, type BusService } from '../knowledge/bus.ts';
import { busCall, busPrograms } from './bus-clients.ts';
import { conditionEvidence } from './guards.ts';
import { cronRate } from './cron-schedule.ts';
import type { FactsOf } from './facts-of.ts';
import { scheduledRate } from './puppet-schedules.ts';
import { everyText, type Rate } from './rate.ts';
import { startingPrograms, unitCommand } from './systemctl.ts';
import { createUnitStarts, isStartedAgain, type Companion, type UnitStarts } from './unit-activation.ts';
import type { Unit, Units } from './units.ts';

/** What `Activations` reads. */
export const activationFacts = [
  'command',
  'puppet.setting',
  'puppet.schedule',
  'unit.file',
  'unit.assignment',
  'unit.link',
  'dbus.service',
  'script',
] as const;

export interface Activations {
  /** How often Puppet applies a catalogue on a node: the fastest of what the tree says, else Puppet's own default. */
  puppetRuns(): Rate;
  /** How often a command runs; `undefined` when that cannot be known. */
  ofCommand(command: CommandFact): Rate | undefined;
  /**
   * How often a unit starts: by its timers, sockets and restarts, by commands that start it or ask D-Bus for it, and with other units that
   * start often and need or want it.
   */
  ofUnit(unit: Unit): readonly Rate[];
  /** What starts a unit too, nobody knows how often. */
  unknownOfUnit(unit: Unit): readonly Evidence[];
  /** How often a bus service is started by the commands that ask for it; empty when one of them keeps it up. */
  ofBusService(service: BusService, systemd?: number): readonly Rate[];
}

/** Units that need or want one, directly or not, beyond which no more are looked at. */
const mostCompanions = 100;

/** Commands of units that start units whose commands start units: followed this deep. */
const deepestChain = 20;

interface StartingCommand {
  readonly command: CommandFact;
  /** It starts a unit that is up, too. */
  readonly again: boolean;
}

type Source = FactsOf<(typeof activationFacts)[number]>;

const puppetDefault: Rate = {
  perHour: 2,
  text: 'every 30 minutes',
  assumed: true,
  evidence: [
    {
      note: 'Nothing here says how often Puppet runs, so its default of every 30 minutes is assumed.',
      source: "Puppet's configuration reference, 'runinterval'",
    },
  ],
};

/** Joins commands and units. Nothing is worked out before it is asked. */
export function createActivations(source: Source, units: () => Units): Activations {
  let runs: Rate | undefined;
  /** Units whose rate is being worked out: a unit that runs a client of its own bus service must not go round in circles. */
  const open = new Set<Unit>();
  const known = new Map<Unit, readonly Rate[]>();

  const puppetRuns = (): Rate => (runs ??= findPuppetRuns());

  const findPuppetRuns = (): Rate => {
    const rates = source
      .commands(['puppet'])
      .filter((command) => command.origin.type !== 'puppet-exec' && runsPuppet(command))
      .map(ofCommand)
      .filter((rate) => rate !== undefined);
    const interval = runInterval(source);
    if (interval !== undefined) rates.push(interval);
    return (
      rates.reduce<Rate | undefined>(
        (best, rate) => (best !== undefined && best.perHour >= rate.perHour ? best : rate),
        undefined,
      ) ?? puppetDefault
    );
  };

  const ofCommand = (command: CommandFact): Rate | undefined => {
    const { origin } = command;
    if (command.always !== 'yes') return undefined;
    switch (origin.type) {
      case 'puppet-exec': {
        if (origin.everyRun !== 'yes') return undefined;
        const rate = origin.schedule === undefined ? puppetRuns() : ofSchedule(origin.schedule, origin.at);
        return rate && withEvidence(rate, [...guardEvidence(origin), ...conditionEvidence(command)]);
      }
      case 'cron': {
        const rate = origin.schedule === undefined ? undefined : cronRate(origin.schedule);
        if (rate === undefined) return undefined;
        const note = `cron runs this ${rate.text}.`;
        return { ...rate, evidence: [{ span: origin.at, note }, ...conditionEvidence(command)] };
      }
      case 'go-loop':
        if (origin.intervalSeconds === undefined) return undefined;
        return {
          perHour: 3600 / origin.intervalSeconds,
          text: everyText(origin.intervalSeconds),
          evidence: [{ span: origin.pace, note: `This paces the loop: ${everyText(origin.intervalSeconds)}.` }],
        };
      case 'unit': {
        if (!/^Exec(?:Start|StartPre|StartPost|Condition)$/.test(origin.directive)) return undefined;
        const rates = unitsOfPlace(origin.at).map((unit) => sumRates(ofUnit(unit)));
        return rates.find((rate) => rate !== undefined);
      }
    }
  };

  const schedules = once(() => groupBy(source.facts('puppet.schedule'), ({ name }) => name));
  /** Of schedules of the tree: they are the same for whoever names them. */
  const scheduled = new Map<string, { readonly rate: Rate | undefined }>();

  const ofSchedule = (name: string, at: Span): Rate | undefined => {
    const own = schedules().get(name);
    if (own === undefined) return scheduledRate(puppetRuns(), name, at, []);
    const known = scheduled.get(name) ?? { rate: scheduledRate(puppetRuns(), name, at, own) };
    scheduled.set(name, known);
    return known.rate;
  };

  /** Those that a place is part of: a file may hold several. */
  const unitsOfPlace = ({ file, start, end }: Span): readonly Unit[] =>
    units()
      .ofFile(file)
      .filter(({ files }) => files.some(({ span }) => span.file === file && span.start <= start && end <= span.end));

  const starts = once((): UnitStarts => createUnitStarts(units()));

  /** Commands by the units they start: of several of one name, the one that is nearest to the command. */
  const startingCommands = once((): ReadonlyMap<Unit, readonly StartingCommand[]> => {
    const found = new Map<Unit, StartingCommand[]>();
    for (const command of source.commands(startingPrograms)) {
      const started = unitCommand(command.words);
      if (started === undefined) continue;
      const { file } = command.origin.at;
      const [asking] = units().ofFile(file);
      const near = asking ?? { manager: 'system' as const, root: file.slice(0, file.lastIndexOf('/') + 1) };
      for (const name of started.units) {
        const unit = near.manager === 'system' ? units().find(name, near) : undefined;
        if (unit === undefined) continue;
        const entry = { command, again: started.verb === 'restart' };
        addTo(found, unit, entry);
      }
    }
    return found;
  });

  /** By commands that start a unit by its name. */
  const commandRates = (unit: Unit): readonly Rate[] =>
    (startingCommands().get(unit) ?? []).flatMap(({ command, again }) => {
      const rate = again || isStartedAgain(unit) ? ofCommand(command) : undefined;
      const note = `This starts '${unit.name}'.`;
      return rate === undefined ? [] : [withEvidence(rate, [{ span: command.span, note }])];
    });

  /** By everything but other units that need it. */
  const ownRates = (unit: Unit): readonly Rate[] => {
    const asked = busServices.filter(
      (service) => service.unit === unit.name || service.name === unit.text('Service', 'BusName'),
    );
    return [...starts().of(unit).rates, ...commandRates(unit), ...asked.flatMap((service) => ofBusService(service))];
  };

  const ofUnit = (unit: Unit): readonly Rate[] => {
    const found = known.get(unit);
    if (found !== undefined || open.has(unit) || open.size > deepestChain) return found ?? [];
    open.add(unit);
    const own = ownRates(unit);
    const rates = isStartedAgain(unit) ? [...own, ...companionRates(unit)] : own;
    open.delete(unit);
    known.set(unit, rates);
    return rates;
  };

  /** With units that need or want it, and those that need or want them. */
  const companionRates = (unit: Unit): readonly Rate[] => {
    const chains = new Map<Unit, readonly Companion[]>([[unit, []]]);
    const rates: Rate[] = [];
    for (const [each, chain] of chains) {
      for (const companion of starts().withUnits(each)) {
        const { starter } = companion;
        if (chains.has(starter) || chains.size > mostCompanions) continue;
        const longer = [companion, ...chain];
        chains.set(starter, longer);
        if (open.has(starter)) continue;
        open.add(starter);
        for (const rate of ownRates(starter)) {
          rates.push(
            withEvidence(
              rate,
              longer.map(({ evidence }) => evidence),
            ),
          );
        }
        open.delete(starter);
      }
    }
    return rates;
  };

  /** Commands by the bus service they ask for, with what does it. */
  const clients = once(() => {
    const calls = source.commands(busPrograms).flatMap((command) => {
      const call = busCall(command.words);
      return call === undefined ? [] : [{ command, call }];
    });
    return groupBy(calls, ({ call }) => call.service);
  });
  const ofServices = new Map<string, readonly Rate[]>();

  const ofBusService = (service: BusService, systemd = newestSystemd): readonly Rate[] => {
    const key = `${service.name} ${systemd}`;
    const found = ofServices.get(key);
    if (found !== undefined) return found;
    const rates = ratesOfBusService(service, systemd);
    // On the way to a unit's rate, what goes round in circles is left out.
    if (open.size === 0) ofServices.set(key, rates);
    return rates;
  };

  const ratesOfBusService = (service: BusService, systemd: number): readonly Rate[] => {
    const idle = idleExitSeconds(service, systemd);
    if (idle === undefined) return [];
    /** Clients of one run (a Puppet run, a unit's start) find the service up that the first of them has started. */
    const runs = new Map<string, { readonly rate: Rate; readonly evidence: Evidence[] }>();
    for (const { command, call } of clients().get(service) ?? []) {
      const rate = ofCommand(command);
      if (rate === undefined) continue;
      // A request before the service has gone keeps it up, for every other client too.
      if (3600 / rate.perHour <= idle) return [];
      const run = runOf(command);
      const first = runs.get(run);
      if (first === undefined) {
        const note = `'${call.text}' asks D-Bus for '${service.name}', which starts '${service.unit}'.`;
        runs.set(run, { rate, evidence: [...rate.evidence, { span: command.span, note }] });
      } else {
        first.evidence.push({ span: command.span, note: `'${call.text}' asks for it too, in the same run.` });
      }
    }
    return [...runs.values()].map(({ rate, evidence }) => ({ ...rate, evidence }));
  };

  const unknownOfUnit = (unit: Unit): readonly Evidence[] => starts().of(unit).unknown;

  return { puppetRuns, ofCommand, ofUnit, unknownOfUnit, ofBusService };
}

/** What is the same for commands that run one after the other, each time. */
export function runOf({ origin }: CommandFact): string {
  switch (origin.type) {
    case 'puppet-exec':
      return 'puppet';
    case 'unit':
      return `unit ${origin.unit}`;
    default:
      return `${origin.at.file}:${origin.at.start}`;
  }
}

/** One rate of several; `undefined` for none. */
export function sumRates(rates: readonly Rate[]): Rate | undefined {
  const [first, ...others] = rates;
  if (first === undefined || others.length === 0) return first;
  return {
    perHour: rates.reduce((sum, rate) => sum + rate.perHour, 0),
    text: rates.map((rate) => rate.text).join(' and '),
    evidence: rates.flatMap((rate) => rate.evidence),
    ...(rates.some((rate) => rate.assumed === true) ? { assumed: true } : {}),
  };
}

function withEvidence(rate: Rate, more: readonly Evidence[]): Rate {
  return { ...rate, evidence: [...rate.evidence, ...more] };
}

function guardEvidence(origin: PuppetExecOrigin): readonly Evidence[] {
  switch (origin.attribute) {
    case 'unless':
    case 'onlyif':
      return [
        {
          span: origin.at,
          note: `Puppet runs '${origin.attribute}' at every agent run, to find out whether to run the command.`,
        },
      ];
    default:
      return [{ span: origin.at, note: 'Nothing guards this exec, so Puppet runs its command at every agent run.' }];
  }
}

/** `puppet agent` in the foreground, or `puppet apply`. */
function runsPuppet(command: CommandFact): boolean {
  const [first, ...words] = command.words.map(literalText);
  if (first === undefined || !/(?:^|\/)puppet$/.test(first)) return false;
  // These change or print something and apply no catalogue.
  if (words.some((word) => /^--(?:enable|disable|fingerprint|help|version|configprint)\b/.test(word ?? '')))
    return false;
  const verb = words.find((word) => word === undefined || !word.startsWith('-'));
  return verb === 'agent' || verb === 'apply';
}

/** `runinterval` of puppet.conf, however it is set; `[agent]` beats `[main]`, and of several the shortest. */
function runInterval(source: Source): Rate | undefined {
  const settings = [
    ...source.facts('puppet.setting').filter((setting) => setting.key === 'runinterval'),
    ...source.commands(['puppet']).flatMap(setByCommand),
  ];
  for (const section of ['agent', 'main']) {
    const known = settings.flatMap((setting) => {
      const seconds = setting.section === section ? durationSeconds(literalText(setting.value) ?? '') : undefined;
      return seconds === undefined || seconds === 0 ? [] : [{ seconds, span: setting.span }];
    });
    const [first, ...others] = known;
    if (first === undefined) continue;
    const { seconds, span } = others.reduce((best, each) => (each.seconds < best.seconds ? each : best), first);
    const text = everyText(seconds);
    return { perHour: 3600 / seconds, text, evidence: [{ span, note: `The Puppet agent runs ${text}.` }] };
  }
  return undefined;
}

/** `puppet config set runinterval 30m --section agent` */
function setByCommand({ words, span }: CommandFact): readonly Pick<PuppetSettingFact, 'section' | 'value' | 'span'>[] {
  const texts = words.map(literalText);
  if (!/(?:^|\/)puppet$/.test(texts[0] ?? '') || texts[1] !== 'config') return [];
  const at = texts.indexOf('runinterval');
  const value = words[at + 1];
  if (!texts.includes('set') || at < 0 || value === undefined) return [];
  const option = texts.findIndex((text) => text === '--section');
  const section =
    option < 0 ? (texts.find((text) => text?.startsWith('--section='))?.slice(10) ?? 'main') : texts[option + 1];
  return section === undefined ? [] : [{ section, value, span }];
}

/** Puppet's durations: `1800`, `30m`, `1h`, `2d`, `1y`. */
function durationSeconds(text: string): number | undefined {
  const match = /^(\d+)([smhdy]?)$/.exec(text);
  if (match === null) return undefined;
  const unit = { '': 1, s: 1, m: 60, h: 3600, d: 86_400, y: 31_536_000 }[match[2] ?? ''];
  return unit === undefined ? undefined : Number(match[1]) * unit;
}
