/**
 * How much of a broken manifest is still read: one token of an accepted manifest is taken away, and the attributes of its
 * resources that do not touch that token are looked for at their places.
 */
import { fileTemplate } from '../../src/core/template.ts';
import type { Node } from '../../src/core/puppet-ast.ts';
import { lex } from '../../src/loaders/puppet/lexer.ts';
import { parsePuppet } from '../../src/loaders/puppet/parser.ts';
import { forEachChild } from '../../src/loaders/puppet/children.ts';
import { seededRandom } from './random.ts';

export interface MutantFigures {
  readonly mutants: number;
  /** Mutants that are still a manifest, though another one. */
  readonly accepted: number;
  /** Attributes of the refused mutants that do not touch the token that is gone. */
  readonly attributes: number;
  /** How many of them were read. */
  readonly extracted: number;
  /** Longest time that reading one mutant took, in milliseconds. */
  readonly slowest: number;
}

/**
 * Makes mutants of manifests until `count` of them are refused by the parser. What an accepted mutant says is another manifest's
 * business, so it counts only for the time. Manifests that the parser refuses as they are, are left out.
 */
export function measureMutants(manifests: readonly string[], count: number, seed: number): MutantFigures {
  const random = seededRandom(seed);
  const originals = manifests.map(readOriginal).filter((original) => original !== undefined);
  if (originals.length === 0) throw new Error('There is no manifest with resources among the files.');
  const figures = { mutants: 0, accepted: 0, attributes: 0, extracted: 0, slowest: 0 };
  for (let refused = 0; refused < count && figures.mutants < 20 * count; figures.mutants++) {
    const original = originals[Math.floor(random() * originals.length)];
    const token = original?.tokens[Math.floor(random() * original.tokens.length)];
    if (original === undefined || token === undefined) continue;
    const mutant = original.text.slice(0, token.start) + original.text.slice(token.end);
    const began = performance.now();
    const { program, errors } = parsePuppet(fileTemplate('mutant.pp', mutant));
    figures.slowest = Math.max(figures.slowest, performance.now() - began);
    if (errors.length === 0) {
      figures.accepted++;
      continue;
    }
    refused++;
    const read = new Set(attributesOf(program).map(keyOf));
    const removed = token.end - token.start;
    for (const attribute of original.attributes) {
      if (attribute.start < token.end && token.start < attribute.end) continue;
      const shift = attribute.start >= token.end ? removed : 0;
      figures.attributes++;
      const place = { ...attribute, start: attribute.start - shift, end: attribute.end - shift };
      if (read.has(keyOf(place))) figures.extracted++;
    }
  }
  return figures;
}

interface Range {
  readonly start: number;
  readonly end: number;
}

/** `name => value` of a resource, with its place. */
interface Attribute extends Range {
  readonly type: string;
  readonly name: string;
}

interface Original {
  readonly text: string;
  readonly tokens: readonly Range[];
  readonly attributes: readonly Attribute[];
}

function readOriginal(text: string): Original | undefined {
  const { program, errors } = parsePuppet(fileTemplate('original.pp', text));
  if (errors.length > 0) return undefined;
  const attributes = attributesOf(program);
  if (attributes.length === 0) return undefined;
  const { starts, ends } = lex(text, { epp: false, tasks: false });
  const tokens: Range[] = [];
  for (let index = 0; index < starts.length; index++) {
    const start = starts[index] ?? 0;
    const end = ends[index] ?? 0;
    if (end > start) tokens.push({ start, end });
  }
  return { text, tokens, attributes };
}

function keyOf({ type, name, start, end }: Attribute): string {
  return `${type} ${name} ${start} ${end}`;
}

function attributesOf(program: Node): readonly Attribute[] {
  const found: Attribute[] = [];
  const pending: { readonly node: Node; readonly type: string }[] = [{ node: program, type: '' }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { node } = next;
    let { type } = next;
    if (node.type === 'ResourceExpression') type = node.typeName.type === 'Name' ? node.typeName.name : '';
    if (node.type === 'AttributeOperation') found.push({ type, name: node.name, start: node.start, end: node.end });
    forEachChild(node, (child) => pending.push({ node: child, type }));
  }
  return found;
}
