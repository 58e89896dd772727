/** YAML and JSON of a repository: what two loaders make of it. */
import type { Fact } from '../core/fact.ts';
import type { Loader } from '../core/loader.ts';
import { fileTemplate } from '../core/template.ts';
import { clusterFacts } from './cluster/index.ts';
import { loader as kubelet } from './kubelet/index.ts';

export const loader: Loader = {
  async prepare(file) {
    await kubelet.prepare?.(file);
  },
  facts(file): readonly Fact[] {
    const facts = [...kubelet.facts(file), ...clusterFacts(fileTemplate(file.path, file.text))];
    return facts.sort((a, b) => a.span.start - b.span.start);
  },
  ast: (file) => kubelet.ast(file),
};
