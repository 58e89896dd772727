import type { Template } from '../core/template.ts';

/** Names that a kubelet may run under. */
export const kubeletPrograms: readonly string[] = ['kubelet', 'hyperkube'];

/** Names that kube-proxy may run under. */
export const kubeProxyPrograms: readonly string[] = ['kube-proxy', 'hyperkube'];

/**
 * The arguments of a command that runs a Kubernetes program under its own name, or under `hyperkube` with a word that names it;
 * `undefined` for other commands.
 */
export function commandArguments(
  words: readonly Template[],
  program: string,
  hyperkubeWord: string,
): readonly Template[] | undefined {
  const [command, first] = words;
  const name = command?.text.slice(command.text.lastIndexOf('/') + 1);
  if (name === program) return words.slice(1);
  const second = first?.text.replace(/^--?/, '');
  return name === 'hyperkube' && (second === program || second === hyperkubeWord) ? words.slice(2) : undefined;
}
