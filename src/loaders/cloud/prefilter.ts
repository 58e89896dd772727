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

/** Whether a text can be a unit. */
export const mayHoldUnits = textSearch(headers);

const contentKey = keySign('contents?');
const unitKey = new RegExp(
  [contentKey, keySign('mask'), valueSign('command', 'mask'), valueSign('kind', 'ConfigMap')]
    .map(({ source }) => source)
    .join('|'),
);

/** What a document, or a whole JSON text, has in it if parsing it can bring a unit. */
export const unitSigns: readonly Sign[] = headers.map(([header]) => [header, unitKey]);

export const mayHaveUnitTree = textSearch(unitSigns);

/** What a text has in it if there can be another file in it that is read. */
export const fileSigns: readonly Sign[] = files.map((sign) => [...sign, /["']?contents?["']?[ \t]*:/]);

export const mayHoldOtherFiles = textSearch(fileSigns);

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
