/** Programs of Kubernetes that containers run. */
import type { Fact } from '../../core/fact.ts';
import { spanOf, type Template } from '../../core/template.ts';
import { scalarTemplate, valueAt, type MappingTree, type ScalarTree } from '../kubelet/tree.ts';

const programs = ['kube-proxy', 'kube-apiserver', 'kube-controller-manager'] as const;
/** As hyperkube names them. */
const shortNames = ['proxy', 'apiserver', 'controller-manager'];

/** A container whose command, or first argument, is one of them; arguments given to `sh -c` are not taken apart. */
export function programFacts(document: Template, container: MappingTree): readonly Fact[] {
  const words = ['command', 'args'].flatMap((key): readonly ScalarTree[] => {
    const list = valueAt(container, key);
    return list?.type === 'sequence' ? list.items.filter((item) => item.type === 'scalar') : [];
  });
  const isHyperkube = words[0] !== undefined && baseName(words[0].text) === 'hyperkube';
  const [command, ...rest] = isHyperkube ? words.slice(1) : words;
  if (command === undefined) return [];
  const name = baseName(command.text);
  const program = programs.find((full, index) => full === name || (isHyperkube && shortNames[index] === name));
  if (program === undefined) return [];
  const span = spanOf(document, command.start, command.end);
  return [{ kind: 'kubernetes.program', span, program, arguments: rest.map((word) => scalarTemplate(document, word)) }];
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
