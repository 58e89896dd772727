/** What the fuzzer starts from: the files of all cases, and what those lack. All of it is own writing. */
import glob from 'fast-glob';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileKind } from '../../src/config/file-kind.ts';
import type { FileKind } from '../../src/core/source-file.ts';
import { parseCases, type CaseFile } from '../../src/testing/cases.ts';

/** Texts by the kind of file, for formats and corners that no case has. Inputs that once failed stay here. */
const more: Readonly<Partial<Record<FileKind, readonly string[]>>> = {
  puppet: [
    'class a {\n  case }\n}\n',
    "file { 'x': content => epp('a', { v => $v {\n",
    "class a ($x = @(END/L)) {\n  text ${x}\n  | END\n  exec { \"a ${b[1]['c']} ${d.map |$e| { $e }}\": unless => ['sh', '-c', 'a|b'] }\n}\n",
    "$a = $b ? { /x(.*)/ => \"${1}\", default => { 'k' => [1, *$l] } }\nFile <| tag == 'x' |> -> Service['y']\n",
    'define a($x) { a { "${x}${x}": x => "${x}${x}" } }\na { \'b\': x => \'cc\' }\n',
    "[1, 2].each |$i, $v| { file { \"/etc/${i}\": content => epp('m/x.epp', { v => $v }) } }\ncreate_resources('a', { 'b' => {} })\n",
    'file { \'/etc/cron.d/x\': content => "*/5 * * * * root /bin/a ${b}\\n" }\n',
    'plan a::b(TargetSpec $t) { run_command("x", $t) }\ntype A = Variant[Integer[0, default], Pattern[/a/]]\n',
  ],
  'puppet-conf': ['[main]\nruntimeout = 1h\n[agent]\nruninterval = 30m ; no\n  splay=true\n'],
  'module-file': [
    '<%- | $a | -%>\n[Service]\nExecStart=<%= $a %>\n<%# fleetlint-ignore[a/b] why %>\n',
    '#!/bin/sh\nset -e\nwhile true; do hostnamectl; sleep 5; done <<EOF\n$(date)\nEOF\n',
  ],
  unit: [
    '[Unit]\nDescription=a \\\n# between\n  b\n[Service]\nExecStart=-/bin/sh -c "a \'b\' $${c} %i" ; /bin/d\nEnvironment="A=b c" \'D=e\'\nLimitNOFILE=\n[Install]\nWantedBy=multi-user.target\n',
    '[Timer]\nOnCalendar=*-*-* 00/5:00:00\nOnUnitActiveSec=1h 30min\n[Socket]\nListenStream=/run/a\n',
    '[Service]\n{% for x in y %}\nExecStart={{ x }}\n{% endfor %}\n<%= @a %>\n',
  ],
  'dbus-service': ['[D-BUS Service]\nName=org.example.A\nExec=/bin/false\nSystemdService=a.service\nUser=root\n'],
  yaml: [
    'apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nevictionHard: &a\n  memory.available: "100Mi"\nevictionSoft: *a\n? x\n: |\n  y\n',
    '#cloud-config\nwrite_files:\n  - path: /etc/systemd/system/a.service\n    content: |\n      [Service]\n      ExecStart=/bin/a\nruncmd: [[a, b], "c"]\n',
    '{"apiVersion":"v1","kind":"List","items":[{"kind":"Node","status":{"nodeInfo":{"kernelVersion":"5.4.0\\u00e9"}}}]}\n',
    'variant: fcos\nsystemd:\n  units:\n    - name: a.service\n      contents_local: x\n      contents: "[Service]\\nExecStart=/bin/a\\n"\n',
  ],
  toml: [
    '[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]\n  SystemdCgroup = false\n[settings.kubernetes]\nmax-pods = 3 # x\nx = """a\nb"""\n',
  ],
  crontab: ['MAILTO=a\n*/5 * * * * hostnamectl --static | cat\n@reboot sleep 1%x\n0 0 31 2 * a\n'],
  'system-crontab': ['SHELL=/bin/sh\n17 * * * * root cd / && run-parts /etc/cron.hourly\n@daily root a\n'],
  'modules-load': ['# x\nip_vs\n nf_conntrack \n;no\n'],
  modprobe: ['options nf_conntrack hashsize=1 \\\n  x=y\nblacklist ip_vs\ninstall a /bin/true\n'],
  sysctl: ['net.ipv4.ip_forward=1\n-net/ipv4/conf/eth0.1/rp_filter = 2\nkernel.panic=10 # x\n'],
  'docker-daemon': ['{ "exec-opts": ["native.cgroupdriver=systemd"], "log-opts": { "max-size": "10m" } }\n'],
  'grub-default': [
    'GRUB_CMDLINE_LINUX="a=b systemd.unified_cgroup_hierarchy=0 \\"c d\\""\nGRUB_CMDLINE_LINUX_DEFAULT=\'quiet\' # x\n',
  ],
  'apt-preferences': [
    'Package: linux-* kubelet\nPin: version 1.2*\nPin-Priority: 1001\n\nPackage: *\nPin: origin ""\nPin-Priority: -1\n',
  ],
  'logind-conf': ['[Login]\nInhibitDelayMaxSec=5min 20s\n'],
  fstab: ['/dev/sda2 none swap sw,pri=1 0 0\nUUID=a\\040b /x ext4 noauto 0 1 # x\n'],
  'zram-generator': ['[zram0]\nzram-size = min(ram / 2, 4096)\nhost-memory-limit = none\n'],
  'environment-file': ['KUBELET_EXTRA_ARGS="--max-pods=1 --v=4" # x\nKUBELET_KUBEADM_ARGS=\'--a\' \\\n --b\n'],
  go: [
    'package a\n\nimport "net/http"\n\nfunc f() { for { c := &http.Client{Transport: &http.Transport{MaxIdleConns: 1}}; r, _ := c.Get("x"); _ = r } }\n',
    'package a\n\nimport ("time"; "os/exec")\n\nfunc f() { for range time.Tick(5 * time.Second) { exec.Command("hostnamectl", "status").Run() } }\n',
  ],
  'go-mod': ['module example.org/a\n\ngo 1.21\n\nreplace example.org/b => ../../b\n'],
  markdown: [
    '# A\n\n```go\nt := &http.Transport{}\nhttp.Get("x")\n```\n\n<!-- fleetlint-ignore[go/http-transport-per-call] so -->\n',
  ],
  fleet: [
    '{"a":"b","c"🙂:{\n',
    '{\n  "nodes:\n',
    'nodes:\n  - name: a\n    count: 3\n    kernel: 3.10.0-1160.el7.x86_64\n    os: CentOS 7\n    modules: [ip_vs]\n    kernelParameters: a=b c\n',
    '{"kernelrelease":"5.4.0","os":{"name":"Debian","release":{"major":"12"}},"processors":{"count":4}}\n',
  ],
};

/** Texts of configuration files. */
export const configSeeds: readonly string[] = [
  'profile: strict\nfail-on: error\nminimum-confidence: medium\nrules:\n  systemd/restart-loop: off\n  dbus/periodic-activation:\n    severity: error\nignore: ["a/**", "!a/b"]\nbaseline: x.json\nfleet: nodes.json\n',
  'overrides:\n  - files: ["*.pp"]\n    rules: { puppet/syntax-error: info }\nfleet:\n  nodes:\n    - kernel: 5.4\n',
  'fleet: [a.json, b.yaml]\nrules: &r {}\nignore: []\n',
];

/** Texts of baselines. */
export const baselineSeeds: readonly string[] = [
  '{"version":1,"findings":[{"fingerprint":"0123456789abcdef","rule":"systemd/restart-loop","file":"a.service"}]}\n',
  '{"version":1,"findings":[]}\n',
];

/** The files of one case. */
export type SeedTree = readonly CaseFile[];

/** The cases of all rules and rule pages. `root`: of the repository. */
export function caseTrees(root: string): readonly SeedTree[] {
  return ['test/cases', 'docs/rules'].flatMap((folder) =>
    glob
      .sync('*/*.md', { cwd: path.join(root, folder) })
      .sort()
      .flatMap((file) => parseCases(readFileSync(path.join(root, folder, file), 'utf8')).map(({ files }) => files)),
  );
}

/** A text and the path that says what it is. */
export interface Seed {
  readonly path: string;
  readonly text: string;
}

/** A path of each kind of file, for texts that come without one. */
const pathOf: Readonly<Record<FileKind, string>> = {
  puppet: 'modules/m/manifests/init.pp',
  'puppet-conf': 'etc/puppet.conf',
  'module-file': 'modules/m/templates/a.service.epp',
  unit: 'etc/systemd/system/a.service',
  'drop-in': 'etc/systemd/system/a.service.d/b.conf',
  'dbus-service': 'usr/share/dbus-1/system-services/org.example.A.service',
  yaml: 'a.yaml',
  toml: 'etc/containerd/config.toml',
  crontab: 'a.crontab',
  'system-crontab': 'etc/cron.d/a',
  'modules-load': 'etc/modules-load.d/a.conf',
  modprobe: 'etc/modprobe.d/a.conf',
  sysctl: 'etc/sysctl.d/a.conf',
  'docker-daemon': 'etc/docker/daemon.json',
  'grub-default': 'etc/default/grub',
  'apt-preferences': 'etc/apt/preferences.d/a',
  'logind-conf': 'etc/systemd/logind.conf',
  'environment-file': 'etc/default/kubelet',
  fstab: 'etc/fstab',
  'zram-generator': 'etc/systemd/zram-generator.conf',
  go: 'a/a.go',
  'go-mod': 'go.mod',
  markdown: 'README.md',
  fleet: 'nodes.yaml',
};

/** Every kind of file that a loader reads. */
export const fileKinds = Object.keys(pathOf) as readonly FileKind[];

/** Seeds by the kind of file. */
export function seedsOf(trees: readonly SeedTree[]): ReadonlyMap<FileKind, readonly Seed[]> {
  const seeds = new Map<FileKind, Seed[]>(
    fileKinds.map((kind) => {
      const texts = more[kind] ?? (kind === 'drop-in' ? more.unit : undefined) ?? [];
      return [kind, texts.map((text) => ({ path: pathOf[kind], text }))];
    }),
  );
  for (const { path: file, text, given } of trees.flat()) {
    const kind = given ? 'fleet' : fileKind(file);
    if (kind !== undefined) seeds.get(kind)?.push({ path: file, text });
  }
  return seeds;
}
