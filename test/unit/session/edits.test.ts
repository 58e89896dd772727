/** A session that lives through many edits finds what a new one finds. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { defineRule } from '../../../src/core/define-rule.ts';
import { Session, type FileInput, type Settings } from '../../../src/session.ts';
import { parseCases } from '../../../src/testing/cases.ts';
import { filesBelow } from '../../ecosystem/files-below.ts';
import { seededRandom } from '../../ecosystem/random.ts';

/** A repository whose files refer to each other in every way that the session follows. */
const control: Readonly<Record<string, string>> = {
  'environment.conf': 'modulepath = site:modules\n',
  'hiera.yaml':
    'version: 5\ndefaults:\n  datadir: data\nhierarchy:\n  - name: nodes\n    path: nodes/%{trusted.certname}.yaml\n  - name: all\n    path: common.yaml\n',
  'data/common.yaml': 'clock::check: hostnamectl\nprobe::params::tool: timedatectl\npuppet::runinterval: 120\n',
  'data/nodes/a.yaml': 'clock::check: /bin/true\n',
  'modules/clock/manifests/init.pp':
    "class clock (String $check = 'timedatectl') {\n  exec { 'set': command => 'true', unless => \"${check} status\" }\n  include probe\n}\n",
  'modules/probe/manifests/run.pp':
    "define probe::run ($tool, $when = undef) {\n  if $facts['os']['family'] == 'RedHat' {\n    exec { \"run ${title}\": command => 'true', unless => \"${tool} status\", schedule => $when }\n  }\n  file { \"/etc/systemd/system/${title}.service\": content => template('probe/unit.erb') }\n}\n",
  'modules/probe/manifests/params.pp': "class probe::params (String $tool = 'hostnamectl') {\n}\n",
  'modules/probe/manifests/init.pp':
    "class probe inherits probe::params {\n  probe::run { 'b': tool => $probe::params::tool }\n  probe::run { 'c': tool => 'localectl' }\n  # fleetlint-ignore[dbus/periodic-activation] A test.\n  exec { 'x': command => 'true', unless => 'hostnamectl' }\n  package { 'kernel': ensure => '3.10.0-957.el7' }\n  file { '/opt/job.sh': source => 'puppet:///modules/probe/job.sh' }\n  file { '/etc/systemd/system/job.timer': source => 'puppet:///modules/probe/job.timer' }\n  file { '/etc/systemd/system/job.service': source => 'puppet:///modules/probe/job.service' }\n  cron { 'job': command => '/opt/job.sh', minute => '*/5' }\n}\n",
  'modules/probe/templates/unit.erb':
    '# fleetlint-ignore[systemd/kill-mode-none] It waits for its children.\n[Service]\nExecStart=/bin/a\nKillMode=none\n',
  'modules/probe/files/job.sh': '#!/bin/sh\nhostnamectl\nsysctl -w vm.zone_reclaim_mode=1\n',
  'modules/probe/files/job.timer': '[Timer]\nOnCalendar=*:0/2\n[Install]\nWantedBy=timers.target\n',
  'modules/probe/files/job.service': '[Service]\nType=oneshot\nExecStart=/opt/job.sh\nPrivateNetwork=yes\n',
  'etc/systemd/system/app.service': '[Service]\nExecStart=/usr/bin/app\nRestart=always\nLimitNOFILE=\nKillMode=none\n',
  'etc/systemd/system/app.service.d/10.conf':
    '[Service]\n# fleetlint-ignore[systemd/ineffective-reset] A test.\nLimitNOFILE=1\nLimitNOFILE=\n',
  'etc/kubelet/config.yaml':
    'apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nevictionHard:\n  memory.available: 100Mi\ncgroupDriver: cgroupfs\n',
  'nodes.yaml': 'kubernetesVersion: v1.20.0\n',
  'go.mod': 'module example.org/agent\n\ngo 1.20\n',
  'client/client.go':
    'package client\n\nimport "net/http"\n\nfunc New() *http.Client {\n\treturn &http.Client{Transport: &http.Transport{}}\n}\n',
  'main.go':
    'package main\n\nimport (\n\t"time"\n\n\t"example.org/agent/client"\n)\n\nfunc main() {\n\tfor {\n\t\tclient.New().Get("http://a")\n\t\ttime.Sleep(time.Second)\n\t}\n}\n',
};

const fleet = JSON.stringify({
  kind: 'NodeList',
  apiVersion: 'v1',
  items: [
    {
      kind: 'Node',
      metadata: { name: 'a' },
      status: {
        nodeInfo: {
          kernelVersion: '3.10.0-957.el7.x86_64',
          kubeletVersion: 'v1.20.0',
          osImage: 'CentOS Linux 7 (Core)',
        },
      },
    },
  ],
});

/** Texts by path: the repository, one of Go only, and many of the cases of the rules, each a repository. */
function tree(): Map<string, string> {
  const texts = new Map(Object.entries(control).map(([path, text]) => [`control/${path}`, text]));
  for (const [index, file] of filesBelow('test/cases', ['.md']).entries()) {
    const each = parseCases(readFileSync(file, 'utf8'))[index % 3];
    for (const { path, text, given } of each?.files ?? []) if (!given) texts.set(`case-${index % 12}/${path}`, text);
  }
  texts.set('given/nodes.json', fleet);
  return texts;
}

function inputOf(path: string, text: string): FileInput {
  const [scope = ''] = path.split('/');
  return scope === 'given' ? { path, given: true, read: () => text } : { path, scope, read: () => text };
}

/** A rule of the user's own. */
const own = defineRule({
  id: 'test/package',
  severity: 'info',
  confidence: 'low',
  summary: 'A package.',
  needs: ['package'],
  messages: { found: "'{name}' is installed." },
  check({ model, report }) {
    for (const { name, span } of model.facts('package'))
      report({ message: 'found', data: { name }, at: span, key: name });
  },
});
const plugins = [{ ...own, plugin: 'test', load: () => Promise.resolve({ default: own }) }];

/** @param strict whether rules count otherwise in some files, and one of the user's own runs */
function settingsOf(strict: boolean): Settings {
  return {
    plugins: strict ? plugins : [],
    severityOf: (path, rule) => (strict && rule.startsWith('systemd/') && path.includes('etc/') ? 'off' : undefined),
    optionsOf: (_path, rule) => (strict && rule === 'dbus/periodic-activation' ? { 'least-per-hour': 10 } : {}),
    configure: (finding) => (strict && finding.rule === 'systemd/kill-mode-none' ? undefined : finding),
  };
}

const lines = [
  '# fleetlint-ignore[dbus/periodic-activation, systemd/kill-mode-none] A test.',
  'KillMode=none',
  "exec { 'y': command => 'true', unless => 'hostnamectl' }",
  "probe::run { 'd': tool => 'hostnamectl' }",
  'sysctl -w vm.zone_reclaim_mode=1',
  '[Service]',
  '}',
  '#',
];

describe('a session', () => {
  test.each([1, 11, 12])('finds after many edits what a new one finds (%i)', { timeout: 300_000 }, async (seed) => {
    const random = seededRandom(seed);
    const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item;
    const first = tree();
    const all = [...first.keys()];
    const known = all.filter((path) => path.startsWith('control/'));
    const texts = new Map(first);
    let strict = false;
    const session = new Session();
    session.configure(settingsOf(strict));
    session.update([...texts].map(([path, text]) => inputOf(path, text)));
    const seen = new Set<string>();
    for (let round = 0; round < 40; round++) {
      const result = await session.run();
      const fresh = new Session();
      fresh.configure(settingsOf(strict));
      fresh.update([...texts].map(([path, text]) => inputOf(path, text)));
      expect(JSON.stringify(result, undefined, 1)).toBe(JSON.stringify(await fresh.run(), undefined, 1));
      for (const { rule } of result.findings) seen.add(rule);
      for (let edit = 1 + Math.floor(random() * 3); edit > 0; edit--) {
        const path = pick(random() < 0.7 ? known : all);
        const text = texts.get(path);
        if (text === undefined || random() < 0.15) {
          // What was damaged or removed comes back.
          texts.set(path, first.get(path) ?? '');
          session.update([inputOf(path, first.get(path) ?? '')]);
          continue;
        }
        if (random() < 0.12) {
          texts.delete(path);
          session.remove([path]);
          continue;
        }
        const rows = text.split('\n');
        const row = Math.floor(random() * rows.length);
        const at = Math.floor(random() * text.length);
        const edited = pick([
          () => [...rows.slice(0, row), pick(lines), ...rows.slice(row)].join('\n'),
          () => [...rows.slice(0, row), ...rows.slice(row + 1)].join('\n'),
          () => `#\n${text}`,
          () => `${text}\n`,
          () => text.slice(0, at) + pick(['x', "'", ' ', '{', '\n']) + text.slice(at),
          () => text.slice(0, at) + text.slice(at + 1),
          () => texts.get(pick(known)) ?? text,
        ])();
        texts.set(path, edited);
        session.update([inputOf(path, edited)]);
      }
      if (random() < 0.1) {
        strict = !strict;
        session.configure(settingsOf(strict));
      }
    }
    // Else it would compare nothing with nothing.
    expect([...seen].length).toBeGreaterThan(20);
  });
});
