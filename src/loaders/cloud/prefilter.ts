import { textSearch, type Sign } from '../../core/text-search.ts';
import { keySign, valueSign } from '../yaml-signs.ts';

/** A header of one of these is in every unit that says something. */
const headers: readonly Sign[] = [
  ['[Unit]'],
  ['[Service]'],
  ['[Timer]'],
  ['[Socket]'],
  ['[Mount]'],
  ['[Path]'],
  ['[Install]'],
];

/** Words for the other files that a node gets and that are read there. */
const files: readonly Sign[] = [
  ['KubeletConfiguration', '/'],
  ['/etc/fstab'],
  ['zram-generator'],
  ['sysconfig/kubelet'],
  ['default/kubelet'],
  ['kubelet.env'],
];

/** What the registry knows of files inside YAML and JSON without importing their loader. */
export const cloudWords: readonly Sign[] = [...headers, ...files];

/** Whether a text can have a unit in it. */
export const mayHoldUnits = textSearch(headers);

const hasFileWords = textSearch(files);

/** Whether a text can have a file in it that is read and no unit. */
export function mayHoldOtherFiles(text: string): boolean {
  return hasFileWords(text) && /["']?contents?["']?[ \t]*:/.test(text);
}

const contentKey = keySign('contents?');
const unitSigns = [contentKey, keySign('mask'), valueSign('command', 'mask'), valueSign('kind', 'ConfigMap')];

/** Whether parsing a document, or a whole JSON text, can bring a unit. */
export function mayHaveUnitTree(text: string): boolean {
  return mayHoldUnits(text) && unitSigns.some((sign) => sign.test(text));
}

/** Whether parsing a document can bring another file that is read. */
export const mayHaveFileTree = textSearch(
  [
    'KubeletConfiguration',
    'kubeadm.k8s.io',
    'KubeProxyConfiguration',
    '/etc/fstab',
    'zram-generator',
    'sysconfig/kubelet',
    'default/kubelet',
    'kubelet.env',
    'kubeadm-flags.env',
  ].map((word): Sign => [word, contentKey]),
);
