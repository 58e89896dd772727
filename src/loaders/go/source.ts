/** One Go text as the readers of this folder see it: tree, imports, package. */
import { spanOf, type Template } from '../../core/template.ts';
import type { Span } from '../../core/span.ts';
import { child, childrenOfType, walk, type GoNode } from './syntax.ts';

export interface GoSource {
  readonly template: Template;
  /** What was parsed: as long as the template's text, with diff markers and the like blanked. */
  readonly text: string;
  readonly root: GoNode;
  /** Without a package clause: documentation. */
  readonly fragment: boolean;
  readonly package: string;
  readonly packageName: string | undefined;
  /** Import path of each name that stands for a package. */
  readonly imports: ReadonlyMap<string, string>;
  /** Names of the functions of which calls matter; `undefined` for all. */
  readonly asked: ReadonlySet<string> | undefined;
}

/** Packages that the text of a fragment may name without importing them. */
const assumedImports: readonly (readonly [string, string])[] = [
  ['http', 'net/http'],
  ['httputil', 'net/http/httputil'],
  ['exec', 'os/exec'],
  ['time', 'time'],
  ['context', 'context'],
];

export function createSource(template: Template, text: string, root: GoNode, asked?: ReadonlySet<string>): GoSource {
  const clause = root.children.find(({ type }) => type === 'package_clause');
  const fragment = clause === undefined;
  const imports = readImports(root, text);
  if (fragment) for (const [name, path] of assumedImports) if (!imports.has(name)) imports.set(name, path);
  const name = clause?.children[0];
  const packageName = name === undefined ? undefined : text.slice(name.start, name.end);
  const { file } = template;
  const directory = file.slice(0, Math.max(0, file.lastIndexOf('/')));
  const own = fragment || !file.endsWith('.go');
  return {
    template,
    text,
    root,
    fragment,
    package: own ? `${file}#${String(template.source)}` : `${directory}:${packageName ?? ''}`,
    packageName,
    imports,
    asked,
  };
}

function readImports(root: GoNode, text: string): Map<string, string> {
  const imports = new Map<string, string>();
  for (const declaration of childrenOfType(root, 'import_declaration')) {
    for (const spec of walk(declaration)) {
      if (spec.type !== 'import_spec') continue;
      const path = child(spec, 'path');
      if (path === undefined) continue;
      const importPath = text.slice(path.start + 1, path.end - 1);
      const name = child(spec, 'name');
      for (const one of name === undefined ? defaultNames(importPath) : [text.slice(name.start, name.end)]) {
        imports.set(one, importPath);
      }
    }
  }
  return imports;
}

/** What a package without an alias is probably called: its own clause is not at hand. */
function defaultNames(path: string): readonly string[] {
  const parts = path.split('/');
  const last = parts.at(-1) ?? path;
  const name = (/^v\d+$/.test(last) && parts.length > 1 ? (parts.at(-2) ?? last) : last).replace(/\.v\d+$/, '');
  return [...new Set([name, name.replace(/^go-/, ''), name.replace(/-go$/, ''), name.replaceAll('-', '')])];
}

export function textOf(source: GoSource, node: GoNode): string {
  return source.text.slice(node.start, node.end);
}

export function nodeSpan(source: GoSource, node: GoNode): Span {
  return spanOf(source.template, node.start, node.end);
}

/** Whether a type is `name` of the package with this import path. */
export function isTypeOf(source: GoSource, type: GoNode | undefined, path: string, name: string): boolean {
  return packageMember(source, type) === `${path}.${name}`;
}

/** `net/http.Client` for the type or expression `http.Client`; `undefined` when it is no member of an imported package. */
export function packageMember(source: GoSource, node: GoNode | undefined): string | undefined {
  if (node === undefined) return undefined;
  const selector = node.type === 'selector_expression';
  if (!selector && node.type !== 'qualified_type') return undefined;
  const left = child(node, selector ? 'operand' : 'package');
  const right = child(node, selector ? 'field' : 'name');
  if (left === undefined || right === undefined) return undefined;
  if (selector && left.type !== 'identifier') return undefined;
  const path = source.imports.get(textOf(source, left));
  return path === undefined ? undefined : `${path}.${textOf(source, right)}`;
}

/** The type behind `*`, `[]`, `...`, type arguments and parentheses. */
export function bareType(type: GoNode | undefined): GoNode | undefined {
  let inner = type;
  while (inner !== undefined && inner.type !== 'qualified_type' && inner.type !== 'type_identifier') {
    if (!['pointer_type', 'parenthesized_type', 'generic_type', 'slice_type'].includes(inner.type)) return undefined;
    inner = child(inner, 'type') ?? child(inner, 'element') ?? inner.children[0];
  }
  return inner;
}
