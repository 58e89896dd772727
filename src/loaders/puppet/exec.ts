/** Which commands of an `exec` Puppet runs, and whether it runs them at every agent run. */
import type { CommandFact, PuppetExecOrigin } from '../../core/facts/command.ts';
import { displayText, spanOf, type Answer, type Template } from '../../core/template.ts';
import { commandsOf, unwrapCommand } from '../shell/commands.ts';
import type { Expression } from './ast.ts';
import type { Resource } from './resources.ts';
import { elementsOf, isTrue, literalOf, textOf } from './values.ts';

interface Run {
  readonly everyRun: Answer;
  readonly because?: string;
}

/**
 * The commands of an exec. Order of Puppet's checks: refreshonly, creates, unless, onlyif. A list of `unless` commands
 * runs until one succeeds and one of `onlyif` until one fails, so only the first surely runs.
 */
export function execCommands(resource: Resource, source: Template): readonly CommandFact[] {
  const { attributes } = resource;
  if (/^(?:windows|powershell|pwsh)$/.test(literalOf(attributes.get('provider'), source) ?? '')) return [];
  const blocked = whatBlocks(resource, source);
  const unless = attributes.get('unless');
  const onlyif = attributes.get('onlyif');
  const guarded = unless !== undefined || onlyif !== undefined;
  const found: CommandFact[] = [];

  const add = (attribute: PuppetExecOrigin['attribute'], value: Expression, run: Run) => {
    const origin: PuppetExecOrigin = {
      type: 'puppet-exec',
      title: displayText(textOf(resource.title, source)),
      attribute,
      at: spanOf(source, value.start, value.end),
      resource: spanOf(source, resource.start, resource.end),
      ...run,
    };
    for (const command of shellCommands(value, source)) found.push({ kind: 'command', ...command, origin });
  };

  const addGuard = (attribute: 'unless' | 'onlyif', value: Expression, first: Run) => {
    elementsOf(value).forEach((element, index) => {
      add(
        attribute,
        element,
        index === 0
          ? first
          : { everyRun: 'unknown', because: `It runs only after what stands before it in '${attribute}'.` },
      );
    });
  };

  if (unless !== undefined) addGuard('unless', unless.value, blocked ?? { everyRun: 'yes' });
  if (onlyif !== undefined) {
    const first: Run =
      unless === undefined
        ? { everyRun: 'yes' }
        : { everyRun: 'unknown', because: "It runs only when 'unless' has failed." };
    addGuard('onlyif', onlyif.value, blocked ?? first);
  }

  const command = attributes.get('command');
  const run = blocked ?? commandRun(resource, guarded, source);
  if (command === undefined) add('title', resource.title, run);
  else add('command', command.value, run);

  const refresh = attributes.get('refresh');
  if (refresh !== undefined) {
    add('refresh', refresh.value, {
      everyRun: 'no',
      because: "A 'refresh' command runs only when another resource notifies the exec.",
    });
  }
  return found;
}

/** The command itself, where nothing keeps the guards from running. */
function commandRun(resource: Resource, guarded: boolean, source: Template): Run {
  if (guarded) return { everyRun: 'unknown', because: 'It runs only when the guard lets it.' };
  if (isTrue(resource.attributes.get('noop'), source) !== 'no') {
    return { everyRun: 'unknown', because: "With 'noop' Puppet runs the guards but not the command." };
  }
  return { everyRun: 'yes' };
}

/** What keeps Puppet from running even the guards. */
function whatBlocks(resource: Resource, source: Template): Run | undefined {
  const { attributes } = resource;
  const refreshOnly = isTrue(attributes.get('refreshonly'), source);
  if (refreshOnly === 'yes') return { everyRun: 'no', because: "It is 'refreshonly', so it runs only when notified." };
  if (attributes.has('creates'))
    return { everyRun: 'unknown', because: "It has 'creates', so it runs only until that file exists." };
  if (refreshOnly === 'unknown')
    return { everyRun: 'unknown', because: "It is not known whether it is 'refreshonly'." };
  if (attributes.has('schedule')) return { everyRun: 'unknown', because: "A 'schedule' decides when it runs." };
  if (resource.form !== 'regular')
    return { everyRun: 'unknown', because: 'It is virtual, so it runs only where it is collected.' };
  if (resource.inPlan) return { everyRun: 'no', because: 'It stands in a Bolt plan, which somebody runs by hand.' };
  if (resource.condition !== undefined) {
    const because = `It runs only while '${resource.condition}' holds, which the command may change.`;
    return { everyRun: 'unknown', because };
  }
  if (resource.splat) return { everyRun: 'unknown', because: "The attributes of '*' are not known." };
  return undefined;
}

/** An array is a command with its arguments, run without a shell; a text may hold shell syntax. */
function shellCommands(value: Expression, source: Template): ReturnType<typeof commandsOf> {
  const elements = elementsOf(value);
  if (value.type !== 'ArrayLiteral') return commandsOf(textOf(value, source));
  if (elements.length === 0) return [];
  const words = elements.map((element) => textOf(element, source));
  return unwrapCommand(words, 'yes', spanOf(source, value.start, value.end));
}
