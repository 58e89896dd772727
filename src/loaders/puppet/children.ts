/** For walks over the tree. */
import type { Node } from '../../core/puppet-ast.ts';

type Visit = (child: Node) => void;

/**
 * Calls `visit` for each node directly below a node, in the order of the text. Written out by type, frequent ones first: to read properties
 * by their names from nodes of all shapes takes several times as long.
 */
export function forEachChild(node: Node, visit: Visit): void {
  switch (node.type) {
    case 'Name':
    case 'StringLiteral':
    case 'Variable':
    case 'StringText':
    case 'TypeReference':
    case 'BooleanLiteral':
    case 'NumberLiteral':
    case 'Undef':
    case 'Identifier':
    case 'Default':
    case 'RegexLiteral':
    case 'ReservedWord':
    case 'EppText':
    case 'ErrorNode':
      return;
    case 'AttributeOperation':
      visit(node.value);
      return;
    case 'Interpolation':
    case 'Parenthesized':
    case 'EppRender':
      visit(node.expression);
      return;
    case 'InterpolatedString':
      visitAll(node.parts, visit);
      return;
    case 'ResourceBody':
      visit(node.title);
      visitAll(node.operations, visit);
      return;
    case 'ResourceExpression':
      visit(node.typeName);
      visitAll(node.bodies, visit);
      return;
    case 'Parameter':
      if (node.valueType !== null) visit(node.valueType);
      if (node.default !== null) visit(node.default);
      return;
    case 'Access':
      visit(node.target);
      visitAll(node.keys, visit);
      return;
    case 'Call':
      visit(node.callee);
      visitAll(node.arguments, visit);
      if (node.lambda !== null) visit(node.lambda);
      return;
    case 'ArrayLiteral':
      visitAll(node.elements, visit);
      return;
    case 'Binary':
    case 'Relationship':
      visit(node.left);
      visit(node.right);
      return;
    case 'If':
    case 'Unless':
      visit(node.test);
      visitAll(node.then, visit);
      if (node.else !== null) visitAll(node.else, visit);
      return;
    case 'ClassDefinition':
      visit(node.name);
      visitAll(node.parameters, visit);
      if (node.parent !== null) visit(node.parent);
      visitAll(node.body, visit);
      return;
    case 'Program':
      if (node.parameters !== null) visitAll(node.parameters, visit);
      visitAll(node.body, visit);
      return;
    case 'Heredoc':
      visit(node.text);
      return;
    case 'HashLiteral':
      visitAll(node.entries, visit);
      return;
    case 'HashEntry':
      visit(node.key);
      visit(node.value);
      return;
    case 'Unary':
      visit(node.operand);
      return;
    case 'Assignment':
    case 'TypeMapping':
      visit(node.target);
      visit(node.value);
      return;
    case 'Selector':
      visit(node.value);
      visitAll(node.options, visit);
      return;
    case 'SelectorOption':
      visit(node.match);
      visit(node.result);
      return;
    case 'MethodCall':
      visit(node.target);
      visit(node.callee);
      visitAll(node.arguments, visit);
      if (node.lambda !== null) visit(node.lambda);
      return;
    case 'Lambda':
      visitAll(node.parameters, visit);
      if (node.returns !== null) visit(node.returns);
      visitAll(node.body, visit);
      return;
    case 'ApplyBlock':
      visitAll(node.arguments, visit);
      visitAll(node.body, visit);
      return;
    case 'Case':
      visit(node.test);
      visitAll(node.options, visit);
      return;
    case 'CaseOption':
      visitAll(node.values, visit);
      visitAll(node.body, visit);
      return;
    case 'ResourceDefaults':
      visit(node.typeReference);
      visitAll(node.operations, visit);
      return;
    case 'ResourceOverride':
      visit(node.target);
      visitAll(node.operations, visit);
      return;
    case 'Collector':
      visit(node.typeReference);
      if (node.query !== null) visit(node.query);
      visitAll(node.overrides, visit);
      return;
    case 'DefinedType':
    case 'Plan':
      visit(node.name);
      visitAll(node.parameters, visit);
      visitAll(node.body, visit);
      return;
    case 'FunctionDefinition':
      visit(node.name);
      visitAll(node.parameters, visit);
      if (node.returns !== null) visit(node.returns);
      visitAll(node.body, visit);
      return;
    case 'NodeDefinition':
      visitAll(node.matches, visit);
      if (node.parent !== null) visit(node.parent);
      visitAll(node.body, visit);
      return;
    case 'TypeAlias':
      visit(node.name);
      if (node.parent !== null) visit(node.parent);
      visit(node.value);
  }
}

function visitAll(nodes: readonly Node[], visit: Visit): void {
  for (const node of nodes) visit(node);
}
