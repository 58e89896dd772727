/** YAML and JSON of a repository: what three loaders make of it. */
import type { Fact } from '../core/fact.ts';
import type { Loader } from '../core/loader.ts';
import { fileTemplate } from '../core/template.ts';
import { topicSearch } from '../core/text-search.ts';
import { cloudFacts, prepareCloud } from './cloud/index.ts';
import { fileSigns, unitSigns } from './cloud/prefilter.ts';
import { clusterFacts, prepareCluster } from './cluster/index.ts';
import { clusterSigns, clusterTextSigns } from './cluster/prefilter.ts';
import { loader as kubelet } from './kubelet/index.ts';
import { words } from './kubelet/words.ts';

/** Which of the loaders have something to look for in a text: those of large schemas have the words and not the signs. */
const topicsOf = topicSearch({
  kubelet: words.map((word) => [word]),
  cluster: [...clusterTextSigns, ...clusterSigns],
  cloud: [...unitSigns, ...fileSigns],
});

export const loader: Loader = {
  async prepare(file) {
    const topics = topicsOf(file.text);
    if (topics.has('kubelet')) await kubelet.prepare?.(file);
    if (topics.has('cluster')) await prepareCluster(file.text);
    if (topics.has('cloud')) await prepareCloud(file.text);
  },
  facts(file): readonly Fact[] {
    const topics = topicsOf(file.text);
    if (topics.size === 0) return [];
    const template = fileTemplate(file.path, file.text);
    const facts = [
      ...(topics.has('kubelet') ? kubelet.facts(file) : []),
      ...(topics.has('cluster') ? clusterFacts(template) : []),
      ...(topics.has('cloud') ? cloudFacts(template) : []),
    ];
    return facts.sort((a, b) => a.span.start - b.span.start);
  },
  ast: (file) => kubelet.ast(file),
};
