/** What a manifest says about the node: the commands it runs, its cron entries, packages, kernel modules and parameters. */
import type { Fact } from '../../core/fact.ts';
import { literalText, spanOf, TemplateBuilder, type Template } from '../../core/template.ts';
import { cronCommands } from '../cron/index.ts';
import type { Expression, ParseResult } from './ast.ts';
import { execCommands } from './exec.ts';
import { resourcesOf, type Resource } from './resources.ts';
import { elementsOf, textOf } from './values.ts';

/** Facts in the order of the text. */
export function manifestFacts({ program, errors }: ParseResult, source: Template): readonly Fact[] {
  const facts: Fact[] = [];
  for (const error of errors) {
    facts.push({
      kind: 'syntax.error',
      format: 'puppet',
      message: error.message,
      span: spanOf(source, error.start, error.end),
    });
  }
  for (const resource of resourcesOf(program, source)) facts.push(...resourceFacts(resource, source));
  return facts;
}

function resourceFacts(resource: Resource, source: Template): readonly Fact[] {
  switch (resource.type) {
    case 'exec':
      return execCommands(resource, source);
    case 'cron':
      return cronResource(resource, source);
    case 'package':
      return packageResource(resource, source);
    case 'kmod::load':
      return kernelModule(resource, source);
    case 'kernel_parameter':
      return kernelParameter(resource, source);
    default:
      return [];
  }
}

function cronResource(resource: Resource, source: Template): readonly Fact[] {
  const { attributes } = resource;
  const command = attributes.get('command');
  if (command === undefined || literal(attributes.get('ensure')?.value, source) === 'absent') return [];
  const special = attributes.get('special');
  const fields = ['minute', 'hour', 'monthday', 'month', 'weekday'].map((name) =>
    cronField(attributes.get(name)?.value, source),
  );
  const nickname = special === undefined ? undefined : literal(special.value, source);
  const known =
    resource.splat || resource.form !== 'regular' || fields.includes(undefined) ? undefined : fields.join(' ');
  const schedule = special === undefined ? known : nickname === undefined ? undefined : `@${nickname}`;
  const written = ['minute', 'hour', 'monthday', 'month', 'weekday', 'special']
    .map((name) => attributes.get(name))
    .filter((operation) => operation !== undefined)
    .map((operation) => `${operation.name} => ${source.text.slice(operation.value.start, operation.value.end)}`);
  return cronCommands(textOf(command.value, source), {
    type: 'cron',
    at: spanOf(source, command.value.start, command.value.end),
    schedule,
    written: written.length === 0 ? 'every minute' : written.join(', ').replace(/\s+/g, ' '),
  });
}

/** One field of a schedule; `fqdn_rand(N)` is some number, and which one does not change how often it runs. */
function cronField(value: Expression | undefined, source: Template): string | undefined {
  if (value === undefined || value.type === 'Undef') return '*';
  const items = elementsOf(value).map((element) => {
    const offset = randomOffset(element);
    return offset === undefined ? literal(element, source) : String(offset);
  });
  if (items.some((item) => item === undefined || item === '')) return undefined;
  const known = items.filter((item) => item !== undefined);
  return known.every((item) => item === 'absent') ? '*' : known.join(',');
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

function packageResource(resource: Resource, source: Template): readonly Fact[] {
  const ensure = resource.attributes.get('ensure');
  const version = ensure === undefined ? undefined : textOf(ensure.value, source);
  const state = version === undefined ? undefined : literalText(version);
  if (state !== undefined && ['absent', 'purged', 'held', 'disabled'].includes(state)) return [];
  const name = literal(resource.attributes.get('name')?.value ?? resource.title, source);
  if (name === undefined) return [];
  const asked =
    state === undefined || !['present', 'installed', 'latest', 'true'].includes(state) ? version : undefined;
  const at = ensure !== undefined && asked !== undefined ? ensure.value : resource.title;
  return [{ kind: 'package', source: 'puppet', name, version: asked, span: spanOf(source, at.start, at.end) }];
}

function kernelModule(resource: Resource, source: Template): readonly Fact[] {
  const name = literal(resource.title, source);
  if (name === undefined || literal(resource.attributes.get('ensure')?.value, source) === 'absent') return [];
  const span = spanOf(source, resource.title.start, resource.title.end);
  return [{ kind: 'kernel.module', source: 'puppet', name: name.replaceAll('-', '_'), span }];
}

/** `kernel_parameter { 'cgroup.memory': value => 'nokmem' }` */
function kernelParameter(resource: Resource, source: Template): readonly Fact[] {
  const name = literal(resource.title, source);
  const value = resource.attributes.get('value');
  if (
    name === undefined ||
    value === undefined ||
    literal(resource.attributes.get('ensure')?.value, source) === 'absent'
  )
    return [];
  const title = spanOf(source, resource.title.start, resource.title.end);
  const text = new TemplateBuilder(source.file, title.start)
    .text(`${name}=`, title.start, title.end - title.start)
    .append(textOf(value.value, source))
    .build();
  return [{ kind: 'kernel.parameters', source: 'puppet', span: spanOf(source, resource.start, resource.end), text }];
}

function literal(value: Expression | undefined, source: Template): string | undefined {
  return value === undefined ? undefined : literalText(textOf(value, source));
}
