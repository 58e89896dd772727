/** Docker's daemon.json. */
import type { Fact } from '../../core/fact.ts';
import type { Loader } from '../../core/loader.ts';
import { fileTemplate, spanOf, type Template } from '../../core/template.ts';
import { dockerDaemonFacts } from '../kubelet/node-facts.ts';
import { readJson } from '../kubelet/read-json.ts';
import { scalarAt, scalarTemplate, type Tree } from '../kubelet/tree.ts';

/** The facts of a daemon.json. Text that is no JSON, such as a template that is still to be filled in, has none. */
export function daemonFacts(template: Template): readonly Fact[] {
  const [document] = readJson(template) ?? [];
  if (document?.root.type !== 'mapping' || document.error !== undefined) return [];
  return [...dockerDaemonFacts(template, document.root), ...logFacts(template, document.root)];
}

function logFacts(template: Template, root: Tree): readonly Fact[] {
  const at = (...keys: readonly string[]): Template | undefined => {
    const scalar = scalarAt(root, ...keys);
    return scalar === undefined ? undefined : scalarTemplate(template, scalar);
  };
  const logDriver = at('log-driver');
  return [
    {
      kind: 'docker.daemon',
      span: logDriver === undefined ? spanOf(template, root.start, root.start + 1) : spanOf(logDriver),
      logDriver,
      maxSize: at('log-opts', 'max-size'),
      maxFile: at('log-opts', 'max-file'),
    },
  ];
}

export const loader: Loader = {
  facts: ({ path, text }) => daemonFacts(fileTemplate(path, text)),
  ast: (file) => loader.facts(file),
};
