/** Scripts of the tree that units run: what `ExecStart=/usr/local/bin/check` starts, if the tree has the file. */
import type { Fact } from '../../core/fact.ts';
import type { ScriptFact } from '../../core/facts/script.ts';
import { scriptPath } from '../../core/script-path.ts';
import { fileTemplate, spanOf } from '../../core/template.ts';
import { withoutTemplateEnding } from '../../core/unit-place.ts';
import { commandsOf, loadShellParser } from '../shell/commands.ts';
import { placeholdersToHoles } from './placeholders.ts';

/** The files of a repository; as the registry has it, which no loader imports. */
interface Tree {
  readonly paths: readonly string[];
  file(path: string): { readonly path: string; readonly text: string } | undefined;
}

/** Longer texts are programs that are packed into a script. */
const longestScript = 200_000;

/** The shell scripts that commands of units run. @param facts of all units of a repository */
export async function unitScripts(facts: readonly Fact[], tree: Tree): Promise<readonly ScriptFact[]> {
  const wanted = new Map<string, string>();
  for (const fact of facts) {
    if (fact.kind !== 'command' || fact.origin.type !== 'unit') continue;
    const path = scriptPath(fact.words);
    if (path?.startsWith('/') === true && !wanted.has(path)) wanted.set(path, fact.origin.path);
  }
  if (wanted.size === 0) return [];
  const byName = new Map<string, string[]>();
  for (const path of tree.paths) {
    const name = baseName(withoutTemplateEnding(path));
    const paths = byName.get(name);
    if (paths === undefined) byName.set(name, [path]);
    else paths.push(path);
  }
  const found: ScriptFact[] = [];
  for (const [path, unit] of wanted) {
    for (const candidate of placesOf(path, unit, byName.get(baseName(path)) ?? [])) {
      const file = tree.file(candidate);
      if (file === undefined || file.text.length > longestScript || !isShellScript(file.text)) continue;
      await loadShellParser();
      const text = placeholdersToHoles(fileTemplate(candidate, file.text));
      const end = text.text.indexOf('\n');
      const span = spanOf(text, 0, end < 0 ? text.text.length : end);
      found.push({ kind: 'script', span, path, commands: commandsOf(text) });
    }
  }
  return found.sort((a, b) => (a.span.file < b.span.file ? -1 : 1));
}

/**
 * Files of the tree that may be the one with this path on the node: those at the end of whose path it stands; else the only one of its name
 * in the directory that holds the unit's (an Ansible role, a Puppet module).
 */
function placesOf(path: string, unit: string, sameName: readonly string[]): readonly string[] {
  const exact = sameName.filter((each) => `/${withoutTemplateEnding(each)}`.endsWith(path));
  if (exact.length > 0) return exact;
  const role = parent(parent(unit));
  const near = sameName.filter((each) => role === '' || each.startsWith(`${role}/`));
  return near.length === 1 ? near : [];
}

function isShellScript(text: string): boolean {
  return /^#![^\n]*\b(?:ba|da|k|z)?sh\b/.test(text);
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function parent(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}
