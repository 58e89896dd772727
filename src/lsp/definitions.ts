/** Where the file is that a line names: a unit, a Puppet class or defined type, a template or file of a module. */
import type { Position } from 'vscode-languageserver';
import type { FileKind } from '../core/source-file.ts';

/**
 * Paths that the words under the cursor name, the nearest first; empty when they name none.
 *
 * @param path of the file the cursor is in
 * @param paths all files that are known
 * @param isFile whether a path that is not known is a file all the same, as a template of any name may be
 */
export function definitionPaths(
  kind: FileKind,
  path: string,
  line: string,
  position: Position,
  paths: readonly string[],
  isFile: (path: string) => boolean,
): readonly string[] {
  const endings =
    kind === 'unit' || kind === 'drop-in'
      ? unitEndings(wordAt(line, position.character, /[\w@.:\\-]+/g) ?? '')
      : kind === 'puppet'
        ? puppetEndings(line, position.character)
        : [];
  if (endings.length === 0) return [];
  const known = paths.filter((candidate) =>
    endings.some((ending) => candidate === ending || candidate.endsWith(`/${ending}`)),
  );
  const beside = kind === 'puppet' ? moduleFiles(endings, [path, ...paths]).filter(isFile) : [];
  return [...new Set([...known, ...beside])].sort(
    (a, b) => sharedLength(b, path) - sharedLength(a, path) || (a < b ? -1 : 1),
  );
}

/** Where files of a module would be, by the folders of modules that are known. */
function moduleFiles(endings: readonly string[], paths: readonly string[]): readonly string[] {
  const module = endings[0]?.split('/')[0] ?? '';
  const folder = new RegExp(`^((?:.*/)?)${module}/(?:manifests|templates|files)/.*$`);
  const roots = new Set(paths.flatMap((each) => (folder.test(each) ? each.replace(folder, '$1') : [])));
  return [...roots].flatMap((root) => endings.map((ending) => root + ending));
}

/** The unit itself, or the template of an instance. */
function unitEndings(word: string): readonly string[] {
  const name = word.replace(/^.*=/, '');
  if (!/^[\w@.:\\-]+\.(?:service|socket|timer|path|mount|automount|swap|target|slice)$/.test(name)) return [];
  return [name, name.replace(/^([^@]*@).*(?=\.\w+$)/, '$1')];
}

function puppetEndings(line: string, character: number): readonly string[] {
  const quoted = wordAt(line, character, /(?<![^'"])[^'"]+(?=['"])/g) ?? '';
  const [, module, name] = /^(?:puppet:\/\/\/modules\/)?([a-z]\w*)\/([\w./-]+)$/.exec(quoted) ?? [];
  if (module !== undefined && name !== undefined) return [`${module}/templates/${name}`, `${module}/files/${name}`];
  const word = (wordAt(line, character, /[\w:]+/g) ?? '').replace(/^::/, '').toLowerCase();
  const [first, ...rest] = word.split('::');
  if (first === undefined || !/^[a-z]\w*$/.test(first) || rest.some((part) => !/^\w+$/.test(part))) return [];
  return [`${first}/manifests/${rest.length === 0 ? 'init' : rest.join('/')}.pp`];
}

function wordAt(line: string, character: number, pattern: RegExp): string | undefined {
  for (const match of line.matchAll(pattern)) {
    if (match.index <= character && character <= match.index + match[0].length) return match[0];
  }
  return undefined;
}

/** How many characters of their beginning two paths share. */
function sharedLength(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return length;
}
