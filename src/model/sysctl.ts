/** Kernel parameters as the configuration sets them: in files, by deployment tools and by commands. */
import type { CommandFact } from '../core/facts/command.ts';
import type { SysctlSettingFact } from '../core/facts/sysctl.ts';
import type { Span } from '../core/span.ts';
import { sysctlKey } from '../core/sysctl-key.ts';
import { literalText, sliceTemplate, spanOf, type Template } from '../core/template.ts';
import type { FactsOf } from './facts-of.ts';

/** Facts that settings are made from: what a rule that asks for them needs. */
export const sysctlSettingFacts = ['sysctl.setting', 'command'] as const;

/** Programs that may set one. */
const sysctlPrograms = ['sysctl', 'echo', 'printf'];

export interface SysctlSetting {
  /** Path below /proc/sys; in files it may be a pattern. */
  readonly key: string;
  /** `undefined` if a part of it is unknown. */
  readonly value: string | undefined;
  /** The value. */
  readonly span: Span;
  /** The whole line, resource or task; `undefined` for a command. */
  readonly entry: Span | undefined;
  readonly source: SysctlSettingFact['source'] | 'command';
  /** Where systemd-sysctl has its turn among the files: their names in order. `undefined` if unknown. */
  readonly order: string | undefined;
  readonly ignoreErrors: boolean;
  /** The command that sets it. */
  readonly command: CommandFact | undefined;
}

/** Everything that sets a kernel parameter; what tests of a module bring along is left out. */
export function sysctlSettings(source: FactsOf<(typeof sysctlSettingFacts)[number]>): readonly SysctlSetting[] {
  const ofFiles = source.facts('sysctl.setting').map((fact): SysctlSetting => ({
    key: fact.key,
    value: literalText(fact.value),
    span: fact.span,
    entry: fact.entry,
    source: fact.source,
    order: fact.fileName === 'sysctl.conf' ? '99-sysctl.conf' : fact.fileName,
    ignoreErrors: fact.ignoreErrors,
    command: undefined,
  }));
  return [...ofFiles, ...source.commands(sysctlPrograms).flatMap(settingsOfCommand)].filter(
    ({ span }) => !/(?:^|\/)(?:spec|tests?|fixtures)\//.test(span.file),
  );
}

/** `sysctl -w key=value`, also without `-w`, and `echo value > /proc/sys/key`. */
function settingsOfCommand(command: CommandFact): readonly SysctlSetting[] {
  const [name, ...words] = command.words;
  if (name === undefined) return [];
  const written = /^\/proc\/sys\/([\w./*-]+)$/.exec(command.output?.text ?? '')?.[1];
  const [value, ...others] = words;
  if (written !== undefined && /^(?:.*\/)?(?:echo|printf)$/.test(name.text)) {
    if (value === undefined || others.length > 0) return [];
    return [ofCommand(command, written, value, spanOf(value))];
  }
  if (!/^(?:.*\/)?sysctl$/.test(name.text)) return [];
  return words.flatMap((word) => {
    const parts = keyAndValue(word);
    return parts === undefined ? [] : [ofCommand(command, parts.key, parts.value, spanOf(word))];
  });
}

function ofCommand(command: CommandFact, key: string, value: Template, span: Span): SysctlSetting {
  return {
    key,
    value: literalText(value),
    span,
    entry: undefined,
    source: 'command',
    order: undefined,
    ignoreErrors: false,
    command,
  };
}

function keyAndValue(word: Template): { readonly key: string; readonly value: Template } | undefined {
  const match = /^([a-z][\w./*-]*)\s*=\s*/.exec(word.text);
  if (match?.[1] === undefined) return undefined;
  return { key: sysctlKey(match[1]), value: sliceTemplate(word, match[0].length, word.text.length) };
}
