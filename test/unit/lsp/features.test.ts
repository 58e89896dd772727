import { describe, expect, it } from 'vitest';
import type { DocumentSymbol, Range } from 'vscode-languageserver';
import { definitionPaths } from '../../../src/lsp/definitions.ts';
import { completeSettings, settingHover } from '../../../src/lsp/settings.ts';
import { documentSymbols } from '../../../src/lsp/symbols.ts';

const unit = `[Unit]
Description=A

[Service]
Type=oneshot
PrivateNetwork=yes
CPUShares=2
Priv
`;

const kubelet = `apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
maxPods: 10
authentication:
  anonymous:
    enabled: true
  webhook:
    ca
---
kind: Other
maxPods: 1
`;

const manifest = `class a::b (String $x = 'é🙂') {
  package { 'p': ensure => present }
  if $x {
    file { ['/a', '/b']: ; '/c': }
  }
}
define a::d { exec { "\${name}": } -> service { 's': } }
node 'web1', /db/ { include a::b }
function a::f() { 1 }
[1, 2].each |$i| { notify { "n\${i}": } }
`;

describe('hover', () => {
  const on = (kind: 'unit' | 'yaml', text: string, line: number, character = 1) =>
    settingHover(kind, text.split('\n'), { line, character });

  it('says what a directive is, in which section, and since when', () => {
    expect(on('unit', unit, 5)).toEqual({
      range: { start: { line: 5, character: 0 }, end: { line: 5, character: 14 } },
      markdown: expect.stringMatching(/^\*\*PrivateNetwork=\*\* in \[Service\]: .*boolean.*systemd/) as string,
    });
    expect(on('unit', unit, 4)?.markdown).toContain('`oneshot`');
    expect(on('unit', unit, 6)?.markdown).toContain('Last honoured by');
  });

  it('says nothing on a value, a header, an unknown key, or another section’s key', () => {
    expect(on('unit', unit, 5, 16)).toBeUndefined();
    expect(on('unit', unit, 3)).toBeUndefined();
    expect(on('unit', '[Unit]\nNoSuch=1', 1)).toBeUndefined();
    expect(on('unit', '[Unit]\nExecStart=/bin/a', 1)).toBeUndefined();
    expect(on('unit', 'Type=simple', 0)).toBeUndefined();
  });

  it('says what a kubelet field is, also a nested one, and only in its own document', () => {
    expect(on('yaml', kubelet, 2)?.markdown).toMatch(/^\*\*maxPods\*\* \(int\)\..*--max-pods/);
    expect(on('yaml', kubelet, 5, 5)?.markdown).toMatch(/^\*\*authentication\.anonymous\.enabled\*\* \(bool\)/);
    expect(on('yaml', kubelet, 10)).toBeUndefined();
    const json =
      '{\n  "kind": "KubeletConfiguration",\n  "authentication": {\n    "webhook": {\n      "enabled": true\n    }\n  }\n}';
    expect(on('yaml', json, 4, 8)?.markdown).toMatch(/^\*\*authentication\.webhook\.enabled\*\* \(bool\)/);
    expect(on('yaml', 'kind: KubeletConfiguration\ncgroupDriver: systemd', 1)?.markdown).toContain('One of `cgroupfs`');
  });

  it('says until when there is a flag of the kubelet, and which setting it beats', () => {
    const line = 'KUBELET_EXTRA_ARGS=--max-pods=10 --network-plugin=cni --v=2';
    const at = (word: string, text = line) =>
      settingHover('environment-file', text.split('\n'), { line: 0, character: text.indexOf(word) });
    expect(at('--max-pods')).toEqual({
      range: { start: { line: 0, character: 19 }, end: { line: 0, character: 29 } },
      markdown: expect.stringContaining('beats the setting `maxPods`') as string,
    });
    expect(at('network-plugin')?.markdown).toContain('Kubernetes 1.24 and later refuse it.');
    expect(at('--v')).toBeUndefined();
    expect(at('=10')?.range.start.character).toBe(19);
    expect(at('10 ')).toBeUndefined();
    expect(at('--max-pods', 'ARGS=--max-pods=10')).toBeUndefined();
  });
});

describe('completion', () => {
  const labels = (kind: 'unit' | 'yaml', text: string, line: number, character: number) =>
    completeSettings(kind, text.split('\n'), { line, character }).map(({ label }) => label);

  it('names directives of the section', () => {
    const names = labels('unit', unit, 7, 4);
    expect(names).toEqual(expect.arrayContaining(['PrivateNetwork', 'ExecStart']));
    expect(names).not.toContain('Description');
    expect(names).not.toContain('CPUShares');
  });

  it('names the values of booleans and enums', () => {
    expect(labels('unit', unit, 5, 15)).toEqual(['yes', 'no']);
    expect(labels('unit', unit, 4, 5)).toEqual(expect.arrayContaining(['oneshot', 'simple']));
    expect(labels('unit', unit, 1, 12)).toEqual([]);
  });

  it('names kubelet fields at their level', () => {
    const fields = labels('yaml', kubelet, 7, 6);
    expect(fields).toEqual(expect.arrayContaining(['cacheTTL', 'enabled']));
    expect(fields).not.toContain('maxPods');
    expect(labels('yaml', kubelet, 5, 13)).toEqual(['true', 'false']);
    expect(labels('yaml', kubelet, 10, 2)).toEqual([]);
    const words = 'kind: KubeletConfiguration\ncgroupDriver: \nenforceNodeAllocatable:\n  - \n';
    expect(labels('yaml', words, 1, 14)).toEqual(['cgroupfs', 'systemd']);
    expect(labels('yaml', words, 3, 4)).toEqual(expect.arrayContaining(['pods', 'kube-reserved']));
  });

  it('names sections', () => {
    expect(labels('unit', '[Unit]\n[Ser', 1, 4)).toEqual(expect.arrayContaining(['Service', 'Timer']));
  });
});

describe('definition', () => {
  const paths = [
    'modules/a/manifests/init.pp',
    'modules/a/manifests/b/c.pp',
    'other/a/manifests/init.pp',
    'modules/a/templates/x.erb',
    'modules/a/files/y.conf',
    'units/name@.service',
    'units/name.service',
  ];
  const onDisk = new Set(['modules/a/templates/etc/x.conf', 'modules/nobody/templates/x.conf']);
  const from = (kind: 'unit' | 'puppet', line: string, word: string, path = 'modules/z/manifests/init.pp') =>
    definitionPaths(kind, path, line, { line: 0, character: line.indexOf(word) + 1 }, paths, (each) =>
      onDisk.has(each),
    );

  it.each([
    ['include a', 'a', ['modules/a/manifests/init.pp', 'other/a/manifests/init.pp'], ' a'],
    ['  ::a::b::c { "x": }', '::a', ['modules/a/manifests/b/c.pp'], '::a::b'],
    ["class { 'a::b::c': }", 'a::b', ['modules/a/manifests/b/c.pp'], 'b::c'],
    ["content => template('a/x.erb'),", 'x.erb', ['modules/a/templates/x.erb'], 'x.erb'],
    ["source => 'puppet:///modules/a/y.conf',", 'y.conf', ['modules/a/files/y.conf'], 'y.conf'],
    ["template('../../etc/passwd')", 'etc', [], 'etc'],
    // Files of a module may have any name.
    ["epp('a/etc/x.conf')", 'x.conf', ['modules/a/templates/etc/x.conf'], 'x.conf'],
    ["epp('nobody/x.conf')", 'x.conf', [], 'x.conf'],
  ])('%s', (line, _name, expected, word) => {
    expect(from('puppet', line, word)).toEqual(expected);
  });

  it('prefers what is near', () => {
    expect(from('puppet', 'include a', ' a', 'other/z/manifests/init.pp')[0]).toBe('other/a/manifests/init.pp');
  });

  it('finds units and the template of an instance', () => {
    expect(from('unit', 'Unit=name.service', 'name')).toEqual(['units/name.service']);
    expect(from('unit', 'After=network.target name@x.service', 'name@')).toEqual(['units/name@.service']);
    expect(from('unit', 'ExecStart=/bin/name', 'name')).toEqual([]);
  });
});

describe('outline', () => {
  const names = (symbols: readonly DocumentSymbol[]): unknown =>
    symbols.map(({ name, children = [] }) => (children.length === 0 ? name : [name, names(children)]));

  it('of a unit', async () => {
    expect(names(await documentSymbols('unit', 'a.service', unit))).toEqual([
      ['Unit', ['Description']],
      ['Service', ['Type', 'PrivateNetwork', 'CPUShares']],
    ]);
  });

  it('of a manifest', async () => {
    expect(names(await documentSymbols('puppet', 'a.pp', manifest))).toEqual([
      ['a::b', ["package 'p'", "file ['/a', '/b']", "file '/c'"]],
      ['a::d', ['exec "${name}"', "service 's'"]],
      "node 'web1', /db/",
      'a::f',
      'notify "n${i}"',
    ]);
  });

  function isInside(inner: Range, outer: Range): boolean {
    const before = (a: Range['start'], b: Range['start']) =>
      a.line < b.line || (a.line === b.line && a.character <= b.character);
    return before(outer.start, inner.start) && before(inner.end, outer.end);
  }

  it.each([
    ['unit', unit],
    ['puppet', manifest],
    ['yaml', kubelet],
  ] as const)('nothing fails on any beginning of a %s', async (kind, text) => {
    for (let length = 0; length <= text.length; length++) {
      const part = text.slice(0, length);
      const lines = part.split('\n');
      const position = { line: lines.length - 1, character: lines.at(-1)?.length ?? 0 };
      settingHover(kind, lines, position);
      completeSettings(kind, lines, position);
      definitionPaths(kind, 'a', lines.at(-1) ?? '', position, ['a'], () => false);
      for (const symbol of await documentSymbols(kind, 'a', part)) {
        // Editors refuse an outline whose selection lies outside.
        expect(isInside(symbol.selectionRange, symbol.range)).toBe(true);
        expect(symbol.name).not.toBe('');
      }
    }
  });
});
