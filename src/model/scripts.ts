/** Scripts that the configuration puts on the node, and the commands that run them. */
import type { CommandFact } from '../core/facts/command.ts';
import type { ScriptFact } from '../core/facts/script.ts';
import { scriptPath, shells } from '../core/script-path.ts';
import type { Answer } from '../core/template.ts';

/** More commands than this are not taken from scripts: many entries that all run one long script. */
const maximumCommands = 20_000;

/** Names of the programs that a command must have to run one of these scripts. */
export function scriptPrograms(scripts: readonly ScriptFact[]): readonly string[] {
  return [...new Set([...scripts.map(({ path }) => path.slice(path.lastIndexOf('/') + 1)), ...shells])].sort();
}

/**
 * The commands that run because a command runs a script of the tree, by its path: they have the origin of what runs the
 * script, and their places in it. One level: a script that a script runs is not followed.
 */
export function scriptCommands(
  commands: readonly CommandFact[],
  scripts: readonly ScriptFact[],
): readonly CommandFact[] {
  if (scripts.length === 0) return [];
  const byPath = new Map<string, ScriptFact[]>();
  for (const script of scripts) {
    const known = byPath.get(script.path);
    if (known === undefined) byPath.set(script.path, [script]);
    // What deploys it and what runs it may both have read it.
    else if (!known.some(({ span }) => span.file === script.span.file && span.start === script.span.start))
      known.push(script);
  }
  const found: CommandFact[] = [];
  for (const { words, always, origin } of commands) {
    const path = scriptPath(words);
    const candidates = path === undefined ? [] : (byPath.get(path) ?? []);
    for (const script of candidates) {
      for (const command of script.commands) {
        if (found.length >= maximumCommands) return found;
        // Of several scripts for one path, which one is on the node is not known.
        const runs = candidates.length === 1 ? both(always, command.always) : 'unknown';
        found.push({ kind: 'command', span: command.span, words: command.words, always: runs, origin });
      }
    }
  }
  return found;
}

function both(one: Answer, other: Answer): Answer {
  return one === 'yes' ? other : one;
}
