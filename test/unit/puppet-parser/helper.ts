import { fileTemplate, spanOf, type Template } from '../../../src/core/template.ts';
import type { Node, ParseOptions, ParseResult } from '../../../src/core/puppet-ast.ts';
import { parsePuppet } from '../../../src/loaders/puppet/parser.ts';
import { nodesOf } from './invariants.ts';

export interface Parsed extends ParseResult {
  readonly source: Template;
}

export function parse(text: string, options?: ParseOptions, file = 'manifests/site.pp'): Parsed {
  const source = fileTemplate(file, text);
  return { ...parsePuppet(source, options), source };
}

/** The nodes of one type, in the order of the text. */
export function all<Type extends Node['type']>(root: Node, type: Type): readonly Extract<Node, { type: Type }>[] {
  return nodesOf(root).filter((node): node is Extract<Node, { type: Type }> => node.type === type);
}

/** The only node of a type. */
export function only<Type extends Node['type']>(root: Node, type: Type): Extract<Node, { type: Type }> {
  const nodes = all(root, type);
  const [node] = nodes;
  if (node === undefined || nodes.length !== 1) throw new Error(`${String(nodes.length)} nodes of type ${type}`);
  return node;
}

/** Line and column, from 1, of an offset. */
export function place(text: string, offset: number): string {
  const lines = text.slice(0, offset).split('\n');
  return `${String(lines.length)}:${String((lines.at(-1)?.length ?? 0) + 1)}`;
}

/** Where a character of a template stands in its file. */
export function placeIn(source: string, template: Template, at: number): string {
  return place(source, spanOf(template, at, at + 1).start);
}

/** `type name => value` of every attribute, as written. */
export function attributes({ program, source }: Parsed): readonly string[] {
  const slice = ({ start, end }: { readonly start: number; readonly end: number }): string =>
    source.text.slice(start, end);
  return all(program, 'ResourceExpression').flatMap(({ typeName, bodies }) =>
    bodies.flatMap(({ operations }) =>
      operations
        .filter(({ value }) => value.type !== 'ErrorNode')
        .map(({ name, value }) => `${slice(typeName)} ${name} => ${slice(value)}`),
    ),
  );
}
