/** What a text says of a node, by the place on the node that it is written to. */
import type { CommandFact } from '../../core/facts/command.ts';
import type { ScriptFact } from '../../core/facts/script.ts';
import type { UnitAssignmentFact } from '../../core/facts/systemd.ts';
import type { Fact } from '../../core/fact.ts';
import { contains, type Span } from '../../core/span.ts';
import { displayText, HOLE, literalText, spanOf, type Template } from '../../core/template.ts';
import { unitLocation } from '../../core/unit-place.ts';
import { cronFacts } from '../cron/index.ts';
import { daemonFacts } from '../docker/index.ts';
import { puppetSettingFacts } from '../ini/index.ts';
import { deployedReaders, type DeployedReader } from '../deployed.ts';
import { loadYaml } from '../kubelet/read-yaml.ts';
import { grubDefaultFacts, modulesLoadFacts } from '../nodes/index.ts';
import { moduleOptionFacts } from '../nodes/modprobe.ts';
import { commandsOf, loadShellParser } from '../shell/commands.ts';
import { sysctlFacts } from '../sysctl/index.ts';
import { looksLikeUnit, readUnit } from '../systemd/unit.ts';
import { conditionalParts } from './rendered.ts';

/** Must be awaited before `documentFacts`. */
export async function loadDocumentParsers(): Promise<void> {
  await Promise.all([loadShellParser(), loadYaml()]);
}

/** Destinations with the readers of what lies there; a hole in a destination stands for part of a name. */
const readers: readonly (readonly [RegExp, DeployedReader])[] = [
  [/^\/etc\/cron\.d\/[^/]+$/, (text) => cronFacts(text, true)],
  [/^\/etc\/crontab$/, (text) => cronFacts(text, true)],
  [/^\/var\/spool\/cron\/(?:crontabs\/)?[^/]+$/, (text) => cronFacts(text, false)],
  [/^\/etc\/cron\.(?:hourly|daily|weekly|monthly)\/[^/]+$/, periodicScript],
  [/^\/(?:etc|usr\/lib|lib|run)\/sysctl\.d\/[^/]+\.conf$/, sysctlFile],
  [/^\/etc\/sysctl\.conf$/, sysctlFile],
  [/^\/(?:etc|usr\/lib|lib|run)\/modules-load\.d\/[^/]+\.conf$/, (text) => modulesLoadFacts(text)],
  [/^\/(?:etc|usr\/lib|lib|run)\/modprobe\.d\/[^/]+\.conf$/, (text) => moduleOptionFacts(text)],
  [/^\/etc\/modules$/, (text) => modulesLoadFacts(text)],
  [/^\/etc\/default\/grub(?:\.d\/[^/]+\.cfg)?$/, (text) => grubDefaultFacts(text)],
  [/^\/etc\/(?:puppetlabs\/)?puppet\/puppet\.conf$/, (text) => puppetSettingFacts(text)],
  [/^\/etc\/docker\/daemon\.json$/, (text) => daemonFacts(text)],
  ...deployedReaders,
];

/**
 * The facts of a text that something writes to `destination`, an absolute path. Those of a part of a template that may not be
 * there are left out where another branch says the same thing otherwise, and its commands may or may not run.
 */
export function documentFacts(text: Template, destination: Template): readonly Fact[] {
  // A text that is not known at all says nothing, not even that there is an empty unit.
  if (text.text === HOLE) return [];
  const path = destination.text;
  const unit = unitFacts(text, displayText(destination));
  if (unit !== undefined) return unit;
  const reader = readers.find(([pattern]) => pattern.test(path))?.[1];
  const facts = (reader?.(text, path) ?? []).filter(({ kind }) => kind !== 'syntax.error' || text.holes.length === 0);
  const script = reader === undefined || reader === periodicScript ? scriptFact(text, destination) : undefined;
  return withConditions(text, script === undefined ? facts : [...facts, script]);
}

/** The facts of a line that is written into a file at this place. Of a unit a line alone says nothing: its section is not known. */
export function lineFacts(text: Template, destination: Template): readonly Fact[] {
  const isUnit = unitLocation(displayText(destination)) !== undefined;
  return isUnit ? [] : documentFacts(text, destination).filter(({ kind }) => kind !== 'script');
}

/** Whether a text at this place may say something: to be asked before the text is worked out. */
export function mayMatter(destination: Template): boolean {
  const path = destination.text;
  if (!path.startsWith('/')) return path.startsWith(HOLE);
  const name = path.slice(path.lastIndexOf('/') + 1);
  // Scripts have an ending of their own, or none.
  if (!name.includes('.') || name.endsWith('.sh')) return true;
  return unitLocation(path) !== undefined || readers.some(([pattern]) => pattern.test(path));
}

/** Whether a text at this place that is no shell script by its first line says nothing. */
export function takesScriptsOnly(destination: Template): boolean {
  const path = destination.text;
  const location = unitLocation(displayText(destination));
  return (
    !path.endsWith('.sh') &&
    (location === undefined || location.layer === 'other') &&
    !readers.some(([pattern]) => pattern.test(path))
  );
}

function sysctlFile(text: Template, destination: string): readonly Fact[] {
  const fileName = destination.includes(HOLE) ? undefined : destination.slice(destination.lastIndexOf('/') + 1);
  return sysctlFacts(text, 'puppet', fileName);
}

/** A unit or drop-in in a directory of systemd's; `undefined` for any other destination. */
function unitFacts(text: Template, destination: string): readonly Fact[] | undefined {
  const location = unitLocation(destination);
  if (location === undefined || location.layer === 'other') return undefined;
  if (text.text !== HOLE && !looksLikeUnit(text.text)) return [];
  const { file, source } = text;
  // Alternatives of one text stand at one place, but are not one unit.
  const document = `${file}#${source}.${checksum(text.text)}:${destination}`;
  return withConditions(text, readUnit(text, { ...location, root: moduleDirectory(file), document }));
}

function checksum(text: string): string {
  let sum = 0;
  for (let at = 0; at < text.length; at++) sum = (Math.imul(sum, 31) + text.charCodeAt(at)) | 0;
  return (sum >>> 0).toString(36);
}

/** The module a file belongs to, or its directory, with a `/` at its end or empty. */
function moduleDirectory(path: string): string {
  const match = /^(.*\/)?(?:manifests|templates|files)\//.exec(path);
  return match === null ? path.slice(0, path.lastIndexOf('/') + 1) : (match[1] ?? '');
}

/** A script that `run-parts` runs (cron.hourly and the like), as entries of cron. */
function periodicScript(text: Template, destination: string): readonly CommandFact[] {
  if (!isShellScript(text.text)) return [];
  const pace = /cron\.(\w+)/.exec(destination)?.[1] ?? '';
  const at = spanOf(text, 0, firstLineEnd(text.text));
  const origin = { type: 'cron', at, schedule: `@${pace}`, written: `in /etc/cron.${pace}` } as const;
  return commandsOf(text).map((command) => ({ kind: 'command', ...command, origin }));
}

/** A shell script by its first line, or by its name and place if it has none. */
function scriptFact(text: Template, destination: Template): ScriptFact | undefined {
  const path = literalText(destination);
  if (path === undefined || !path.startsWith('/') || !isShellScript(text.text, path)) return undefined;
  return { kind: 'script', span: spanOf(text, 0, firstLineEnd(text.text)), path, commands: commandsOf(text) };
}

function isShellScript(text: string, path = ''): boolean {
  if (text.startsWith('#!')) return /^#![^\n]*\b(?:ba|da|k|z)?sh\b/.test(text);
  return path.endsWith('.sh');
}

function firstLineEnd(text: string): number {
  const end = text.indexOf('\n');
  return end < 0 ? text.length : end;
}

/** A part of a template that may not be there, at its place in the file. */
interface ConditionalSpan {
  readonly span: Span;
  readonly choice: number;
  readonly branch: number;
}

/** A template with more of them is no configuration that a person wrote: all of it may not be there. */
const maximumParts = 500;

function withConditions(text: Template, facts: readonly Fact[]): readonly Fact[] {
  const conditional = conditionalParts(text);
  const all = { start: 0, end: text.text.length, choice: 0, branch: 0 };
  const parts = (conditional.length > maximumParts ? [all] : conditional).map(
    ({ start, end, choice, branch }): ConditionalSpan => {
      return { span: spanOf(text, start, end), choice, branch };
    },
  );
  if (parts.length === 0) return facts;
  const branches = new Map<string, number>();
  const dropped: Span[] = [];
  return facts.flatMap((fact): readonly Fact[] => {
    const around = parts.filter(({ span }) => contains(span, fact.span));
    switch (fact.kind) {
      case 'unit.file':
        return [{ ...fact, complete: false }];
      case 'unit.assignment':
        if (isFirstBranch(fact, around, branches)) return [fact];
        dropped.push(fact.span);
        return [];
      case 'command':
        if (dropped.some((span) => contains(span, fact.span))) return [];
        return [around.length > 0 && fact.always === 'yes' ? { ...fact, always: 'unknown' } : fact];
      case 'script':
        return [{ ...fact, commands: fact.commands.map((command) => maybe(command, parts)) }];
      case 'kubelet.config':
        return [parts.some(({ span }) => contains(fact.document, span)) ? { ...fact, partial: true } : fact];
      case 'kubelet.setting':
        return [around.length > 0 ? { ...fact, conditional: true } : fact];
      default:
        return around.some(({ branch }) => branch > 0) ? [] : [fact];
    }
  });
}

function maybe<Command extends ScriptFact['commands'][number]>(
  command: Command,
  parts: readonly ConditionalSpan[],
): Command {
  const isConditional = command.always === 'yes' && parts.some(({ span }) => contains(span, command.span));
  return isConditional ? { ...command, always: 'unknown' } : command;
}

/** Whether no earlier branch of the same choice sets the same thing: only one of them can be in the unit. */
function isFirstBranch(
  { section, key }: UnitAssignmentFact,
  around: readonly ConditionalSpan[],
  branches: Map<string, number>,
): boolean {
  let isFirst = true;
  for (const { choice, branch } of around) {
    const name = `${choice} ${section} ${key}`;
    const first = branches.get(name);
    if (first === undefined) branches.set(name, branch);
    else if (first !== branch) isFirst = false;
  }
  return isFirst;
}
