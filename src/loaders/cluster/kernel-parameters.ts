/** Kernel parameters in YAML: tasks of Ansible, Talos, and files that some tool writes onto nodes. */
import type { Fact } from '../../core/fact.ts';
import type { SysctlSettingFact } from '../../core/facts/sysctl.ts';
import { sysctlKey } from '../../core/sysctl-key.ts';
import { literalText, spanOf, type Template } from '../../core/template.ts';
import {
  blockTemplate,
  scalarAt,
  scalarTemplate,
  valueAt,
  type MappingTree,
  type ScalarTree,
  type Tree,
} from '../kubelet/tree.ts';
import { sysctlFacts } from '../sysctl/index.ts';

const moduleNames = ['sysctl', 'ansible.posix.sysctl', 'ansible.builtin.sysctl'];

/** A task with Ansible's `sysctl` module; one that loops over literal items is a setting for each. */
export function ansibleSysctlFacts(document: Template, task: MappingTree): readonly Fact[] {
  const written = task.entries.find(({ key }) => moduleNames.includes(key))?.value;
  const module = written?.type === 'scalar' ? freeForm(document, written) : written;
  if (module?.type !== 'mapping') return [];
  const name = scalarAt(module, 'name') ?? scalarAt(module, 'key');
  const value = scalarAt(module, 'value') ?? scalarAt(module, 'val');
  if (name === undefined || value === undefined || scalarAt(module, 'state')?.text === 'absent') return [];
  const file = scalarAt(module, 'sysctl_file');
  const path = file === undefined ? '/etc/sysctl.conf' : literalText(scalarTemplate(document, file));
  const fileName = path?.slice(path.lastIndexOf('/') + 1);
  const ignoreErrors = /^(?:yes|true)$/i.test(scalarAt(module, 'ignoreerrors')?.text ?? '');
  return itemsOf(task).flatMap((item): readonly Fact[] => {
    const ofItem = { name: resolve(name, item), value: resolve(value, item) };
    if (ofItem.name === undefined || ofItem.value === undefined) return [];
    const entry = item ?? task;
    return setting(document, ofItem.name, ofItem.value, entry, 'ansible', fileName, ignoreErrors);
  });
}

/** `sysctl: name=vm.swappiness value=1`, on one line, without quotes. */
function freeForm(document: Template, scalar: ScalarTree): MappingTree {
  const { start, end } = scalar;
  const pairs = [...document.text.slice(start, end).matchAll(/(?<!\w)(\w+)=(\{\{[^{}]*\}\}|[^\s"'{}]+)/g)];
  const entries = pairs.map(({ 0: whole, 1: key = '', 2: text = '', index }) => {
    const keyStart = start + index;
    const value: ScalarTree = { type: 'scalar', text, start: keyStart + key.length + 1, end: keyStart + whole.length };
    return { key, keyStart, keyEnd: keyStart + key.length, value };
  });
  return { type: 'mapping', start, end, entries };
}

/** The items of a loop; one `undefined` without a loop; none where they are not literal. */
function itemsOf(task: MappingTree): readonly (Tree | undefined)[] {
  const loop = task.entries.find(({ key }) => key === 'loop' || key === 'with_items')?.value;
  if (loop === undefined) return [undefined];
  return loop.type === 'sequence' ? loop.items : [];
}

/** What `{{ item }}` and `{{ item.name }}` stand for. */
function resolve(scalar: ScalarTree, item: Tree | undefined): ScalarTree | undefined {
  const match = /^\{\{-?\s*item(?:\.(\w+)|\[\s*['"](\w+)['"]\s*\])?\s*-?\}\}$/.exec(scalar.text.trim());
  if (match === null || item === undefined) return scalar;
  const key = match[1] ?? match[2];
  const found = key === undefined ? item : valueAt(item, key);
  return found?.type === 'scalar' ? found : undefined;
}

function setting(
  document: Template,
  name: ScalarTree,
  value: ScalarTree,
  entry: { readonly start: number; readonly end: number },
  source: SysctlSettingFact['source'],
  fileName: string | undefined,
  ignoreErrors: boolean,
): readonly Fact[] {
  const key = literalText(scalarTemplate(document, name));
  if (key === undefined) return [];
  return [
    {
      kind: 'sysctl.setting',
      span: spanOf(document, value.start, value.end),
      entry: spanOf(document, entry.start, entry.end),
      key: sysctlKey(key.trim()),
      value: scalarTemplate(document, value),
      source,
      fileName,
      ignoreErrors,
    },
  ];
}

/** `machine.sysctls` of a Talos configuration. */
export function talosSysctlFacts(document: Template, root: Tree): readonly Fact[] {
  const sysctls = valueAt(root, 'machine', 'sysctls');
  if (sysctls?.type !== 'mapping') return [];
  return sysctls.entries.flatMap(({ key, keyStart, keyEnd, value }) => {
    if (value.type !== 'scalar') return [];
    const name: ScalarTree = { type: 'scalar', text: key, start: keyStart, end: keyEnd };
    return setting(document, name, value, { start: keyStart, end: value.end }, 'talos', undefined, false);
  });
}

/**
 * A file below sysctl.d that stands as text beside its path: `copy` and `blockinfile` of Ansible, `write_files` of cloud-init,
 * `storage.files` of Butane.
 */
export function writtenFileFacts(document: Template, file: MappingTree): readonly Fact[] {
  const path = (scalarAt(file, 'path') ?? scalarAt(file, 'dest'))?.text ?? '';
  if (!/\/sysctl(?:\.d\/[^/]+)?\.conf$/.test(path)) return [];
  const content = scalarAt(file, 'content') ?? scalarAt(file, 'block') ?? scalarAt(file, 'contents', 'inline');
  if (content?.block !== true) return [];
  return sysctlFacts(blockTemplate(document, content), 'deployment', path.slice(path.lastIndexOf('/') + 1));
}
