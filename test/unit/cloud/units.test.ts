import { beforeAll, describe, expect, it } from 'vitest';
import type { Fact } from '../../../src/core/fact.ts';
import { fileTemplate } from '../../../src/core/template.ts';
import { cloudFacts, prepareCloud } from '../../../src/loaders/cloud/index.ts';
import { createUnits } from '../../../src/model/units.ts';

beforeAll(async () => {
  await prepareCloud('[Service]\nExecStart=/bin/sh');
});

const factsOf = (text: string, file = 'a.yaml') => cloudFacts(fileTemplate(file, text));

/** What each assignment points at in the outer file, and the unit it belongs to. */
function assignments(facts: readonly Fact[], text: string) {
  return facts.flatMap((fact) =>
    fact.kind === 'unit.assignment' ? [[fact.unit, text.slice(fact.span.start, fact.span.end)]] : [],
  );
}

describe('units in YAML', () => {
  it('write_files of cloud-init, with drop-ins', () => {
    const text = [
      '#cloud-config',
      'write_files:',
      '  - path: /etc/systemd/system/kubelet.service.d/10-limits.conf',
      "    permissions: '0644'",
      '    content: |',
      '      [Service]',
      '      PrivateTmp=yes',
      '  - path: /etc/motd',
      '    content: "[Service]"',
      '  - path: /etc/systemd/system/probe.service',
      '    content: |',
      '      [Service]',
      '      ExecStart=/bin/sh -c "hostnamectl"',
      '',
    ].join('\n');
    const facts = factsOf(text);
    expect(assignments(facts, text)).toEqual([
      ['kubelet.service', 'PrivateTmp=yes'],
      ['probe.service', 'ExecStart=/bin/sh -c "hostnamectl"'],
    ]);
    expect(facts.find((fact) => fact.kind === 'unit.file')).toMatchObject({
      role: 'drop-in',
      layer: 'etc',
      root: 'a.yaml/',
      fileName: '10-limits.conf',
    });
    expect(facts.filter((fact) => fact.kind === 'command')).toHaveLength(1);
  });

  it('systemd.units of Butane with drop-ins, one of them masked', () => {
    const text = [
      'variant: fcos',
      'systemd:',
      '  units:',
      '    - name: docker.service',
      '      dropins:',
      '        - name: 50-limit.conf',
      '          contents: |',
      '            [Service]',
      '            LimitNOFILE=infinity',
      '    - name: update.timer',
      '      mask: true',
      '    - name: probe.service',
      '      enabled: true',
      '      contents: |',
      '        [Service]',
      '        ExecStart={{ program }}',
      '',
    ].join('\n');
    const facts = factsOf(text);
    expect(assignments(facts, text)).toEqual([
      ['docker.service', 'LimitNOFILE=infinity'],
      ['probe.service', 'ExecStart={{ program }}'],
    ]);
    const units = createUnits(facts);
    expect(units.find('update.timer')?.masked).toBe(true);
    expect(units.find('docker.service')?.text('Service', 'LimitNOFILE')).toBe('infinity');
    expect(units.find('probe.service')?.value('Service', 'ExecStart')?.value.holes).toHaveLength(1);
  });

  it('Ignition in JSON, whose lines stand in one string', () => {
    const text = JSON.stringify({
      ignition: { version: '3.3.0' },
      systemd: { units: [{ name: 'a.service', contents: '[Service]\nExecStart=/bin/a "b"\nKillMode=none\n' }] },
    });
    expect(assignments(factsOf(text, 'a.ign'), text)).toEqual([
      ['a.service', String.raw`ExecStart=/bin/a \"b\"`],
      ['a.service', 'KillMode=none'],
    ]);
  });

  it('coreos.units, and keys of a ConfigMap', () => {
    const text = [
      '#cloud-config',
      'coreos:',
      '  units:',
      '    - name: a.service',
      '      content: |',
      '        [Service]',
      '        KillMode=none',
      '---',
      'kind: ConfigMap',
      'data:',
      '  b.service: |',
      '    [Service]',
      '    KillMode=mixed',
      '  readme: |',
      '    [Service]',
      '',
    ].join('\n');
    const facts = factsOf(text);
    expect(assignments(facts, text)).toEqual([
      ['a.service', 'KillMode=none'],
      ['b.service', 'KillMode=mixed'],
    ]);
    expect(new Set(facts.flatMap((fact) => (fact.kind === 'unit.file' ? [fact.document] : []))).size).toBe(2);
  });

  it('lines of a template engine do not end a block, and make the unit incomplete', () => {
    const text = [
      'name: a.service',
      'contents: |',
      '  [Service]',
      '  Type=notify',
      '{{- if .b }}',
      '  Environment=B=1',
      '{{- end }}',
      '  ExecStart=/bin/a \\',
      '    {{ .c }} \\',
      '{{- if .d }}',
      '    -d',
      '{{- end }}',
      '---',
      'name: b.service',
      'contents: |',
      '  [Service]',
      '  ExecStart=/bin/b {{ .c }}',
      '',
    ].join('\n');
    const facts = factsOf(text);
    expect(assignments(facts, text).map(([unit, at]) => [unit, at?.slice(0, 16)])).toEqual([
      ['a.service', 'Type=notify'],
      ['a.service', 'Environment=B=1'],
      ['a.service', 'ExecStart=/bin/a'],
      ['b.service', 'ExecStart=/bin/b'],
    ]);
    expect(facts.flatMap((fact) => (fact.kind === 'unit.file' ? [[fact.unit, fact.complete]] : []))).toEqual([
      ['a.service', false],
      ['b.service', true],
    ]);
  });

  it('of two files are two units', () => {
    const text =
      'write_files:\n- path: /etc/systemd/system/a.service\n  content: |\n    [Service]\n    KillMode=none\n';
    expect(createUnits([...factsOf(text, 'x.yaml'), ...factsOf(text, 'y.yaml')]).all).toHaveLength(2);
  });

  it.each([
    ['a folded block', 'path: /etc/systemd/system/a.service\ncontent: >\n  [Service]\n\n  KillMode=none\n'],
    [
      'a quoted text of several lines',
      'path: /etc/systemd/system/a.service\ncontent: "[Service]\n\n  KillMode=none"\n',
    ],
  ])('%s points at the whole of it', (_what, text) => {
    const facts = factsOf(text);
    const [assignment] = facts.filter((fact) => fact.kind === 'unit.assignment');
    expect(assignment).toMatchObject({ unit: 'a.service', key: 'KillMode' });
    expect(text.slice(assignment?.span.start, assignment?.span.end)).toContain('KillMode=none');
  });

  it.each([
    ['no path', 'content: |\n  [Service]\n  KillMode=none\n'],
    ['another kind of file', 'path: /etc/a.conf\ncontent: |\n  [Service]\n  KillMode=none\n'],
    ['a path with no unit in it', 'path: a.service\ncontent: |\n  [Service]\n  KillMode=none\n'],
    ['no header', 'path: /etc/systemd/system/a.service\ncontent: KillMode=none\n'],
    ['broken YAML', 'path: [/etc/systemd/system/a.service\ncontent: |\n [Service]\n'],
    ['an alias bomb', `[Service]: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n`],
    ['much nesting', `a: ${'['.repeat(10_000)} [Service]`],
    ['keys of objects', '__proto__: {path: /etc/systemd/system/a.service, content: 1}\nx: "[Service]"\n'],
  ])('%s: nothing', (_what, text) => {
    expect(factsOf(text)).toEqual([]);
  });
});
