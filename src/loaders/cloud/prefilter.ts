/** A header of one of these is in every unit that says something. */
const headers = ['[Unit]', '[Service]', '[Timer]', '[Socket]', '[Mount]', '[Path]', '[Install]'];

/** Words for the other files that a node gets and that are read there. */
const files: readonly (readonly string[])[] = [
  ['KubeletConfiguration', '/'],
  ['/etc/fstab'],
  ['zram-generator'],
  ['sysconfig/kubelet'],
  ['default/kubelet'],
  ['kubelet.env'],
];

/** What the registry knows of files inside YAML and JSON without importing their loader. */
export const cloudWords: readonly (readonly string[])[] = [...headers.map((header) => [header]), ...files];

/** Whether a text can have a unit in it. */
export function mayHoldUnits(text: string): boolean {
  return headers.some((header) => text.includes(header));
}

/** Whether a text can have a unit or another file in it that is read. */
export function mayHoldFiles(text: string): boolean {
  return mayHoldUnits(text) || mayHoldOtherFiles(text);
}

/** Whether a text can have a file in it that is read and no unit. */
export function mayHoldOtherFiles(text: string): boolean {
  return /["']?contents?["']?[ \t]*:/.test(text) && files.some((words) => words.every((word) => text.includes(word)));
}
