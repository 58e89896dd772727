import { defineRule } from '../../core/define-rule.ts';
import { nearestName } from '../../core/nearest-name.ts';
import { compareVersions } from '../../core/version.ts';
import type { Fix } from '../../core/finding.ts';
import { kubeletSettings } from '../../knowledge/kubelet.ts';
import { fleetFacts } from '../../model/fleet.ts';
import { kubeletsFacts } from '../../model/kubelets.ts';
import { howToSayVersion, kubeletVersionsAt, versionsWhere } from '../../model/kubelet-versions.ts';

/** Surfaces in which a program takes KubeletConfiguration's own names. */
const surfaces: ReadonlySet<string> = new Set([
  'kubelet',
  'kind',
  'talos',
  'nodeadm',
  'openshift',
  'puppet',
  'kubespray',
]);

export default defineRule({
  id: 'kubelet/unknown-field',
  severity: 'warning',
  confidence: 'high',
  summary: 'A field that KubeletConfiguration does not have: the kubelet logs a warning and goes on without it.',
  needs: [...fleetFacts, ...kubeletsFacts],
  startsFrom: ['kubelet.setting'],
  messages: {
    misspelt:
      "KubeletConfiguration has no field '{field}'{hint}, so the kubelet ignores it with a line in its log, and the default stays in force.",
    newer:
      "KubeletConfiguration has the field '{field}' only from {since} on, and the kubelet is '{version}'{nodes}, so it ignores it with a line in its log.",
  },
  check({ model, report, trace }) {
    for (const document of model.kubelets.documents()) {
      const { apiVersion, surface } = document.fact;
      if (!surfaces.has(surface) || (apiVersion !== undefined && apiVersion !== 'kubelet.config.k8s.io/v1beta1'))
        continue;
      const seen = new Set<string>();
      for (const setting of document.settings) {
        const field = namedField(setting.path);
        if (field === undefined || seen.has(field.path) || !/^[A-Za-z]\w*$/.test(field.name)) continue;
        seen.add(field.path);
        const source = {
          note: 'A field that strict decoding refuses is left out.',
          source: 'pkg/kubelet/kubeletconfig/util/codec',
        };
        if (!field.known) {
          const near = nearestName(field.name, field.siblings);
          const isLeaf = setting.path === field.path;
          const fixes: readonly Fix[] =
            near === undefined ||
            !isLeaf ||
            document.setting(`${field.path.slice(0, field.path.lastIndexOf('.') + 1)}${near}`) !== undefined
              ? []
              : [{ title: `Name the field '${near}'`, safety: 'unsafe', edits: [{ span: setting.key, text: near }] }];
          report({
            message: 'misspelt',
            data: { field: field.path, hint: near === undefined ? '' : `; the nearest is '${near}'` },
            at: setting.key,
            evidence: [source],
            fixes,
            key: field.path,
          });
          continue;
        }
        const knowledge = kubeletSettings.get(field.path);
        const since = knowledge?.since;
        if (knowledge === undefined || since === undefined) continue;
        const match =
          compareVersions(since, [1, 12]) <= 0 || setting.conditional === true
            ? undefined
            : versionsWhere(model, setting.key, (version) => compareVersions(version, since) < 0);
        if (match === undefined) {
          if (compareVersions(since, [1, 12]) > 0 && kubeletVersionsAt(model, setting.key).length === 0) {
            trace(
              setting.key,
              `The field exists from ${knowledge.sinceText} on, and nothing says which version the kubelet is: ${howToSayVersion}.`,
            );
          }
          continue;
        }
        report({
          message: 'newer',
          data: { field: field.path, since: knowledge.sinceText, version: match.stated.text, nodes: match.nodes },
          at: setting.key,
          evidence: [...match.evidence, source],
          key: `${field.path}/newer`,
        });
      }
    }
  },
});

interface Field {
  readonly path: string;
  readonly name: string;
  readonly known: boolean;
  /** Names that are known beside it. */
  readonly siblings: readonly string[];
}

/** The part of a path that is not known; else the last part of it whose first version is known. */
function namedField(path: string): Field | undefined {
  let at = '';
  let last: Field | undefined;
  for (const name of path.replaceAll(/\[\d+\]/g, '[]').split('.')) {
    const prefix = at === '' ? '' : `${at}.`;
    const siblings = [...kubeletSettings.keys()]
      .filter((known) => known.startsWith(prefix) && !known.slice(prefix.length).includes('.'))
      .map((known) => known.slice(prefix.length));
    if (siblings.length === 0) return last;
    at = `${prefix}${name}`;
    const bare = withoutIndices(at);
    const known = kubeletSettings.get(bare);
    last = { path: bare, name: withoutIndices(name), known: known !== undefined, siblings };
    if (known === undefined || known.kind.startsWith('map')) return last;
  }
  return last;
}

/** Without the `[]` of list elements at its end. */
function withoutIndices(text: string): string {
  let end = text.length;
  while (text.endsWith('[]', end)) end -= 2;
  return text.slice(0, end);
}
