/**
 * The syntax trees of manifests. A tree takes some sixteen times the memory of its text, so those of a few megabytes of text are kept, and any
 * other is parsed again when it is asked for.
 */
import type { Program } from '../../core/puppet-ast.ts';
import type { Template } from '../../core/template.ts';
import { parseProgram } from './parser.ts';

/** Characters of text whose trees are kept. */
export const keptTrees = 3_000_000;

interface Kept {
  readonly program: Program;
  /** Asked for since it was last looked at whether it is to go. */
  isUsed: boolean;
}

/** By the manifest, what is to go first at the front. */
const kept = new Map<Template, Kept>();
let characters = 0;

export function keepTree(source: Template, program: Program): void {
  kept.set(source, { program, isUsed: false });
  characters += source.text.length;
}

/** The tree of a manifest: the same one until `releaseTrees` is called. */
export function treeOf(source: Template): Program {
  const known = kept.get(source);
  if (known !== undefined) {
    known.isUsed = true;
    return known.program;
  }
  const program = parseProgram(source);
  keepTree(source, program);
  return program;
}

/** Lets go of trees that are too many. To be called where no node of before will be compared with one of later. */
export function releaseTrees(): void {
  if (characters <= keptTrees) return;
  for (const [source, tree] of kept) {
    kept.delete(source);
    if (tree.isUsed) {
      // Its turn comes again behind the others.
      tree.isUsed = false;
      kept.set(source, tree);
    } else {
      characters -= source.text.length;
      if (characters <= keptTrees) return;
    }
  }
}
