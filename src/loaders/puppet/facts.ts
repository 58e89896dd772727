/** What a manifest says by itself: its syntax tree, and what Puppet refuses of it. The rest needs all manifests: `expand.ts`. */
import type { Fact } from '../../core/fact.ts';
import { spanOf, type Template } from '../../core/template.ts';
import type { ParseResult } from '../../core/puppet-ast.ts';

/** Facts in the order of the text. */
export function manifestFacts({ program, errors }: ParseResult, source: Template): readonly Fact[] {
  const { file, text } = source;
  const facts: Fact[] = [{ kind: 'puppet.manifest', span: spanOf(source), path: file, text, program }];
  for (const error of errors) {
    const span = spanOf(source, error.start, error.end);
    facts.push({ kind: 'syntax.error', format: 'puppet', message: error.message, span });
  }
  return facts;
}
