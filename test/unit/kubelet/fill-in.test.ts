import { describe, expect, test } from 'vitest';
import { displayText, fileTemplate } from '../../../src/core/template.ts';
import { fillIn } from '../../../src/loaders/kubelet/fill-in.ts';
import { kubeletFacts } from '../../../src/loaders/kubelet/index.ts';
import { loadYaml } from '../../../src/loaders/kubelet/read-yaml.ts';
import { loader as environment } from '../../../src/loaders/kubelet/environment-file.ts';

await loadYaml();

function filled(text: string): { readonly text: string; readonly uncertain: readonly string[] } {
  const { text: template, uncertain } = fillIn(fileTemplate('a', text));
  return { text: displayText(template), uncertain: uncertain.map(({ start, end }) => text.slice(start, end)) };
}

describe('a text that a template engine fills in', () => {
  test.each([
    ['a: 1\n', 'a: 1\n', []],
    ['a: {{ x }}\n', 'a: {{ x }}\n', []],
    ['{# why #}\na: 1 {# no #}\n', 'a: 1 \n', []],
    ['{% set x = 1 %}\na: 1\n', 'a: 1\n', []],
    ['{% if x %}\na: 1\n{% else %}\na: 2\n{% endif %}\nb: 3\n', 'a: 1\na: 2\nb: 3\n', ['\na: 1\n{% else %}\na: 2\n']],
    ['{% for x in y %}\n- {{ x }}\n{% endfor %}\n', '- {{ x }}\n', ['\n- {{ x }}\n']],
    ['a: {% if x %}1{% else %}2{% endif %}\n', 'a: {% if x %}1{% else %}2{% endif %}\n', []],
    ['{{ more | to_yaml }}\na: 1\n', 'a: 1\n', ['{{ more | to_yaml }}\n']],
    ['{{- if .x }}\na: 1\n{{- end }}\n', 'a: 1\n', ['\na: 1\n']],
    ['{{- with .x }}\na: {{ .y }}\n{{- end }}\n', 'a: {{ .y }}\n', ['\na: {{ .y }}\n']],
    ['{{/* why */}}\na: {{ $x }}\n', 'a: {{ $x }}\n', []],
    ['<% if @x -%>\na: <%= @x %>\n<% end -%>\n', 'a: <%= @x %>\n', ['\na: <%= @x %>\n']],
    ['<% if $x { -%>\na: 1\n<% } else { -%>\na: 2\n<% } -%>\n', 'a: 1\na: 2\n', ['\na: 1\n<% } else { -%>\na: 2\n']],
    ['%{ if x ~}\na: ${x}\n%{ endif ~}\n', 'a: ${x}\n', ['\na: ${x}\n']],
    ['{% if x %}\na: 1\n', 'a: 1\n', ['\na: 1\n']],
    ['{% endif %}\na: 1\n', 'a: 1\n', []],
  ])('%j', (text, expected, uncertain) => {
    expect(filled(text)).toEqual({ text: expected, uncertain });
  });

  test('many opened blocks are read in time', () => {
    expect(filled('{% if x %}\n'.repeat(20_000)).text).toBe('');
    expect(filled('{{'.repeat(50_000)).text.length).toBe(100_000);
  });

  test('of a KubeletConfiguration it keeps both branches, and says that they are not sure', () => {
    const facts = kubeletFacts(
      fileTemplate(
        'kubelet.yaml.j2',
        'apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nauthorization:\n{% if x %}\n  mode: Webhook\n{% else %}\n  mode: AlwaysAllow\n{% endif %}\nmaxPods: {{ pods }}\n',
      ),
    );
    expect(facts).toMatchObject([
      { kind: 'kubelet.config', partial: true },
      { path: 'authorization.mode', value: { text: 'Webhook' }, conditional: true },
      { path: 'authorization.mode', value: { text: 'AlwaysAllow' }, conditional: true },
      { path: 'maxPods', value: { holes: [{ label: '{{ pods }}' }] } },
    ]);
    expect(facts.at(-1)).not.toHaveProperty('conditional');
  });

  test('of kubeadm it keeps what is said in any case', () => {
    const facts = kubeletFacts(
      fileTemplate(
        'kubeadm.yaml.j2',
        'apiVersion: kubeadm.k8s.io/v1beta3\nkind: InitConfiguration\nnodeRegistration:\n  kubeletExtraArgs:\n    v: 2\n{% if old %}\n    network-plugin: cni\n{% endif %}\n',
      ),
    );
    expect(facts.flatMap((fact) => (fact.kind === 'kubelet.flag' ? [fact.name] : []))).toEqual(['v']);
  });

  test('of an environment file it keeps the variables that are set in any case', () => {
    const text =
      'A="--v={{ v }}"\n{% if x %}\nB="--network-plugin=cni"\n{% endif %}\nC="--a {% if x %}--b{% endif %}"\n';
    const facts = environment.facts({ path: 'kubelet.env.j2', kind: 'environment-file', text });
    expect(facts.map((fact) => (fact.kind === 'environment.variable' ? fact.name : ''))).toEqual(['A', 'C']);
  });
});
