/** Where a name of a manifest gets its value: scopes with their parameters, assignments, resource defaults and overrides. */
import type { Template } from '../../core/template.ts';
import type {
  AttributeOperation,
  Collector,
  Expression,
  Node,
  Program,
  ResourceDefaults,
  ResourceOverride,
} from '../../core/puppet-ast.ts';
import type { PuppetValue } from './evaluated.ts';
import { forEachChild } from './children.ts';
import { typeName } from './tree.ts';
import { addTo } from '../../core/lists.ts';

/** A manifest of the tree, indexed by `tree.ts`. */
export interface Manifest {
  readonly path: string;
  readonly source: Template;
  /** Perhaps parsed again, but one tree as long as one manifest is evaluated. */
  readonly program: Program;
  /** Directory of its module with `/` at the end; `undefined` if it stands in none. */
  readonly moduleDirectory: string | undefined;
  readonly moduleName: string;
}

/** A way through `if`, `unless` and `case`: the branch, and the branches around it. */
export interface Branch {
  readonly node: Node;
  readonly index: number;
  readonly outer: Branch | undefined;
}

/** `$name = value` somewhere in a scope. */
export interface Assigned {
  readonly value: Expression;
  /** Place in `[$a, $b] = value`; `undefined` for a plain assignment. */
  readonly element: number | string | undefined;
  readonly branch: Branch | undefined;
}

/** A parameter, or another name that is not assigned. */
export interface Bound {
  /** @param certain whether a condition relies on it: `undefined` then if another value is possible too */
  value(certain: boolean): PuppetValue | undefined;
}

/** A change of attributes by `Type { }`, `Type['title'] { }` or `Type <| |> { }`. */
export interface Change {
  readonly node: ResourceDefaults | ResourceOverride | Collector;
  readonly operations: readonly AttributeOperation[];
  readonly branch: Branch | undefined;
}

/** What stands in a body and not in a body of its own within. */
export interface BodyNames {
  readonly assignments: ReadonlyMap<string, readonly Assigned[]>;
  /** Overrides and collectors. */
  readonly changes: readonly Change[];
  /** Resource defaults, by the type. */
  readonly defaults: ReadonlyMap<string, readonly Change[]>;
}

export interface Scope {
  readonly kind: 'top' | 'node' | 'class' | 'define' | 'lambda' | 'function' | 'plan';
  readonly manifest: Manifest;
  /** The scope around it in the text. */
  readonly outer: Scope | undefined;
  /** Of the class that this one inherits. */
  readonly inherited: Scope | undefined;
  /** Whoever used the define: resource defaults reach in from there. */
  readonly user: Scope | undefined;
  readonly bound: ReadonlyMap<string, Bound>;
  readonly names: BodyNames;
  /** Values that are worked out already, or, as `undefined`, being worked out. */
  readonly values: Map<object, PuppetValue | undefined>;
  readonly certainValues: Map<object, PuppetValue | undefined>;
  readonly branches: Map<Node, unknown>;
}

export function createScope(
  fields: Pick<Scope, 'kind' | 'manifest'> &
    Partial<Pick<Scope, 'outer' | 'inherited' | 'user' | 'bound'>> & { readonly body: readonly Expression[] },
): Scope {
  const { kind, manifest, outer, inherited, user, bound = new Map(), body } = fields;
  return {
    kind,
    manifest,
    outer,
    inherited,
    user,
    bound,
    names: namesOf(body),
    values: new Map(),
    certainValues: new Map(),
    branches: new Map(),
  };
}

/** Whether a statement on one way may have run when another way is taken: not if they part at a condition. */
export function compatible(one: Branch | undefined, other: Branch | undefined): boolean {
  for (let left = one; left !== undefined; left = left.outer) {
    for (let right = other; right !== undefined; right = right.outer) {
      if (left.node === right.node && left.index !== right.index) return false;
    }
  }
  return true;
}

const bodies = new WeakMap<readonly Expression[], BodyNames>();

/** Assignments and changes of a body, each with its way through the conditions. */
function namesOf(body: readonly Expression[]): BodyNames {
  const known = bodies.get(body);
  if (known !== undefined) return known;
  const assignments = new Map<string, Assigned[]>();
  const changes: Change[] = [];
  const defaults = new Map<string, Change[]>();
  const assign = (target: Expression, value: Expression, element: Assigned['element'], branch: Branch | undefined) => {
    if (target.type === 'Variable') {
      const assigned = { value, element, branch };
      addTo(assignments, target.name, assigned);
    } else if (target.type === 'ArrayLiteral') {
      target.elements.forEach((each, index) => {
        assign(each, value, index, branch);
      });
    }
  };
  const visitAll = (nodes: readonly Node[], branch: Branch | undefined) => {
    for (const node of nodes) visit(node, branch);
  };
  const visit = (node: Node, branch: Branch | undefined): void => {
    switch (node.type) {
      case 'ClassDefinition':
      case 'DefinedType':
      case 'FunctionDefinition':
      case 'NodeDefinition':
      case 'Plan':
      case 'Lambda':
        return;
      case 'Assignment':
        assign(node.target, node.value, undefined, branch);
        visit(node.value, branch);
        return;
      case 'If':
      case 'Unless':
        visit(node.test, branch);
        visitAll(node.then, { node, index: 0, outer: branch });
        visitAll(node.else ?? [], { node, index: 1, outer: branch });
        return;
      case 'Case':
        visit(node.test, branch);
        node.options.forEach((option, index) => {
          visitAll(option.body, { node, index, outer: branch });
        });
        return;
      case 'ResourceDefaults':
        if (node.typeReference.type === 'TypeReference')
          addTo(defaults, typeName(node.typeReference.name), { node, operations: node.operations, branch });
        return;
      case 'ResourceOverride':
        changes.push({ node, operations: node.operations, branch });
        return;
      case 'Collector':
        if (node.overrides.length > 0) changes.push({ node, operations: node.overrides, branch });
        return;
      default:
        forEachChild(node, (child) => {
          visit(child, branch);
        });
    }
  };
  visitAll(body, undefined);
  const names = { assignments, changes, defaults };
  bodies.set(body, names);
  return names;
}
