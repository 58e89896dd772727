/** The outline of a file: classes and resources of a manifest, sections and settings of a unit. */
import { SymbolKind, type DocumentSymbol, type Range } from 'vscode-languageserver-types';
import { indexLines, positionAt } from '../core/line-index.ts';
import type { FileKind } from '../core/source-file.ts';
import { fileTemplate } from '../core/template.ts';
import type { Expression, Node, Range as Place } from '../core/puppet-ast.ts';

/** Deeper ones are left out: nobody reads an outline of a thousand levels. */
const deepest = 50;

/** Symbols of a text; empty for kinds without an outline. Ranges lie inside the text, also while it is being typed. */
export async function documentSymbols(kind: FileKind, path: string, text: string): Promise<DocumentSymbol[]> {
  const index = indexLines(text);
  const range = (start: number, end: number): Range => {
    const [from, to] = [positionAt(index, start), positionAt(index, Math.max(start, end))];
    return {
      start: { line: from.line - 1, character: from.column - 1 },
      end: { line: to.line - 1, character: to.column - 1 },
    };
  };
  if (kind === 'unit' || kind === 'drop-in') return unitSymbols(text, range);
  if (kind !== 'puppet') return [];
  const { parsePuppet } = await import('../loaders/puppet/parser.ts');
  const { program } = parsePuppet(fileTemplate(path, text));
  return program.body.flatMap((node) => puppetSymbols(node, text, range, 0));
}

type ToRange = (start: number, end: number) => Range;

function unitSymbols(text: string, range: ToRange): DocumentSymbol[] {
  const sections: DocumentSymbol[] = [];
  for (const match of text.matchAll(/^[^\S\r\n\u2028\u2029]*(?:\[([^\]\n]+)\]|([A-Za-z]\w*)[^\S\n]*=[^\n]*)/gm)) {
    const [whole, section, key] = match;
    const place = range(match.index, match.index + whole.length);
    if (section !== undefined) {
      sections.push({ name: section, kind: SymbolKind.Namespace, range: place, selectionRange: place, children: [] });
    } else if (key !== undefined) {
      const last = sections.at(-1);
      last?.children?.push({ name: key, kind: SymbolKind.Property, range: place, selectionRange: place });
      if (last !== undefined) last.range = { start: last.range.start, end: place.end };
    }
  }
  return sections;
}

/** The part to select: the name, kept inside the whole also where half-typed text has it elsewhere. */
function selection(whole: Place, name: Place, range: ToRange): Range {
  const last = Math.max(whole.start, whole.end);
  const start = Math.min(Math.max(name.start, whole.start), last);
  return range(start, Math.max(start, Math.min(name.end, last)));
}

function puppetSymbols(node: Node, text: string, range: ToRange, depth: number): DocumentSymbol[] {
  if (depth > deepest) return [];
  const inner = (nodes: readonly Expression[] | null | undefined) =>
    (nodes ?? []).flatMap((each) => puppetSymbols(each, text, range, depth + 1));
  const symbol = (name: string, kind: SymbolKind, at: Node, children: DocumentSymbol[]): DocumentSymbol[] => [
    {
      // An outline may not hold an empty name.
      name: name === '' ? '?' : name,
      kind,
      range: range(node.start, node.end),
      selectionRange: selection(node, at, range),
      children,
    },
  ];
  switch (node.type) {
    case 'ClassDefinition':
      return symbol(node.qualifiedName, SymbolKind.Class, node.name, inner(node.body));
    case 'DefinedType':
      return symbol(node.qualifiedName, SymbolKind.Struct, node.name, inner(node.body));
    case 'FunctionDefinition':
    case 'Plan':
      return symbol(node.qualifiedName, SymbolKind.Function, node.name, inner(node.body));
    case 'TypeAlias':
      return symbol(node.name.name, SymbolKind.Interface, node.name, []);
    case 'NodeDefinition': {
      const name = node.matches.map((match) => text.slice(match.start, match.end)).join(', ');
      return symbol(`node ${name}`, SymbolKind.Module, node.matches[0] ?? node, inner(node.body));
    }
    case 'ResourceExpression':
      return node.bodies.map((body) => {
        const type = text.slice(node.typeName.start, node.typeName.end);
        const title = text.slice(body.title.start, body.title.end);
        return {
          name: `${type} ${title}`.trim(),
          kind: SymbolKind.Object,
          range: range(body.start, body.end),
          selectionRange: selection(body, body.title, range),
        };
      });
    case 'If':
    case 'Unless':
      return [...inner(node.then), ...inner(node.else)];
    case 'Case':
      return node.options.flatMap((option) => inner(option.body));
    case 'Relationship':
      return inner([node.left, node.right]);
    case 'Call':
    case 'MethodCall':
      return inner(node.lambda?.body);
    default:
      return [];
  }
}
