/**
 * What Puppet refuses in a text whose grammar is right: names, places and forms that mean nothing. Only what
 * `puppet parser validate` takes for an error is here.
 */
import type {
  Assignment,
  AttributeOperation,
  Collector,
  Expression,
  Identifier,
  Node,
  NodeDefinition,
  Parameter,
  ParseError,
  Program,
  Range,
  ResourceExpression,
  TypeMapping,
} from '../../core/puppet-ast.ts';
import { quoteForMessage } from './lexer.ts';
import { forEachChild } from './children.ts';

/** Where a node stands, as far as that decides what may stand there. */
type Place = 'top' | 'class' | 'inner';

type Report = (message: string, at: Range) => void;

const className = /^[a-z]\w*(?:::[a-z]\w*)*$/;
const aliasName = /^[A-Z]\w*(?:::[A-Z]\w*)*$/;
const variableName = /^(?:::)?(?:[a-z]\w*::)*[a-z_]\w*$/;
const matchVariable = /^(?:0|[1-9][0-9]*)$/;
const parameterName = /^[a-z_]\w*$/;
const hostName = /^[A-Za-z0-9_.-]*$/;
const largestInteger = 2n ** 63n - 1n;

/** Names that Puppet keeps for its own types, so that no class or defined type can have them. */
const takenNames = new Set(
  (
    'any array boolean collection enum float hash init integer numeric object optional pattern regexp runtime scalar semver ' +
    'semverrange sensitive string struct timespan timestamp tuple typeset unit variant'
  ).split(' '),
);

/** In the order of the text. `text` is what the program was parsed from. */
export function findRefusals(program: Program, text: string): readonly ParseError[] {
  const errors: ParseError[] = [];
  visit(program, 'top', text, (message, { start, end }) => {
    errors.push({ message, start, end });
  });
  return errors.sort((a, b) => a.start - b.start);
}

function visit(node: Node, place: Place, text: string, report: Report): void {
  check(node, place, text, report);
  const { type } = node;
  const inside: Place =
    type === 'Program' ? 'top' : type === 'ClassDefinition' || type === 'ApplyBlock' ? 'class' : 'inner';
  forEachChild(node, (child) => {
    visit(child, inside, text, report);
  });
}

function check(node: Node, place: Place, text: string, report: Report): void {
  switch (node.type) {
    case 'Lambda':
      checkSplat(node.parameters, report);
      checkStatements(node.body, false, text, report);
      return;
    case 'Program':
    case 'ApplyBlock':
    case 'CaseOption':
      checkStatements(node.body, false, text, report);
      return;
    case 'If':
    case 'Unless':
      checkStatements(node.then, false, text, report);
      checkStatements(node.else ?? [], false, text, report);
      return;
    case 'ClassDefinition':
    case 'DefinedType':
      checkName(node.name, className, 'a name in lower case', report);
      if (takenNames.has(node.qualifiedName)) {
        report(
          `Found the name '${node.qualifiedName}', which is a type of Puppet's own; expected another one.`,
          node.name,
        );
      }
      checkPlace(node, place !== 'inner', 'at the top or in a class', report);
      checkResourceParameters(node.parameters, report);
      checkStatements(node.body, true, text, report);
      return;
    case 'NodeDefinition':
      checkPlace(node, place !== 'inner', 'at the top or in a class', report);
      checkNode(node, report);
      checkStatements(node.body, true, text, report);
      return;
    case 'FunctionDefinition':
    case 'Plan':
      checkName(node.name, className, 'a name in lower case', report);
      checkPlace(node, place === 'top', 'at the top', report);
      checkDuplicateParameters(node.parameters, report);
      checkStatements(node.body, false, text, report);
      return;
    case 'TypeMapping':
      checkMapping(node, text, report);
      return;
    case 'AttributeOperation':
    case 'HashEntry':
      checkValue(node.value, report);
      return;
    case 'ArrayLiteral':
      for (const element of node.elements) checkValue(element, report);
      return;
    case 'TypeAlias':
      checkName(node.name, aliasName, 'a name that begins with a capital letter', report);
      checkPlace(node, place === 'top', 'at the top', report);
      return;
    case 'Parameter':
      if (!parameterName.test(node.name)) {
        report(`Found the parameter '$${node.name}'; expected a name in lower case without '::'.`, nameRange(node));
      }
      return;
    case 'Variable':
      if (!variableName.test(node.name) && !matchVariable.test(node.name)) {
        report(`Found the variable '$${node.name}'; expected a name in lower case or a decimal number.`, node);
      }
      return;
    case 'NumberLiteral':
      if (
        !node.float &&
        node.value >= 2 ** 62 &&
        BigInt(node.radix === 8 ? `0o${node.raw}` : node.raw) > largestInteger
      ) {
        report(`Found the number ${quoteForMessage(node.raw)}; expected at most ${largestInteger.toString()}.`, node);
      }
      return;
    case 'Assignment':
      checkAssignment(node, report);
      return;
    case 'Case':
      checkDefaults(
        node.options.flatMap(({ values }) => values),
        'case',
        report,
      );
      return;
    case 'Selector':
      checkDefaults(
        node.options.map(({ match }) => match),
        'selector',
        report,
      );
      return;
    case 'ResourceExpression':
      checkResource(node, report);
      return;
    case 'ResourceDefaults':
      checkAppending(node.operations, report);
      return;
    case 'Collector':
      checkCollector(node, text, report);
      return;
    default:
      return;
  }
}

// Statements

/** A statement whose value nobody uses and that does nothing else. The last of a block may be its value. */
function checkStatements(body: readonly Expression[], lastToo: boolean, text: string, report: Report): void {
  const count = lastToo ? body.length : body.length - 1;
  for (let index = 0; index < count; index++) {
    const statement = body[index];
    if (statement !== undefined && isIdle(statement)) {
      const shown = quoteForMessage(text.slice(statement.start, statement.end));
      report(`Found ${shown}, a value that nothing uses; expected a statement that does something.`, statement);
    }
  }
}

function isIdle(node: Expression): boolean {
  switch (node.type) {
    case 'Undef':
    case 'Default':
    case 'BooleanLiteral':
    case 'NumberLiteral':
    case 'StringLiteral':
    case 'InterpolatedString':
    case 'Heredoc':
    case 'RegexLiteral':
    case 'Name':
    case 'TypeReference':
    case 'Variable':
    case 'ArrayLiteral':
    case 'HashLiteral':
    case 'Access':
    case 'Unary':
    case 'Selector':
      return true;
    case 'Binary':
      // A match sets $1 and so on.
      return node.operator !== '=~' && node.operator !== '!~';
    case 'Parenthesized':
      return isIdle(node.expression);
    case 'If':
    case 'Unless':
      return isIdle(node.test) && node.then.every(isIdle) && (node.else ?? []).every(isIdle);
    case 'Case':
      return isIdle(node.test) && node.options.every(({ values, body }) => values.every(isIdle) && body.every(isIdle));
    default:
      return false;
  }
}

function checkPlace(node: Range, allowed: boolean, where: string, report: Report): void {
  if (!allowed)
    report(`Found a definition inside of something else; expected it ${where}.`, {
      start: node.start,
      end: node.start,
    });
}

// Names and parameters

function checkName({ name, start, end }: Identifier, pattern: RegExp, expected: string, report: Report): void {
  if (!pattern.test(name)) report(`Found the name ${quoteForMessage(name)}; expected ${expected}.`, { start, end });
}

function nameRange({ nameStart, nameEnd }: Parameter): Range {
  return { start: nameStart, end: nameEnd };
}

function checkResourceParameters(parameters: readonly Parameter[], report: Report): void {
  checkDuplicateParameters(parameters, report);
  for (const parameter of parameters) {
    const { name, splat } = parameter;
    if (name === 'title' || name === 'name') {
      report(`Found the parameter '$${name}', which Puppet sets itself; expected another name.`, nameRange(parameter));
    }
    if (splat) report(`Found '*$${name}'; only functions take the rest of their arguments.`, parameter);
  }
}

function checkDuplicateParameters(parameters: readonly Parameter[], report: Report): void {
  const seen = new Set<string>();
  for (const parameter of parameters) {
    if (seen.has(parameter.name)) {
      report(
        `Found the parameter '$${parameter.name}' for a second time; expected another name.`,
        nameRange(parameter),
      );
    }
    seen.add(parameter.name);
  }
}

function checkSplat(parameters: readonly Parameter[], report: Report): void {
  for (const parameter of parameters.slice(0, -1)) {
    if (parameter.splat)
      report(`Found '*$${parameter.name}' before another parameter; expected it at the end.`, parameter);
  }
}

function checkNode({ matches, parent }: NodeDefinition, report: Report): void {
  if (parent !== null) report("Found 'inherits' on a node, which Puppet no longer has; expected '{'.", parent);
  for (const match of matches) {
    if (match.type === 'InterpolatedString')
      report('Found an interpolation in the name of a node; expected plain text.', match);
    if (match.type === 'StringLiteral' && !hostName.test(match.value)) {
      report(`Found the host name ${quoteForMessage(match.value)}; expected letters, digits, '_', '-' and '.'.`, match);
    }
  }
}

/** Only `Runtime[...]` maps to a type, or a pattern and its replacement to another pair. */
function checkMapping({ target, value }: TypeMapping, text: string, report: Report): void {
  const keys = target.type === 'Access' ? target.keys : [];
  if (target.type !== 'Access' || text.slice(target.target.start, target.target.end) !== 'Runtime') {
    report("Found parameters on the name of a type; expected 'Runtime[...]' or a plain name.", target);
  } else if (value.type === 'ArrayLiteral' || keys[1]?.type === 'ArrayLiteral') {
    if (!isReplacement(keys[1]) || !isReplacement(value)) {
      report('Found a list in a type mapping; expected a pattern and its replacement on both sides, or types.', target);
    }
  }
}

function isReplacement(node: Expression | undefined): boolean {
  if (node?.type !== 'ArrayLiteral' || node.elements.length !== 2) return false;
  const [pattern, text] = node.elements;
  return pattern?.type === 'RegexLiteral' && text?.type === 'StringLiteral';
}

// Assignments

function checkValue(value: Expression, report: Report): void {
  if (value.type === 'Collector') report('Found a collector where a value is needed, and collectors have none.', value);
}

function checkAssignment({ operator, target, value }: Assignment, report: Report): void {
  checkValue(value, report);
  if (operator === '=') checkTarget(target, report);
  else report(`Found '${operator}', which Puppet no longer has; expected '='.`, target);
}

function checkTarget(target: Expression, report: Report): void {
  if (target.type === 'ArrayLiteral') {
    for (const element of target.elements) checkTarget(element, report);
  } else if (target.type !== 'Variable') {
    report("Found an assignment to something that is no variable; expected '$name' before '='.", target);
  } else if (target.name.includes('::')) {
    report(
      `Found an assignment to '$${target.name}', which belongs to another class; expected a name without '::'.`,
      target,
    );
  } else if (matchVariable.test(target.name)) {
    report(`Found an assignment to '$${target.name}', which belongs to regular expressions; expected a name.`, target);
  }
}

// Choices

function checkDefaults(values: readonly Expression[], where: string, report: Report): void {
  const [, ...more] = values.filter(({ type }) => type === 'Default');
  for (const value of more) report(`Found a second 'default' in this ${where}; expected one.`, value);
}

// Resources

function checkResource({ form, typeName, bodies }: ResourceExpression, report: Report): void {
  if (form !== 'regular' && typeName.type === 'Name' && typeName.name === 'class') {
    report('Found a class declared as virtual or exported, which only resources can be.', typeName);
  }
  for (const { operations } of bodies) {
    checkAppending(operations, report);
    const [, ...more] = operations.filter(({ operator }) => operator === '* =>');
    for (const operation of more) report("Found a second '* =>' in this resource; expected one.", operation);
  }
}

function checkAppending(operations: readonly AttributeOperation[], report: Report): void {
  for (const operation of operations) {
    if (operation.operator !== '+>') continue;
    report(
      `Found '+>' after '${operation.name}'; expected '=>', because there is nothing here to append to.`,
      operation,
    );
  }
}

function checkCollector({ typeReference, query }: Collector, text: string, report: Report): void {
  if (typeReference.type !== 'TypeReference')
    report("Found '<|' after something that is no type; expected a type.", typeReference);
  if (query !== null) checkQuery(query, text, report);
}

function checkQuery(query: Expression, text: string, report: Report): void {
  if (query.type === 'Parenthesized') {
    checkQuery(query.expression, text, report);
  } else if (query.type === 'Binary') {
    const { operator, left, right } = query;
    if (operator === 'and' || operator === 'or') {
      checkQuery(left, text, report);
      checkQuery(right, text, report);
    } else if (operator !== '==' && operator !== '!=') {
      report(`Found '${operator}' in the query of a collector; expected '==' or '!='.`, query);
    }
  } else if (query.type === 'Unary' || query.type === 'Call') {
    const shown = quoteForMessage(text.slice(query.start, query.end));
    report(`Found ${shown} in the query of a collector; expected a comparison with '==' or '!='.`, query);
  }
}
