import path from 'node:path';
import { createRule } from './create-rule.ts';
import { onImport } from './imports.ts';
import { repositoryPath } from './repository-path.ts';

interface Layer {
  /** Folders of src/ it may import. */
  readonly imports: readonly string[];
  /** Folders it may import types from, which leaves nothing at run time. */
  readonly types?: readonly string[];
}

/** Data flows one way: files, facts, model, rules, findings, report. What is not named here may import everything. */
const layers: ReadonlyMap<string, Layer> = new Map<string, Layer>([
  ['core', { imports: ['core'], types: ['model'] }],
  ['knowledge', { imports: ['core', 'knowledge'] }],
  ['loaders', { imports: ['core', 'knowledge', 'loaders'] }],
  ['model', { imports: ['core', 'knowledge', 'model'], types: ['loaders'] }],
  ['rules', { imports: ['core', 'knowledge', 'model', 'rules'] }],
  ['reporters', { imports: ['core', 'reporters'], types: ['vcs'] }],
]);

export const layersRule = createRule({
  name: 'layers',
  meta: {
    type: 'problem',
    docs: { description: 'A loader imports no rule, a rule no loader, a reporter neither.' },
    messages: {
      wrongWay: "src/{{from}} must not import '{{source}}': it may import only from {{allowed}}.",
    },
    schema: [],
  },
  create(context) {
    const place = repositoryPath(context.filename);
    const from = place?.inSource.split('/')[0] ?? '';
    const layer = layers.get(from);
    if (place === undefined || layer === undefined) return {};
    return onImport(({ node, source, typesOnly }) => {
      if (!source.startsWith('.')) return;
      const target = path.posix.join(path.posix.dirname(place.inSource), source).split('/')[0] ?? '';
      if (layer.imports.includes(target) || (typesOnly && layer.types?.includes(target) === true)) return;
      context.report({ node, messageId: 'wrongWay', data: { from, source, allowed: layer.imports.join(', ') } });
    });
  },
});
