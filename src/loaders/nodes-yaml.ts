/** YAML and JSON of a repository: what three loaders make of it. */
import type { Fact } from '../core/fact.ts';
import type { Loader } from '../core/loader.ts';
import { fileTemplate } from '../core/template.ts';
import { cloudFacts, prepareCloud } from './cloud/index.ts';
import { clusterFacts, prepareCluster } from './cluster/index.ts';
import { loader as kubelet } from './kubelet/index.ts';

export const loader: Loader = {
  async prepare(file) {
    await kubelet.prepare?.(file);
    await prepareCluster(file.text);
    await prepareCloud(file.text);
  },
  facts(file): readonly Fact[] {
    const template = fileTemplate(file.path, file.text);
    const facts = [...kubelet.facts(file), ...clusterFacts(template), ...cloudFacts(template)];
    return facts.sort((a, b) => a.span.start - b.span.start);
  },
  ast: (file) => kubelet.ast(file),
};
