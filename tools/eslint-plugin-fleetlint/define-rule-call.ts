import type { TSESTree } from '@typescript-eslint/utils';
import { AST_NODE_TYPES } from '@typescript-eslint/utils';

/** The object given to `defineRule`; `undefined` if the call is another one. */
export function ruleDefinition(node: TSESTree.CallExpression): TSESTree.ObjectExpression | undefined {
  const [definition] = node.arguments;
  if (node.callee.type !== AST_NODE_TYPES.Identifier || node.callee.name !== 'defineRule') return undefined;
  return definition?.type === AST_NODE_TYPES.ObjectExpression ? definition : undefined;
}

/** The value of a property that is written out in an object. */
export function propertyValue(object: TSESTree.ObjectExpression, name: string): TSESTree.Node | undefined {
  for (const property of object.properties) {
    if (property.type === AST_NODE_TYPES.Property && propertyName(property) === name) return property.value;
  }
  return undefined;
}

/** `note` of `note: ...` and `'note': ...`; `undefined` for a computed name. */
export function propertyName(property: TSESTree.Property): string | undefined {
  if (property.computed) return undefined;
  return property.key.type === AST_NODE_TYPES.Identifier
    ? property.key.name
    : String((property.key as TSESTree.Literal).value);
}
