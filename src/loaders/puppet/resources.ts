/** The resources of a manifest with their attributes as they stand: `default:` bodies, resource defaults and overrides merged. */
import { equalsText, literalText, type Answer, type Template } from '../../core/template.ts';
import type { AttributeOperation, Expression, Node, Program, ResourceForm } from './ast.ts';
import { elementsOf, textOf } from './values.ts';
import { walk } from './walk.ts';

export interface Resource {
  /** In lower case, without a leading `::`. */
  readonly type: string;
  readonly title: Expression;
  readonly form: ResourceForm;
  readonly attributes: ReadonlyMap<string, AttributeOperation>;
  /** Attributes come from a hash that is not known (`* => $hash`). */
  readonly splat: boolean;
  /** In a Bolt plan: it is applied when somebody runs the plan. */
  readonly inPlan: boolean;
  /** Source of the innermost condition around it that asks for something the node itself may change (its name, its time zone). */
  readonly condition: string | undefined;
  readonly start: number;
  readonly end: number;
}

/** What `hostnamectl`, `timedatectl` and `localectl` change: comparing it makes a command run once, not always. */
const changeable =
  /host_?name|fqdn|certname|domain|time_?zone|\btz\b|locale|keymap|keyboard|chassis|icon|deployment|location|\bntp|rtc/i;
/** Facts are the state of the node; a parameter, also one named as a fact, is what somebody wants of it. */
const factAccess = /\$(?:::)?facts\b|\bfacts?\(|\$::(?!\w*::)\w/;

/** Every resource whose type is known, in the order of the text. An array of titles gives one resource each. */
export function resourcesOf(program: Program, source: Template): readonly Resource[] {
  const found: Resource[] = [];
  const changes = collectChanges(program, source);
  walk(program, (node, parents) => {
    if (node.type !== 'ResourceExpression' || node.typeName.type !== 'Name') return undefined;
    const type = typeName(node.typeName.name);
    const condition = conditionOf(parents, source);
    const inPlan = parents.some((parent) => parent.type === 'Plan' || parent.type === 'ApplyBlock');
    const shared = node.bodies.find((body) => body.title.type === 'Default')?.operations ?? [];
    const collected = changes.collectors.get(type) ?? [];
    for (const body of node.bodies) {
      if (body.title.type === 'Default') continue;
      for (const title of elementsOf(body.title)) {
        const operations = [
          ...(changes.defaults.get(type) ?? []),
          ...shared,
          ...body.operations,
          ...(changes.overrides.get(changeKey(type, title, source)) ?? []),
          ...collected.flatMap(({ appliesTo, operations: changed }) => (appliesTo(title) === 'yes' ? changed : [])),
        ];
        const attributes = new Map<string, AttributeOperation>();
        for (const operation of operations) {
          if (operation.value.type === 'Undef') attributes.delete(operation.name);
          else if (operation.operator !== '* =>') attributes.set(operation.name, operation);
        }
        const splat =
          operations.some((operation) => operation.operator === '* =>') ||
          collected.some(({ appliesTo }) => appliesTo(title) === 'unknown');
        found.push({
          type,
          title,
          form: node.form,
          attributes,
          splat,
          inPlan,
          condition,
          start: body.start,
          end: body.end,
        });
      }
    }
    return undefined;
  });
  return found;
}

interface Changes {
  readonly defaults: ReadonlyMap<string, readonly AttributeOperation[]>;
  readonly overrides: ReadonlyMap<string, readonly AttributeOperation[]>;
  readonly collectors: ReadonlyMap<string, readonly CollectorChange[]>;
}

/** `Exec <| query |> { ... }` */
interface CollectorChange {
  readonly operations: readonly AttributeOperation[];
  readonly appliesTo: (title: Expression) => Answer;
}

/** `Exec { ... }`, `Exec['title'] { ... }` and `Exec <| title == 'x' |> { ... }` of the same file. */
function collectChanges(program: Program, source: Template): Changes {
  const defaults = new Map<string, AttributeOperation[]>();
  const overrides = new Map<string, AttributeOperation[]>();
  const collectors = new Map<string, CollectorChange[]>();
  const add = (map: Map<string, AttributeOperation[]>, key: string, operations: readonly AttributeOperation[]) => {
    map.set(key, [...(map.get(key) ?? []), ...operations]);
  };
  walk(program, (node) => {
    if (node.type === 'ResourceDefaults' && node.typeReference.type === 'TypeReference') {
      add(defaults, typeName(node.typeReference.name), node.operations);
    } else if (node.type === 'ResourceOverride' && node.target.type === 'Access') {
      const { target, keys } = node.target;
      if (target.type !== 'TypeReference') return undefined;
      for (const key of keys) add(overrides, changeKey(typeName(target.name), key, source), node.operations);
    } else if (node.type === 'Collector' && node.overrides.length > 0 && node.typeReference.type === 'TypeReference') {
      const { query, overrides: operations } = node;
      const type = typeName(node.typeReference.name);
      const change: CollectorChange = { operations, appliesTo: (title) => selects(query, title, source) };
      collectors.set(type, [...(collectors.get(type) ?? []), change]);
    }
    return undefined;
  });
  return { defaults, overrides, collectors };
}

/** Whether a collector's query selects a title; only `title == 'x'` and no query at all can be answered. */
function selects(query: Expression | null, title: Expression, source: Template): Answer {
  if (query === null) return 'yes';
  if (query.type !== 'Binary' || query.operator !== '==') return 'unknown';
  const { left, right } = query;
  if (left.type !== 'Name' || left.name !== 'title') return 'unknown';
  const wanted = literalText(textOf(right, source));
  return wanted === undefined ? 'unknown' : equalsText(textOf(title, source), wanted);
}

function changeKey(type: string, title: Expression, source: Template): string {
  return `${type}[${literalText(textOf(title, source)) ?? `unknown at ${title.start}`}]`;
}

function typeName(name: string): string {
  return name.replace(/^::/, '').toLowerCase();
}

function conditionOf(parents: readonly Node[], source: Template): string | undefined {
  for (let index = parents.length - 1; index >= 0; index--) {
    const node = parents[index];
    if (node?.type !== 'If' && node?.type !== 'Unless' && node?.type !== 'Case') continue;
    const asked = node.type === 'Case' ? node.test : changeableQuestion(node.test, source);
    if (asked === undefined) continue;
    const text = source.text.slice(asked.start, asked.end);
    if (changeable.test(text) && asksForFact(text, parents)) return text.replace(/\s+/g, ' ');
  }
  return undefined;
}

/** The comparison or call in a test that asks for something the node itself may change. */
function changeableQuestion(test: Expression, source: Template): Node | undefined {
  let found: Node | undefined;
  walk(test, (node) => {
    if (found !== undefined) return false;
    const compares = node.type === 'Binary' && /^(?:[!=]=|[=!]~|[<>]=?|in)$/.test(node.operator);
    if (!compares && node.type !== 'Call' && node.type !== 'MethodCall') return undefined;
    const text = source.text.slice(node.start, node.end);
    // Whether something is set at all is no state of the node.
    if (changeable.test(text) && !/''|""|\bundef\b/.test(text)) found = node;
    return undefined;
  });
  return found;
}

/** `$facts[...]`, or a fact of old by its bare name where no parameter has that name. */
function asksForFact(text: string, parents: readonly Node[]): boolean {
  if (factAccess.test(text)) return true;
  const parameters = parents.flatMap((node) =>
    node.type === 'ClassDefinition' || node.type === 'DefinedType' || node.type === 'Lambda' ? node.parameters : [],
  );
  const named = /\$(hostname|fqdn|domain|timezone)\b/.exec(text)?.[1];
  return named !== undefined && !parameters.some((parameter) => parameter.name === named);
}
