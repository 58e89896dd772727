/** A top-level declaration with its names: what the analysis of values works on. */
import { bareType, packageMember, textOf, type GoSource } from './source.ts';
import { bare, child, childOfType, enclosing, type GoNode } from './syntax.ts';
import { addTo } from '../../core/lists.ts';
import { once } from '../../core/once.ts';

export interface GoParameter {
  readonly name: string;
  readonly index: number;
  readonly type: GoNode;
}

export interface GoUnit {
  readonly source: GoSource;
  readonly node: GoNode;
  /** `name` or `Type.name`; empty for the statements of a fragment; `undefined` for a declaration at package level. */
  readonly id: string | undefined;
  readonly name: GoNode | undefined;
  readonly receiver: { readonly name: string; readonly type: string; readonly pointer: boolean } | undefined;
  readonly parameters: readonly GoParameter[];
  /** Named results. */
  readonly results: ReadonlySet<string>;
  /** Nodes of the unit, in the order of the text. */
  readonly nodes: readonly GoNode[];
  /** Every mention of a name as an expression, without keys of struct literals. */
  readonly mentions: ReadonlyMap<string, readonly GoNode[]>;
  /** Declared inside, with what each is initialised from; the clause or parameter itself where that is no expression. */
  readonly locals: ReadonlyMap<string, readonly GoNode[]>;
}

const declarations = new Set(['function_declaration', 'method_declaration', 'import_declaration', 'type_declaration']);

/** The units of a text. */
export function unitsOf(source: GoSource): readonly GoUnit[] {
  const units: GoUnit[] = [];
  const statements = source.fragment && source.root.children.some(isStatement);
  for (const node of source.root.children) {
    if (node.type === 'function_declaration' || node.type === 'method_declaration')
      units.push(createUnit(source, node));
    else if (node.type === 'var_declaration' && !statements) units.push(createUnit(source, node));
  }
  if (statements) units.push(createUnit(source, source.root));
  return units;
}

function isStatement(node: GoNode): boolean {
  return (
    !declarations.has(node.type) && !['var_declaration', 'const_declaration', 'package_clause'].includes(node.type)
  );
}

function createUnit(source: GoSource, node: GoNode): GoUnit {
  const nodes = nodesOf(node);
  const name = child(node, 'name');
  const receiver = readReceiver(source, node);
  const isFunction = node.type === 'function_declaration' || node.type === 'method_declaration';
  const written = name === undefined ? '' : textOf(source, name);
  // Of many functions nobody asks for them.
  const mentions = once(() => readMentions(source, nodes));
  const locals = once(() => readLocals(source, nodes));
  return {
    source,
    node,
    id: isFunction
      ? receiver === undefined
        ? written
        : `${receiver.type}.${written}`
      : node === source.root
        ? ''
        : undefined,
    name: isFunction ? name : undefined,
    receiver,
    parameters: isFunction ? readParameters(source, child(node, 'parameters')) : [],
    results: new Set(isFunction ? readParameters(source, child(node, 'result')).map(({ name: result }) => result) : []),
    nodes,
    get mentions() {
      return mentions();
    },
    get locals() {
      return locals();
    },
  };
}

/** The nodes of a unit, in the order of the text; those of a fragment without the declarations in it. */
function nodesOf(unit: GoNode): readonly GoNode[] {
  const nodes: GoNode[] = [];
  const open = [unit];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    nodes.push(node);
    if (node !== unit && node.parent?.type === 'source_file' && declarations.has(node.type)) continue;
    const { children } = node;
    for (let index = children.length; index > 0; index--) open.push(children[index - 1] as GoNode);
  }
  return nodes;
}

function readReceiver(source: GoSource, node: GoNode): GoUnit['receiver'] {
  const declaration = child(node, 'receiver')?.children[0];
  const type = declaration === undefined ? undefined : child(declaration, 'type');
  const named = bareType(type);
  if (declaration === undefined || type === undefined || named === undefined) return undefined;
  const name = child(declaration, 'name');
  return {
    name: name === undefined ? '' : textOf(source, name),
    type: textOf(source, named),
    pointer: type.type === 'pointer_type',
  };
}

/** The parameters or named results of a list, counted as a call counts its arguments. */
export function readParameters(source: GoSource, list: GoNode | undefined): readonly GoParameter[] {
  const parameters: GoParameter[] = [];
  let index = 0;
  for (const declaration of list?.type === 'parameter_list' ? list.children : []) {
    const type = child(declaration, 'type');
    if (type === undefined) continue;
    const names = declaration.children.filter(({ field, type: kind }) => field === 'name' && kind === 'identifier');
    for (const name of names) parameters.push({ name: textOf(source, name), index: index++, type });
    if (names.length === 0) parameters.push({ name: '', index: index++, type });
  }
  return parameters;
}

function readMentions(source: GoSource, nodes: readonly GoNode[]): Map<string, GoNode[]> {
  const mentions = new Map<string, GoNode[]>();
  for (const node of nodes) {
    if (node.type !== 'identifier' || isKey(node) || node.field === 'name') continue;
    const name = textOf(source, node);
    addTo(mentions, name, node);
  }
  return mentions;
}

function isKey(node: GoNode): boolean {
  return node.parent?.type === 'literal_element' && node.parent.field === 'key';
}

function readLocals(source: GoSource, nodes: readonly GoNode[]): Map<string, GoNode[]> {
  const locals = new Map<string, GoNode[]>();
  const declare = (name: GoNode, from: GoNode | undefined): void => {
    if (name.type !== 'identifier') return;
    const text = textOf(source, name);
    const list = locals.get(text) ?? [];
    if (from !== undefined) list.push(from);
    locals.set(text, list);
  };
  for (const node of nodes) {
    switch (node.type) {
      case 'short_var_declaration':
      case 'var_spec':
      case 'const_spec': {
        // The declaration of a package variable is no local one.
        if (enclosing(node, ['block', 'source_file'])?.type !== 'block' && !source.fragment) break;
        const names = node.type === 'short_var_declaration' ? (child(node, 'left')?.children ?? []) : node.children;
        const values = child(node, node.type === 'short_var_declaration' ? 'right' : 'value')?.children ?? [];
        names
          .filter(({ field }) => node.type === 'short_var_declaration' || field === 'name')
          .forEach((name, index) => {
            declare(name, values.length === 1 ? values[0] : values[index]);
          });
        break;
      }
      case 'range_clause':
      case 'receive_statement':
      case 'type_switch_statement':
        for (const name of (child(node, 'left') ?? child(node, 'alias'))?.children ?? []) declare(name, node);
        break;
      case 'func_literal':
      case 'function_declaration':
      case 'method_declaration':
        for (const list of node.children.filter(({ type }) => type === 'parameter_list')) {
          for (const parameter of list.children) {
            for (const name of parameter.children) if (name.field === 'name') declare(name, parameter);
          }
        }
        break;
    }
  }
  return locals;
}

const constructor = /^(?:new|default|make|create|clone|copy|build)/i;

/** Declarations of one name in a function that are looked at. */
export const maximumDeclarations = 50;

/** Whether a name stands for something made in this unit, so that what is put into it does not leave with that. */
export function isFresh(unit: GoUnit, name: string, depth = 0): boolean {
  const sources = unit.locals.get(name);
  // A name that is declared this often is many variables, which are not told apart here.
  if (sources === undefined || sources.length > maximumDeclarations || depth > 4) return false;
  if (unit.parameters.some((parameter) => parameter.name === name) || unit.receiver?.name === name) return false;
  return sources.every((from) => {
    const value = bare(from);
    if (value.type === 'composite_literal') return true;
    if (value.type === 'identifier') return isFresh(unit, textOf(unit.source, value), depth + 1);
    if (value.type === 'nil') return true;
    if (value.type !== 'call_expression') return false;
    const called = child(value, 'function');
    return called !== undefined && (isImported(unit, called) || constructor.test(calledName(unit, called)));
  });
}

/** A function that is called with type arguments stands in the tree as a type. */
const nameTypes = new Set(['identifier', 'field_identifier', 'type_identifier']);

/** Last word of a called expression: `Do` for `c.http.Do`. */
export function calledName(unit: GoUnit, called: GoNode): string {
  const target = bare(called);
  const name =
    target.type === 'selector_expression'
      ? child(target, 'field')
      : target.type === 'qualified_type'
        ? child(target, 'name')
        : target;
  return name !== undefined && nameTypes.has(name.type) ? textOf(unit.source, name) : '';
}

/** Whether a called expression is a function of an imported package. */
export function isImported(unit: GoUnit, called: GoNode): boolean {
  const operand = called.type === 'qualified_type' ? child(called, 'package') : operandOf(called);
  if (operand?.type !== 'identifier' && operand?.type !== 'package_identifier') return false;
  const name = textOf(unit.source, operand);
  return unit.source.imports.has(name) && !unit.locals.has(name);
}

function operandOf(called: GoNode): GoNode | undefined {
  return called.type === 'selector_expression' ? child(called, 'operand') : undefined;
}

/** `net/http.Get` for a function of an imported package. */
export function importedName(unit: GoUnit, called: GoNode | undefined): string | undefined {
  return called !== undefined && isImported(unit, called) ? packageMember(unit.source, called) : undefined;
}

/** The function literals around a node inside the unit, innermost first. */
export function literalsAround(unit: GoUnit, node: GoNode): readonly GoNode[] {
  const literals: GoNode[] = [];
  for (let up = node.parent; up !== undefined && up !== unit.node.parent; up = up.parent) {
    if (up.type === 'func_literal') literals.push(up);
  }
  return literals;
}

/** The call that a node is the function of. */
export function callOf(node: GoNode): GoNode | undefined {
  return node.field === 'function' && node.parent?.type === 'call_expression' ? node.parent : undefined;
}

/** The arguments of a call. */
export function argumentsOf(call: GoNode): readonly GoNode[] {
  return (child(call, 'arguments') ?? childOfType(call, 'argument_list'))?.children ?? [];
}
