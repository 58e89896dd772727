/** What must hold of every node of every tree, whatever the text. */
import { HOLE, type Template } from '../../../src/core/template.ts';
import type { Node, StringNode } from '../../../src/core/puppet-ast.ts';
import { stringTemplate } from '../../../src/loaders/puppet/strings.ts';
import { forEachChild } from '../../../src/loaders/puppet/children.ts';

/** Every node of a tree, parents first. */
export function nodesOf(root: Node): readonly Node[] {
  const nodes: Node[] = [];
  const pending: Node[] = [root];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    nodes.push(node);
    const children: Node[] = [];
    forEachChild(node, (child) => children.push(child));
    pending.push(...children.reverse());
  }
  return nodes;
}

/** The rules that a tree breaks, as sentences; a tree without errors in it breaks none. */
export function brokenInvariants(root: Node, source: Template): readonly string[] {
  const broken: string[] = [];
  for (const node of nodesOf(root)) {
    const slice = source.text.slice(node.start, node.end);
    const say = (what: string): void => {
      broken.push(`${node.type} at ${String(node.start)}: ${what}: ${JSON.stringify(slice.slice(0, 80))}`);
    };
    if (!(node.start >= 0 && node.start <= node.end && node.end <= source.text.length)) say('range');
    const visited = new Set<unknown>();
    forEachChild(node, (child) => visited.add(child));
    for (const [key, value] of Object.entries(node) as [string, unknown][]) {
      for (const child of Array.isArray(value) ? (value as unknown[]) : [value]) {
        const isNode = typeof child === 'object' && child !== null && 'type' in child;
        if (isNode && !visited.has(child)) say(`'${key}' is not visited`);
      }
    }
    checkSlice(node, slice, source, say);
    checkChildren(node, say);
    if (node.type === 'StringLiteral' || node.type === 'InterpolatedString') checkText(node, source, say);
    if (node.type === 'Heredoc' || node.type === 'Name') checkText(node, source, say);
  }
  return broken;
}

function checkSlice(node: Node, slice: string, source: Template, say: (what: string) => void): void {
  const is = (expected: string): void => {
    if (slice !== expected) say(`should be ${JSON.stringify(expected)}`);
  };
  switch (node.type) {
    case 'Variable':
      if (slice !== `$${node.name}` && slice !== node.name) say('variable');
      break;
    case 'Name':
    case 'TypeReference':
    case 'Identifier':
      is(node.name);
      break;
    case 'ReservedWord':
      is(node.word);
      break;
    case 'NumberLiteral':
      is(node.raw);
      break;
    case 'BooleanLiteral':
      is(String(node.value));
      break;
    case 'Undef':
      is('undef');
      break;
    case 'Default':
      is('default');
      break;
    case 'StringLiteral':
      if (node.quote === 'single' && !/^'[^]*'$/.test(slice)) say('quotes');
      if (node.quote === 'double' && !/^"[^]*"$/.test(slice)) say('quotes');
      if (node.quote === 'bare' && slice.replace(/\s/g, '') !== node.value) say('bare word');
      break;
    case 'InterpolatedString':
      if (node.quote === 'double' && !/^"[^]*"$/.test(slice)) say('quotes');
      break;
    case 'Interpolation':
      if (!/^\$(?:\{[^]*\}|[\w:]+)$/.test(slice)) say('interpolation');
      break;
    case 'Heredoc':
      if (!/^@\([^]*\)$/.test(slice)) say('tag');
      break;
    case 'RegexLiteral':
      if (slice.slice(1, -1).replaceAll('\\/', '/') !== node.pattern) say('pattern');
      break;
    case 'AttributeOperation':
      if (source.text.slice(node.nameStart, node.nameEnd) !== node.name) say('attribute name');
      if (node.start !== node.nameStart || node.end !== node.value.end) say('attribute range');
      break;
    case 'Parameter':
      if (source.text.slice(node.nameStart, node.nameEnd) !== `$${node.name}`) say('parameter name');
      break;
    case 'Parenthesized':
      if (!/^\([^]*\)$/.test(slice)) say('parentheses');
      break;
    case 'ArrayLiteral':
      if (!/^\[[^]*\]$/.test(slice)) say('brackets');
      break;
    case 'HashLiteral':
      if (!node.bare && !/^\{[^]*\}$/.test(slice)) say('braces');
      break;
    case 'Access':
    case 'Case':
    case 'ResourceExpression':
    case 'ClassDefinition':
    case 'DefinedType':
      if (!/[\]}]$/.test(slice)) say('end');
      break;
    case 'If':
      if (!/^(?:els)?if\b[^]*\}$/.test(slice)) say('conditional');
      break;
    default:
      break;
  }
}

/** Children lie inside of their parent and one behind the other; a heredoc's text stands below its tag. */
function checkChildren(node: Node, say: (what: string) => void): void {
  let end = node.start;
  forEachChild(node, (child) => {
    if (node.type === 'Heredoc') return;
    if (child.start < end) say(`the child ${child.type} at ${String(child.start)} begins too early`);
    if (child.end > node.end) say(`the child ${child.type} ends too late`);
    end = child.end;
  });
}

/** The text says what the tree says, and its plain characters stand where they are said to stand. */
function checkText(node: StringNode, source: Template, say: (what: string) => void): void {
  if (node.type !== 'Heredoc' && node.type !== 'Name' && node.quote === 'heredoc') return;
  const template = stringTemplate(node, source);
  const content = node.type === 'Heredoc' ? node.text : node;
  const expected =
    content.type === 'Name'
      ? content.name
      : content.type === 'StringLiteral'
        ? content.value
        : content.parts.map((part) => (part.type === 'StringText' ? part.value : HOLE)).join('');
  if (template.text !== expected && !(content.type === 'StringLiteral' && content.quote === 'bare'))
    say(`text ${JSON.stringify(template.text)}`);
  const holes =
    content.type === 'InterpolatedString' ? content.parts.filter((part) => part.type === 'Interpolation') : [];
  if (
    template.holes.map(({ label }) => label).join() !==
    holes.map((part) => source.text.slice(part.start, part.end)).join()
  )
    say('holes');
  for (const { at, length, source: from, sourceLength } of template.segments) {
    const isHole = template.holes.some((hole) => hole.at === at);
    if (length !== sourceLength || isHole || length === 1) continue;
    if (template.text.slice(at, at + length) !== source.text.slice(from, from + sourceLength))
      say(`segment at ${String(at)}`);
  }
}
