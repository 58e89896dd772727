/** Which properties of each node hold nodes, in the order of the text: for walks over the tree. */
import type { Node } from '../../core/puppet-ast.ts';

type NodeOf<Type extends Node['type']> = Extract<Node, { readonly type: Type }>;

/** The property names that hold a node, a list of nodes, or null. */
type ChildKey<Type extends Node['type']> = {
  [Key in keyof NodeOf<Type>]: NodeOf<Type>[Key] extends
    { readonly type: string } | readonly { readonly type: string }[] | null
    ? Key
    : never;
}[keyof NodeOf<Type>] &
  string;

export const visitorKeys: { readonly [Type in Node['type']]: readonly ChildKey<Type>[] } = {
  Program: ['parameters', 'body'],
  Undef: [],
  Default: [],
  BooleanLiteral: [],
  NumberLiteral: [],
  StringLiteral: [],
  InterpolatedString: ['parts'],
  StringText: [],
  Interpolation: ['expression'],
  Heredoc: ['text'],
  RegexLiteral: [],
  Identifier: [],
  Name: [],
  TypeReference: [],
  ReservedWord: [],
  Variable: [],
  ArrayLiteral: ['elements'],
  HashLiteral: ['entries'],
  HashEntry: ['key', 'value'],
  Parenthesized: ['expression'],
  Unary: ['operand'],
  Binary: ['left', 'right'],
  Assignment: ['target', 'value'],
  Relationship: ['left', 'right'],
  Selector: ['value', 'options'],
  SelectorOption: ['match', 'result'],
  Access: ['target', 'keys'],
  Call: ['callee', 'arguments', 'lambda'],
  MethodCall: ['target', 'callee', 'arguments', 'lambda'],
  Lambda: ['parameters', 'returns', 'body'],
  ApplyBlock: ['arguments', 'body'],
  If: ['test', 'then', 'else'],
  Unless: ['test', 'then', 'else'],
  Case: ['test', 'options'],
  CaseOption: ['values', 'body'],
  ResourceExpression: ['typeName', 'bodies'],
  ResourceBody: ['title', 'operations'],
  AttributeOperation: ['value'],
  ResourceDefaults: ['typeReference', 'operations'],
  ResourceOverride: ['target', 'operations'],
  Collector: ['typeReference', 'query', 'overrides'],
  Parameter: ['valueType', 'default'],
  ClassDefinition: ['name', 'parameters', 'parent', 'body'],
  DefinedType: ['name', 'parameters', 'body'],
  FunctionDefinition: ['name', 'parameters', 'returns', 'body'],
  Plan: ['name', 'parameters', 'body'],
  NodeDefinition: ['matches', 'parent', 'body'],
  TypeAlias: ['name', 'parent', 'value'],
  TypeMapping: ['target', 'value'],
  EppText: [],
  EppRender: ['expression'],
  ErrorNode: [],
};

/** Calls `visit` for each node directly below a node, in the order of the text. */
export function forEachChild(node: Node, visit: (child: Node) => void): void {
  const record = node as unknown as Readonly<Record<string, Node | readonly Node[] | null>>;
  for (const key of visitorKeys[node.type]) {
    const value = record[key];
    if (value === null || value === undefined) continue;
    if (isList(value)) for (const child of value) visit(child);
    else visit(value);
  }
}

function isList(value: Node | readonly Node[]): value is readonly Node[] {
  return Array.isArray(value);
}
