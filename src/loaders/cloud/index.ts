/**
 * Files inside YAML and JSON that cloud-init, Butane, Ignition or Ansible write (`path` and `content`): units and the configuration of
 * kubelets; `systemd.units` with drop-ins, Container Linux' `coreos.units`, and Kubernetes ConfigMaps whose keys are names of units.
 */
import type { Fact } from '../../core/fact.ts';
import { spanOf, type Template } from '../../core/template.ts';
import { unitLocation, unitTypeOf, withoutTemplateEnding } from '../../core/unit-place.ts';
import { fillIn, touches, withUncertainty } from '../kubelet/fill-in.ts';
import { readJson } from '../kubelet/read-json.ts';
import { loadYaml, readYaml, yamlDocuments } from '../kubelet/read-yaml.ts';
import {
  mappingsOf,
  scalarAt,
  valueAt,
  type MappingTree,
  type ReadDocument,
  type ScalarTree,
} from '../kubelet/tree.ts';
import { deployedReaders } from '../deployed.ts';
import { loadShellParser, runsScripts } from '../shell/commands.ts';
import { placeholdersToHoles } from '../systemd/placeholders.ts';
import { readUnit } from '../systemd/unit.ts';
import { mayHaveFileTree, mayHaveUnitTree, mayHoldOtherFiles, mayHoldUnits } from './prefilter.ts';
import { textOfScalar } from './scalar-text.ts';
import { addAll } from '../../core/lists.ts';

/** Loads what `cloudFacts` needs for a text. */
export async function prepareCloud(text: string): Promise<void> {
  if (!mayHaveUnitTree(text) && !mayHoldOtherFiles(text)) return;
  await loadYaml();
  if (runsScripts(text)) await loadShellParser();
}

/** Facts of the units and other files in a YAML or JSON text; places are those of the file. */
export function cloudFacts(template: Template): readonly Fact[] {
  return [...unitFacts(template), ...writtenFiles(template)];
}

function unitFacts(template: Template): readonly Fact[] {
  if (!mayHaveUnitTree(template.text)) return [];
  // Lines of a template engine do not keep to the blocks of YAML, and would end them.
  const { text, uncertain } = fillIn(template);
  const json = /^\s*[{[]/.test(text.text) ? readJson(text) : undefined;
  const documents =
    json ??
    yamlDocuments(text)
      .filter((document) => mayHaveUnitTree(document.text))
      .map(readYaml);
  const facts = documents.flatMap(unitTreeFacts);
  return facts.map((fact) =>
    fact.kind === 'unit.file' && uncertain.some((part) => touches(part, fact.span))
      ? { ...fact, complete: false }
      : fact,
  );
}

/** Facts of the units in a document. */
export function unitTreeFacts({ template: document, root }: ReadDocument): readonly Fact[] {
  return mappingsOf(root).flatMap((mapping) => [
    ...writtenUnit(document, mapping),
    ...listedUnit(document, mapping),
    ...configMap(document, mapping),
  ]);
}

/** What files that are no units say. The text is filled in as a whole: a template's lines do not keep to the blocks of YAML. */
function writtenFiles(template: Template): readonly Fact[] {
  if (!mayHoldOtherFiles(template.text)) return [];
  const { text, uncertain } = fillIn(template);
  const json = /^\s*[{[]/.test(text.text) ? readJson(text) : undefined;
  const documents =
    json ??
    yamlDocuments(text)
      .filter((document) => mayHaveFileTree(document.text))
      .map(readYaml);
  return withUncertainty(documents.flatMap(fileTreeFacts), uncertain).filter(({ kind }) => kind !== 'syntax.error');
}

/** Facts of the files in a document that are no units. */
export function fileTreeFacts({ template: document, root }: ReadDocument): readonly Fact[] {
  return mappingsOf(root).flatMap((mapping): readonly Fact[] => {
    const [path, content] = pathAndContent(mapping) ?? [];
    if (path === undefined || content === undefined) return [];
    const destination = withoutTemplateEnding(path);
    const reader = deployedReaders.find(([pattern]) => pattern.test(destination))?.[1];
    return reader?.(textOfScalar(document, content), destination) ?? [];
  });
}

/** A file by its path on the node: cloud-init's `write_files`, Butane's `storage.files`, Ansible's `copy`. */
function pathAndContent(file: MappingTree): readonly [path: string, content: ScalarTree] | undefined {
  const path = (scalarAt(file, 'path') ?? scalarAt(file, 'dest'))?.text;
  const content = scalarAt(file, 'content') ?? scalarAt(file, 'contents') ?? scalarAt(file, 'contents', 'inline');
  return path?.startsWith('/') === true && content !== undefined ? [path, content] : undefined;
}

function writtenUnit(document: Template, file: MappingTree): readonly Fact[] {
  const [path, content] = pathAndContent(file) ?? [];
  return path === undefined || content === undefined ? [] : unitText(document, content, path);
}

/** An entry of `systemd.units` or `coreos.units`. */
function listedUnit(document: Template, entry: MappingTree): readonly Fact[] {
  const name = scalarAt(entry, 'name');
  if (name === undefined || unitTypeOf(name.text) === undefined || name.text.includes('/')) return [];
  const path = `/etc/systemd/system/${name.text}`;
  const content = scalarAt(entry, 'contents') ?? scalarAt(entry, 'content');
  const facts = [...(content === undefined ? [] : unitText(document, content, path))];
  for (const key of ['dropins', 'drop-ins']) {
    const list = valueAt(entry, key);
    for (const item of list?.type === 'sequence' ? list.items : []) {
      const dropIn = scalarAt(item, 'name')?.text;
      const text = scalarAt(item, 'contents') ?? scalarAt(item, 'content');
      if (dropIn === undefined || dropIn.includes('/') || text === undefined) continue;
      addAll(facts, unitText(document, text, `${path}.d/${dropIn}`));
    }
  }
  const isMasked = scalarAt(entry, 'mask')?.text === 'true' || scalarAt(entry, 'command')?.text === 'mask';
  const location = unitLocation(document.file + path);
  if (isMasked && location !== undefined) {
    const span = spanOf(document, name.start, name.end);
    facts.push({ kind: 'unit.link', span, ...location, target: '/dev/null' });
  }
  return facts;
}

/** A ConfigMap whose keys are names of units: what it is mounted to is not known, so they are units of no directory. */
function configMap(document: Template, root: MappingTree): readonly Fact[] {
  const data = valueAt(root, 'data');
  if (scalarAt(root, 'kind')?.text !== 'ConfigMap' || data?.type !== 'mapping') return [];
  return data.entries.flatMap(({ key, value }) =>
    value.type === 'scalar' && !key.includes('/') ? unitText(document, value, `/${key}`) : [],
  );
}

/** @param path on the node */
function unitText(document: Template, scalar: ScalarTree, path: string): readonly Fact[] {
  // The file stands for the node's root, so units of one file belong together, and those of two files do not.
  const location = unitLocation(document.file + path);
  if (location === undefined || !mayHoldUnits(scalar.text)) return [];
  const text = textOfScalar(document, scalar);
  const { start } = spanOf(text);
  return readUnit(placeholdersToHoles(text), { ...location, document: `${document.file}#${start}` });
}
