/** The resources of a manifest with their attributes as they stand: `default:` bodies, resource defaults and overrides merged. */
import { literalText, type Template } from '../../core/template.ts';
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
const changeable = /hostname|fqdn|certname|timezone|locale|keymap|networking|ntp|rtc/i;
const comparison = /[!=]=|[=!]~|[<>]|\bin\b|\w\(/;

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
    for (const body of node.bodies) {
      if (body.title.type === 'Default') continue;
      for (const title of elementsOf(body.title)) {
        const operations = [
          ...(changes.defaults.get(type) ?? []),
          ...shared,
          ...body.operations,
          ...(changes.overrides.get(changeKey(type, title, source)) ?? []),
        ];
        const attributes = new Map<string, AttributeOperation>();
        for (const operation of operations) {
          if (operation.value.type === 'Undef') attributes.delete(operation.name);
          else if (operation.operator !== '* =>') attributes.set(operation.name, operation);
        }
        const splat = operations.some((operation) => operation.operator === '* =>');
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
}

/** `Exec { ... }` and `Exec['title'] { ... }` of the same file. */
function collectChanges(program: Program, source: Template): Changes {
  const defaults = new Map<string, AttributeOperation[]>();
  const overrides = new Map<string, AttributeOperation[]>();
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
    }
    return undefined;
  });
  return { defaults, overrides };
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
    const test = source.text.slice(node.test.start, node.test.end);
    const compares = node.type === 'Case' || comparison.test(test);
    if (compares && changeable.test(test)) return test.replace(/\s+/g, ' ');
  }
  return undefined;
}
