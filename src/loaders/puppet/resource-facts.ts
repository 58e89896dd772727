/** What resources say about the node: its cron entries, packages, kernel modules and parameters. */
import type { Fact } from '../../core/fact.ts';
import { literalText, TemplateBuilder, type Value } from '../../core/template.ts';
import { cronCommands } from '../cron/index.ts';
import { agentClassFacts } from './agent-runs.ts';
import { kubeletClassFacts } from './kubelet-classes.ts';
import type { Expression } from '../../core/puppet-ast.ts';
import {
  elementsOf,
  literalOf,
  placeText,
  texts,
  type EvaluatedAttribute,
  type EvaluatedResource,
  type ExpansionContext,
} from './evaluated.ts';
import { concatTypes } from './concat.ts';
import { embeddedFacts, embeddingTypes } from './embedded.ts';
import { execCommands } from './exec.ts';
import { settingFacts, settingTypes } from './setting-resources.ts';

/** Types that say something by themselves; of other types only those are evaluated that the tree defines. */
export const tellingTypes: ReadonlySet<string> = new Set([
  'exec',
  'cron',
  'package',
  'kmod::load',
  'kernel_parameter',
  'class',
  ...concatTypes,
  ...embeddingTypes,
  ...settingTypes,
]);

/** The facts of one resource, without its conditions: the caller adds them. */
export function resourceFacts(resource: EvaluatedResource, context: ExpansionContext): readonly Fact[] {
  switch (resource.type) {
    case 'exec':
      return execCommands(resource);
    case 'cron':
      return cronResource(resource, context);
    case 'package':
      return packageResource(resource);
    case 'kmod::load':
      return kernelModule(resource);
    case 'kernel_parameter':
      return kernelParameter(resource);
    case 'class':
      return [...agentClassFacts(resource), ...kubeletClassFacts(resource)];
    default:
      return embeddingTypes.has(resource.type) ? embeddedFacts(resource, context) : settingFacts(resource);
  }
}

const scheduleAttributes = ['minute', 'hour', 'monthday', 'month', 'weekday', 'special'];

function cronResource(resource: EvaluatedResource, { manifest }: ExpansionContext): readonly Fact[] {
  const { attributes } = resource;
  const command = attributes.get('command');
  if (command === undefined || isAbsent(resource)) return [];
  const special = attributes.get('special');
  const fields = scheduleAttributes.slice(0, -1).map((name) => cronField(attributes.get(name)));
  const nickname = literalOf(special?.value);
  const known =
    resource.splat || resource.form !== 'regular' || fields.includes(undefined) ? undefined : fields.join(' ');
  const schedule = special === undefined ? known : nickname === undefined ? undefined : `@${nickname}`;
  const written = scheduleAttributes
    .map((name) => attributes.get(name))
    .filter((attribute) => attribute !== undefined)
    .map(({ name, span, expression, value }) => {
      const source = expression === undefined ? undefined : manifest.text.slice(span.start, span.end);
      return `${name} => ${source ?? literalOf(value) ?? '?'}`;
    });
  return texts(command.value).flatMap((text) =>
    cronCommands(text, {
      type: 'cron',
      at: command.span,
      schedule,
      written: written.length === 0 ? 'every minute' : written.join(', ').replace(/\s+/g, ' '),
    }),
  );
}

/** One field of a schedule; `fqdn_rand(N)` is some number, and which one does not change how often it runs. */
function cronField(attribute: EvaluatedAttribute | undefined): string | undefined {
  if (attribute === undefined) return '*';
  const random = attribute.expression === undefined ? undefined : randomOffset(attribute.expression);
  if (random !== undefined) return String(random);
  const items = attribute.expression?.type === 'ArrayLiteral' ? attribute.expression.elements : [];
  const fields = elementsOf(attribute.value).map((element, index) => {
    const offset = items[index] === undefined ? undefined : randomOffset(items[index]);
    return offset === undefined ? literalOf(element) : String(offset);
  });
  if (fields.some((field) => field === undefined || field === '')) return undefined;
  return fields.every((field) => field === 'absent') ? '*' : fields.join(',');
}

/** `fqdn_rand(30)` as 0, `fqdn_rand(30) + 30` as 30. */
function randomOffset(expression: Expression): number | undefined {
  if (expression.type === 'Parenthesized') return randomOffset(expression.expression);
  if (expression.type === 'Call') {
    const isRandom =
      expression.callee.type === 'Name' && /^(?:stdlib::)?(?:fqdn_rand|seeded_rand)$/.test(expression.callee.name);
    return isRandom ? 0 : undefined;
  }
  if (expression.type === 'Binary' && expression.operator === '+' && expression.right.type === 'NumberLiteral') {
    const base = randomOffset(expression.left);
    return base === undefined ? undefined : base + expression.right.value;
  }
  return undefined;
}

/** One fact for each version that is asked for. */
function packageResource(resource: EvaluatedResource): readonly Fact[] {
  const { attributes } = resource;
  const named = attributes.get('name');
  const ensure = attributes.get('ensure');
  const states: Value | readonly undefined[] = ensure === undefined ? [undefined] : texts(ensure.value);
  return (named === undefined ? resource.title : texts(named.value)).flatMap((text) => {
    const name = literalText(text);
    if (name === undefined) return [];
    return states.flatMap((version): readonly Fact[] => {
      const state = version === undefined ? undefined : literalText(version);
      if (state !== undefined && ['absent', 'purged', 'held', 'disabled', 'false'].includes(state)) return [];
      const asked =
        state === undefined || !['present', 'installed', 'latest', 'true'].includes(state) ? version : undefined;
      const span = ensure !== undefined && asked !== undefined ? ensure.span : resource.titleSpan;
      return [{ kind: 'package', source: 'puppet', name, version: asked, span }];
    });
  });
}

function kernelModule(resource: EvaluatedResource): readonly Fact[] {
  if (isAbsent(resource)) return [];
  return knownTitles(resource).map((name) => ({
    kind: 'kernel.module',
    source: 'puppet',
    name: name.replaceAll('-', '_'),
    span: resource.titleSpan,
  }));
}

/** `kernel_parameter { 'cgroup.memory': value => 'nokmem' }`, or one that is there without a value. */
function kernelParameter(resource: EvaluatedResource): readonly Fact[] {
  const value = resource.attributes.get('value');
  const { titleSpan, span } = resource;
  if (isAbsent(resource) || (value === undefined && resource.splat)) return [];
  return knownTitles(resource).flatMap((name) =>
    (value === undefined ? [undefined] : texts(value.value)).map((each) => {
      const text = new TemplateBuilder(titleSpan.file, titleSpan.start);
      text.text(each === undefined ? name : `${name}=`, titleSpan.start, titleSpan.end - titleSpan.start);
      if (each !== undefined) text.append(placeText(each, value?.span ?? titleSpan));
      return { kind: 'kernel.parameters', source: 'puppet', span, text: text.build() };
    }),
  );
}

function isAbsent(resource: EvaluatedResource): boolean {
  return literalOf(resource.attributes.get('ensure')?.value) === 'absent';
}

function knownTitles(resource: EvaluatedResource): readonly string[] {
  return resource.title.map(literalText).filter((title) => title !== undefined);
}
