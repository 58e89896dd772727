/** Which commands of an `exec` Puppet runs, and whether it runs them at every agent run. */
import type { CommandFact, PuppetExecOrigin } from '../../core/facts/command.ts';
import type { Span } from '../../core/span.ts';
import { displayText, type Answer, type Template } from '../../core/template.ts';
import { commandsOf, unwrapCommand, type ShellCommand } from '../shell/commands.ts';
import {
  literalOf,
  placeText,
  plainText,
  texts,
  textOfAlternative,
  type Alternative,
  type EvaluatedAttribute,
  type EvaluatedResource,
  type PuppetValue,
} from './evaluated.ts';

interface Run {
  readonly everyRun: Answer;
  readonly because?: string;
  readonly schedule?: string;
}

/** A text for a shell, or the words of a command that runs without one. */
type CommandLine = Template | readonly Template[];

/**
 * The commands of an exec. Order of Puppet's checks: refreshonly, creates, unless, onlyif. A list of `unless` commands
 * runs until one succeeds and one of `onlyif` until one fails, so only the first surely runs.
 */
export function execCommands(resource: EvaluatedResource): readonly CommandFact[] {
  const { attributes } = resource;
  if (/^(?:windows|powershell|pwsh)$/.test(literalOf(attributes.get('provider')?.value) ?? '')) return [];
  const blocked = whatBlocks(resource);
  const schedule = scheduleOf(resource);
  const unless = attributes.get('unless');
  const onlyif = attributes.get('onlyif');
  const guarded = unless !== undefined || onlyif !== undefined;
  const title = resource.title.map(displayText)[0] ?? '';
  const found: CommandFact[] = [];

  /** @param lines what the attribute may be: one of them */
  const add = (
    attribute: PuppetExecOrigin['attribute'],
    lines: readonly CommandLine[],
    at: Span,
    run: Run,
    choices: readonly number[] = lines.map((_, index) => index),
    count = lines.length,
  ) => {
    const shared = { type: 'puppet-exec', title, attribute, at, resource: resource.span, ...schedule, ...run } as const;
    lines.forEach((line, index) => {
      const choice = { index: choices[index] ?? 0, count };
      const origin: PuppetExecOrigin = count > 1 ? { ...shared, choice } : shared;
      for (const command of shellCommands(line, at)) found.push({ kind: 'command', ...command, origin });
    });
  };

  const addGuard = (attribute: 'unless' | 'onlyif', value: EvaluatedAttribute, first: Run) => {
    const choices = value.value.flatMap((one, choice) => guardLines(one).map((guard) => ({ ...guard, choice })));
    for (const { line, index, choice } of choices) {
      const later: Run = {
        everyRun: 'unknown',
        because: `It runs only after what stands before it in '${attribute}'.`,
      };
      add(attribute, [line], elementSpan(value, index), index === 0 ? first : later, [choice], value.value.length);
    }
  };

  if (unless !== undefined) addGuard('unless', unless, blocked ?? { everyRun: 'yes' });
  if (onlyif !== undefined) {
    const first: Run =
      unless === undefined
        ? { everyRun: 'yes' }
        : { everyRun: 'unknown', because: "It runs only when 'unless' has failed." };
    addGuard('onlyif', onlyif, blocked ?? first);
  }

  const command = attributes.get('command');
  const run = blocked ?? commandRun(resource, guarded);
  if (command === undefined) add('title', resource.title, resource.titleSpan, run);
  else add('command', command.value.flatMap(commandLine), command.span, run);

  const refresh = attributes.get('refresh');
  if (refresh !== undefined) {
    add('refresh', refresh.value.flatMap(commandLine), refresh.span, {
      everyRun: 'no',
      because: "A 'refresh' command runs only when another resource notifies the exec.",
    });
  }
  return found;
}

/** Whether a boolean attribute is set; an absent one is not. */
export function isTrue(attribute: EvaluatedAttribute | undefined): Answer {
  if (attribute === undefined) return 'no';
  const answers = attribute.value.map((one): Answer => {
    const text = one.type === 'undef' ? 'undef' : one.type === 'unknown' ? undefined : literalOf([one]);
    return text === undefined ? 'unknown' : text === 'true' ? 'yes' : 'no';
  });
  const [first] = answers;
  return first !== undefined && answers.every((answer) => answer === first) ? first : 'unknown';
}

/** The command itself, where nothing keeps the guards from running. */
function commandRun(resource: EvaluatedResource, guarded: boolean): Run {
  if (guarded) return { everyRun: 'unknown', because: 'It runs only when the guard lets it.' };
  const noop = isTrue(resource.attributes.get('noop'));
  if (noop !== 'no') {
    const because = "With 'noop' Puppet runs the guards but not the command.";
    return { everyRun: noop === 'yes' ? 'no' : 'unknown', because };
  }
  return { everyRun: 'yes' };
}

/** What keeps Puppet from running even the guards. */
function whatBlocks(resource: EvaluatedResource): Run | undefined {
  const { attributes } = resource;
  const refreshOnly = isTrue(attributes.get('refreshonly'));
  if (refreshOnly === 'yes') return { everyRun: 'no', because: "It is 'refreshonly', so it runs only when notified." };
  if (isSet(attributes.get('creates')))
    return { everyRun: 'unknown', because: "It has 'creates', so it runs only until that file exists." };
  if (refreshOnly === 'unknown')
    return { everyRun: 'unknown', because: "It is not known whether it is 'refreshonly'." };
  const schedule = attributes.get('schedule');
  if (isSet(schedule)) {
    const name = literalOf(schedule?.value);
    if (name === undefined) return { everyRun: 'unknown', because: "A 'schedule' decides when it runs." };
    if (name === 'never') return { everyRun: 'no', because: "Its schedule 'never' keeps it from ever running." };
  }
  if (resource.form !== 'regular')
    return { everyRun: 'unknown', because: 'It is virtual, so it runs only where it is collected.' };
  if (resource.inPlan) return { everyRun: 'no', because: 'It stands in a Bolt plan, which somebody runs by hand.' };
  if (resource.changeable !== undefined) {
    const because = `It runs only while '${resource.changeable}' holds, which the command may change.`;
    return { everyRun: 'unknown', because };
  }
  if (resource.splat) return { everyRun: 'unknown', because: "The attributes of '*' are not known." };
  return undefined;
}

/** The schedule an exec names, if it names one. How often that lets it run is the model's question. */
function scheduleOf({ attributes }: EvaluatedResource): Pick<Run, 'schedule' | 'because'> {
  const schedule = literalOf(attributes.get('schedule')?.value);
  return schedule === undefined ? {} : { schedule, because: `Its schedule '${schedule}' decides when it runs.` };
}

/** Whether an attribute may have a value: only one that is surely undefined has none. */
function isSet(attribute: EvaluatedAttribute | undefined): boolean {
  return attribute?.value.some((one) => one.type !== 'undef') === true;
}

/** The commands of a guard: an array is a list of them, and an array in that a command with its arguments. */
function guardLines(one: Alternative): readonly { readonly line: CommandLine; readonly index: number }[] {
  if (one.type !== 'array') return commandLine(one).map((line) => ({ line, index: 0 }));
  return one.elements.flatMap((element, index) => element.flatMap(commandLine).map((line) => ({ line, index })));
}

/** An array is a command with its arguments, run without a shell; a text may hold shell syntax. */
function commandLine(one: Alternative): readonly CommandLine[] {
  if (one.type === 'sensitive') return one.value.flatMap(commandLine);
  if (one.type === 'array') return one.elements.length === 0 ? [] : [one.elements.map(wordOf)];
  const text = textOfAlternative(one);
  return text === undefined ? [] : [text];
}

/** One word of a command; a hole if it is one of several. */
function wordOf(value: PuppetValue): Template {
  const all = texts(value);
  return all.length === 1 && all[0] !== undefined ? all[0] : plainText('\uE000');
}

function shellCommands(line: CommandLine, at: Span): readonly ShellCommand[] {
  const place = (text: Template) => (text.file === '' ? placeText(text, at) : text);
  return 'text' in line ? commandsOf(place(line)) : unwrapCommand(line.map(place), 'yes', at);
}

/** An element of the attribute where it is written as an array, else the whole of it. */
function elementSpan({ span, expression }: EvaluatedAttribute, index: number): Span {
  const element = expression?.type === 'ArrayLiteral' ? expression.elements[index] : undefined;
  return element === undefined ? span : { file: span.file, start: element.start, end: element.end };
}
