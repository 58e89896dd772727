/** Scopes of manifests, classes and defines, with what their parameters may be. */
import { spanOf } from '../../core/template.ts';
import type { Parameter } from '../../core/puppet-ast.ts';
import { unknown, type Alternative, type PuppetValue } from './evaluated.ts';
import type { Evaluator, Place } from './evaluator.ts';
import { stringTemplate } from './strings.ts';
import { createScope, type Bound, type Manifest, type Scope } from './scope.ts';
import { typeName, type Declaration, type Definition } from './tree.ts';
import { placed, stringOf, unite } from './values.ts';
import { addAll } from '../../core/lists.ts';

export interface Scopes {
  top(manifest: Manifest): Scope;
  /** Of a class of the tree; `undefined` if there is none. */
  ofClass(name: string, evaluator: Evaluator): Scope | undefined;
}

/** Scopes are made when they are first asked for. */
export function createScopes(): Scopes {
  const tops = new Map<Manifest, Scope>();
  const classes = new Map<string, Scope | undefined>();

  const top = (manifest: Manifest): Scope => {
    let scope = tops.get(manifest);
    if (scope === undefined) {
      scope = createScope({ kind: 'top', manifest, body: manifest.program.body });
      tops.set(manifest, scope);
    }
    return scope;
  };

  const ofClass = (written: string, evaluator: Evaluator): Scope | undefined => {
    const name = typeName(written);
    if (classes.has(name)) return classes.get(name);
    // A class that inherits itself has no parent.
    classes.set(name, undefined);
    const definition = evaluator.tree.definition('class', name);
    if (definition === undefined) return undefined;
    const { node, manifest } = definition;
    const inherited = node.parent === null ? undefined : ofClass(node.parent.name, evaluator);
    const bound = new Map<string, Bound>([...names(name, definition)]);
    const scope = createScope({ kind: 'class', manifest, outer: top(manifest), inherited, bound, body: node.body });
    for (const parameter of node.parameters) {
      bound.set(parameter.name, {
        value: (certain) => (certain ? undefined : classParameter(parameter, name, scope, evaluator)),
      });
    }
    classes.set(name, scope);
    return scope;
  };

  /** What a parameter may be: what the tree declares the class with, what Hiera holds, and its default. */
  const classParameter = (
    parameter: Parameter,
    name: string,
    scope: Scope,
    evaluator: Evaluator,
  ): PuppetValue | undefined => {
    const found: PuppetValue[] = [];
    for (const declaration of evaluator.tree.declarations(name)) {
      const value = declaredValue(declaration, parameter.name, evaluator);
      if (value !== undefined) found.push(value);
    }
    addAll(found, evaluator.tree.hiera(`${name}::${parameter.name}`, scope.manifest));
    const known = found
      .map((value) => value.filter(({ type }) => type !== 'unknown'))
      .filter((value) => value.length > 0);
    if (parameter.default !== null) {
      const fallback = evaluator.evaluate(parameter.default, { scope, branch: undefined, certain: false });
      // What takes its name from a fact is not known better by what some file holds.
      return unite([fallback, ...known]) ?? fallback;
    }
    return unite(known.length > 0 ? known : found) ?? enumerated(parameter, scope);
  };

  const declaredValue = (declaration: Declaration, parameter: string, evaluator: Evaluator) => {
    if (!declaration.attributes.includes(parameter)) return undefined;
    const { manifest, body, within } = declaration;
    const operation = body.operations.find(({ name }) => name === parameter);
    if (operation === undefined || operation.operator === '* =>') return undefined;
    const scope = (within === undefined ? undefined : ofClass(within, evaluator)) ?? top(manifest);
    return evaluator.evaluate(operation.value, { scope, branch: undefined, certain: false });
  };

  return { top, ofClass };
}

/** `Enum['a', 'b'] $name`: one of them. */
function enumerated({ valueType }: Parameter, { manifest }: Scope): PuppetValue | undefined {
  if (valueType?.type !== 'Access' || valueType.target.type !== 'TypeReference' || valueType.target.name !== 'Enum')
    return undefined;
  const values: Alternative[] = [];
  for (const key of valueType.keys) {
    if (key.type !== 'StringLiteral') return undefined;
    values.push({ type: 'string', text: stringTemplate(key, manifest.source) });
  }
  return unite(values.map((value) => [value]));
}

/** `$title`, `$name` and `$module_name`. */
function names(title: string, { node, manifest }: Definition<'class'> | Definition<'define'>): Map<string, Bound> {
  const span = spanOf(manifest.source, node.name.start, node.name.end);
  const fixed = (text: string): Bound => {
    const value = placed([stringOf(text)], span);
    return { value: () => value };
  };
  return new Map([
    ['title', fixed(title)],
    ['name', fixed(title)],
    ['module_name', fixed(manifest.moduleName)],
  ]);
}

/** What a use of a define gives to it. */
export interface DefineUse {
  readonly title: PuppetValue | undefined;
  readonly scope: Scope;
  /** Attributes by name, evaluated as conditions see them or not. */
  attribute(name: string, certain: boolean): PuppetValue | undefined;
  /** Whether an attribute that is not given surely has its default. */
  readonly complete: boolean;
}

/** The scope of one resource of a define. @param use `undefined` where nothing of the tree uses it */
export function defineScope(
  definition: Definition<'define'>,
  use: DefineUse | undefined,
  top: Scope,
  evaluator: Evaluator,
): Scope {
  const { node, manifest } = definition;
  const { source } = manifest;
  const bound = names('', definition);
  for (const name of ['title', 'name']) bound.set(name, { value: () => use?.title });
  const scope = createScope({ kind: 'define', manifest, outer: top, user: use?.scope, bound, body: node.body });
  const place = (certain: boolean): Place => ({ scope, branch: undefined, certain });
  for (const parameter of node.parameters) {
    const fallback = (certain: boolean) =>
      parameter.default === null ? undefined : evaluator.evaluate(parameter.default, place(certain));
    const value = (certain: boolean): PuppetValue | undefined => {
      if (use === undefined) return certain ? undefined : (fallback(false) ?? enumerated(parameter, scope));
      const given = use.attribute(parameter.name, certain);
      if (given === undefined) return use.complete ? fallback(certain) : undefined;
      // Undefined means the default.
      if (!given.some(({ type }) => type === 'undef') || parameter.default === null) return given;
      const others = given.filter(({ type }) => type !== 'undef');
      return unite([
        ...(others.length > 0 ? [others] : []),
        fallback(certain) ?? unknown(source, parameter.nameStart, parameter.nameEnd),
      ]);
    };
    bound.set(parameter.name, { value });
  }
  return scope;
}
