/** What a manifest says by itself: its syntax tree, and what Puppet refuses of it. The rest needs all manifests: `expand.ts`. */
import type { Fact } from '../../core/fact.ts';
import { spanOf, type Template } from '../../core/template.ts';
import type { ParseResult } from '../../core/puppet-ast.ts';
import type { PuppetManifestFact } from '../../core/facts/puppet.ts';
import { keepTree, releaseTrees, treeOf } from './syntax-trees.ts';
import { indexManifest } from './tree.ts';

/** Facts in the order of the text. */
export function manifestFacts({ program, errors }: ParseResult, source: Template): readonly Fact[] {
  const { file, text } = source;
  const manifest: PuppetManifestFact = {
    kind: 'puppet.manifest',
    span: spanOf(source),
    path: file,
    text,
    get program() {
      return treeOf(source);
    },
  };
  keepTree(source, program);
  // What other manifests may ask of it is found while its tree is there.
  indexManifest(manifest);
  releaseTrees();
  const facts: Fact[] = [manifest];
  for (const error of errors) {
    const span = spanOf(source, error.start, error.end);
    facts.push({ kind: 'syntax.error', format: 'puppet', message: error.message, span });
  }
  return facts;
}
