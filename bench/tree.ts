/**
 * Makes trees of any size with the mix of files of a company's one repository: services in Go, a Puppet control repository, units,
 * manifests for Kubernetes, documents, and much that fleetlint does not read. Of the files it reads few say something, as in life.
 * The largest tree, of 100,000 files, has 5,000 manifests, half more than
 * wikimedia/operations-puppet has (3,359 in November 2026), the largest public control repository we know.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { seededRandom } from '../test/ecosystem/random.ts';

type Random = () => number;

/** Makes the n-th file of its kind: its path, with `/`, and its text. */
type Maker = (n: number, random: Random) => readonly [path: string, text: string];

/** Of a thousand files, how many are of a kind. */
const mix: readonly (readonly [number, Maker])[] = [
  [400, goFile],
  [10, goModule],
  [50, manifest],
  [15, puppetTemplate],
  [50, unit],
  [10, dropIn],
  [20, hieraData],
  [110, kubernetesManifest],
  [5, kubeletConfiguration],
  [35, json],
  [50, markdown],
  [5, sysctl],
  [5, crontab],
  [235, otherSource],
];

/** Writes `count` files below a folder, the same ones each time. Returns how many bytes they have. */
export function makeTree(folder: string, count: number, seed = 1): number {
  const random = seededRandom(seed);
  const made = new Set<string>();
  let bytes = 0;
  let rest = 0;
  for (const [share, maker] of mix) {
    // What rounding leaves over is the next kind's.
    const wanted = (share / 1000) * count + rest;
    const number = Math.round(wanted);
    rest = wanted - number;
    for (let n = 0; n < number; n++) {
      const [name, text] = maker(n, random);
      const file = path.join(folder, name);
      const directory = path.dirname(file);
      if (!made.has(directory)) mkdirSync(directory, { recursive: true });
      made.add(directory);
      writeFileSync(file, text);
      bytes += Buffer.byteLength(text);
    }
  }
  mkdirSync(path.join(folder, '.git'));
  return bytes;
}

const nouns =
  'report order node user cache index queue token batch metric session record volume route agent policy'.split(' ');
const verbs = 'load store send check build merge parse watch close start update find list count flush apply'.split(' ');

function pick<T>(random: Random, items: readonly T[]): T {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new Error('There is nothing to pick.');
  return item;
}

function times(count: number, make: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => make(index)).join('');
}

function capital(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1);
}

/** Few are long, most are short: the median is `median`, one of a hundred has ten times as much. */
function someMany(random: Random, median: number): number {
  return Math.max(1, Math.round(median * 10 ** (random() + random() + random() - 1.5)));
}

/** Twelve files a package, five packages a service. */
function goFile(n: number, random: Random): readonly [string, string] {
  const name = pick(random, nouns);
  const place = `services/service-${Math.floor(n / 60)}/internal/${nouns[Math.floor(n / 12) % 5] ?? ''}`;
  const test = n % 4 === 3 ? '_test' : '';
  // One file of nine talks HTTP; one of eighty makes a transport of its own.
  const http = n % 9 === 0;
  const imports = ['context', 'errors', 'fmt', 'sync', 'time', ...(http ? ['net/http'] : [])].sort();
  const body = times(someMany(random, 9), (index) => goFunction(`${name}${index}`, random));
  const client = http ? goClient(n, name) : '';
  const text = `// Package ${name} keeps the ${name}s of a service.
package ${name}

import (
${imports.map((each) => `\t"${each}"\n`).join('')})

// Err${capital(name)} says that there is no such ${name}.
var Err${capital(name)} = errors.New("no such ${name}")

// Store has the ${name}s by their names.
type Store struct {
\tmu    sync.Mutex
\titems map[string]*Item
}

// Item is one ${name}.
type Item struct {
\tName    string
\tCreated time.Time
\tCount   int
}

${body}${client}`;
  return [`${place}/${name}_${n}${test}.go`, text];
}

function goFunction(name: string, random: Random): string {
  const verb = capital(pick(random, verbs));
  const steps = times(
    1 + Math.floor(random() * 5),
    (index) => `\tfor _, each := range names {
\t\titem, ok := s.items[each]
\t\tif !ok {
\t\t\treturn fmt.Errorf("${verb.toLowerCase()} %q in step ${index}: %w", each, ctx.Err())
\t\t}
\t\titem.Count += ${Math.floor(random() * 100)}
\t}
`,
  );
  return `// ${verb}${name} goes through the named items and counts them.
func (s *Store) ${verb}${capital(name)}(ctx context.Context, names []string) error {
\ts.mu.Lock()
\tdefer s.mu.Unlock()
${steps}\treturn nil
}

`;
}

function goClient(n: number, name: string): string {
  const client =
    n % 81 === 0
      ? 'var client = &http.Client{\n\tTimeout:   10 * time.Second,\n\tTransport: &http.Transport{MaxIdleConnsPerHost: 8},\n}'
      : 'var client = &http.Client{Timeout: 10 * time.Second}';
  return `${client}

// Fetch${capital(name)} asks the server for a ${name}.
func Fetch${capital(name)}(ctx context.Context, url string) (int, error) {
\trequest, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
\tif err != nil {
\t\treturn 0, err
\t}
\tresponse, err := client.Do(request)
\tif err != nil {
\t\treturn 0, fmt.Errorf("${name}: %w", err)
\t}
\tdefer response.Body.Close()
\treturn response.StatusCode, nil
}
`;
}

function goModule(n: number): readonly [string, string] {
  return [`services/service-${n * 2}/go.mod`, `module example.org/service-${n * 2}\n\ngo 1.22\n`];
}

/** Eight manifests a module: the usual classes, and one define. */
function manifest(n: number, random: Random): readonly [string, string] {
  const module = `team_${Math.floor(n / 8)}`;
  const parts = ['init', 'install', 'config', 'service', 'params', 'users', 'monitoring', 'instance'];
  const part = parts[n % parts.length] ?? 'init';
  const name = part === 'init' ? module : `${module}::${part}`;
  const resources = times(someMany(random, 5), (index) => resource(module, index, random));
  const more = part === 'init' ? parts.slice(1, 7).map((each) => `  contain ${module}::${each}\n`) : [];
  const use =
    part === 'config' ? `  ${module}::instance { '${module}-main':\n    port => ${8000 + (n % 1000)},\n  }\n` : '';
  const text = `# What ${module} needs: ${part}.
#
# @param ensure whether it is there
${part === 'instance' ? 'define' : 'class'} ${name} (
  Enum['present', 'absent'] $ensure = 'present',
  Integer $port = ${8000 + (n % 1000)},
  Hash[String, String] $settings = {},
  Array[String] $servers = ['a.example.org', 'b.example.org'],
) {
  $directory = "/etc/${module}/${part}"
${more.join('')}${use}${resources}}
`;
  return [`puppet/modules/${module}/manifests/${part}.pp`, text];
}

function resource(module: string, index: number, random: Random): string {
  const noun = pick(random, nouns);
  switch (Math.floor(random() * 8)) {
    case 0:
      return `
  package { '${module}-${noun}-${index}':
    ensure => installed,
  }
`;
    case 1:
      return `
  service { '${module}-${noun}-${index}':
    ensure    => running,
    enable    => true,
    hasstatus => true,
    subscribe => File["\${directory}/${noun}-${index}.conf"],
  }
`;
    case 2:
      return `
  if $facts['os']['family'] == 'RedHat' and $ensure == 'present' {
    file { "/etc/sysconfig/${module}-${index}":
      ensure  => file,
      content => "PORT=\${port}\\nOPTIONS=--${noun}\\n",
      notify  => Service['${module}'],
    }
  } else {
    file { "/etc/default/${module}-${index}":
      ensure => absent,
    }
  }
`;
    case 3:
      return `
  $servers.each |$number, $server| {
    file { "\${directory}/${noun}-${index}-\${number}.conf":
      ensure  => file,
      owner   => 'root',
      group   => 'root',
      mode    => '0644',
      content => epp('${module}/${noun}.conf.epp', { 'server' => $server, 'port' => $port }),
    }
  }
`;
    case 4:
      return `
  exec { '${module}-${noun}-${index}':
    command     => "/usr/bin/${noun} --apply \${directory}",
    refreshonly => true,
    subscribe   => File["\${directory}/${noun}-${index}.conf"],
  }
`;
    case 5:
      return `
  user { '${noun}${index}':
    ensure     => $ensure,
    managehome => true,
    shell      => '/bin/false',
  }
`;
    default:
      return `
  file { "\${directory}/${noun}-${index}.conf":
    ensure  => file,
    owner   => 'root',
    group   => 'root',
    mode    => '0640',
    source  => 'puppet:///modules/${module}/${noun}.conf',
    require => Package['${module}'],
  }
`;
  }
}

function puppetTemplate(n: number, random: Random): readonly [string, string] {
  const lines = times(someMany(random, 8), (index) => `${pick(random, nouns)}_${index} = <%= $port %>\n`);
  return [
    `puppet/modules/team_${Math.floor(n / 2)}/templates/${nouns[n % nouns.length] ?? ''}.conf.epp`,
    `<%- | String $server, Integer $port | -%>\n# Managed by Puppet.\nserver = <%= $server %>\n${lines}`,
  ];
}

function unit(n: number, random: Random): readonly [string, string] {
  const noun = pick(random, nouns);
  const name = `${noun}-${n}`;
  const folder = `deploy/units/group-${Math.floor(n / 40)}`;
  if (n % 6 === 5) {
    return [
      `${folder}/${name}.timer`,
      `[Unit]\nDescription=Runs ${name} each night\n\n[Timer]\nOnCalendar=*-*-* 0${n % 7}:15:00\nRandomizedDelaySec=30min\nPersistent=true\n\n[Install]\nWantedBy=timers.target\n`,
    ];
  }
  return [
    `${folder}/${name}.service`,
    `[Unit]
Description=The ${noun} program of group ${Math.floor(n / 40)}
Documentation=https://example.org/${noun}
After=network-online.target
Wants=network-online.target

[Service]
Type=simple
User=${noun}
Environment=LEVEL=info PORT=${8000 + (n % 1000)}
EnvironmentFile=-/etc/default/${name}
ExecStart=/usr/bin/${noun} --listen :${8000 + (n % 1000)} --directory /var/lib/${name}
Restart=on-failure
RestartSec=5s
LimitNOFILE=65536
ProtectSystem=full

[Install]
WantedBy=multi-user.target
`,
  ];
}

function dropIn(n: number, random: Random): readonly [string, string] {
  return [
    `deploy/units/drop-ins/${pick(random, nouns)}-${n}.service.d/limits.conf`,
    `[Service]\nLimitNOFILE=${1024 * (1 + Math.floor(random() * 64))}\nMemoryMax=2G\n`,
  ];
}

function hieraData(n: number, random: Random): readonly [string, string] {
  const lines = times(
    someMany(random, 15),
    (index) =>
      `team_${index}::port: ${8000 + Math.floor(random() * 1000)}\nteam_${index}::${pick(random, nouns)}: '${pick(random, verbs)}'\n`,
  );
  return [`puppet/data/nodes/node-${n}.yaml`, `---\n${lines}`];
}

function kubernetesManifest(n: number, random: Random): readonly [string, string] {
  const noun = pick(random, nouns);
  const containers = times(
    someMany(random, 2),
    (index) => `        - name: ${noun}-${index}
          image: registry.example.org/${noun}:1.${Math.floor(random() * 40)}.0
          args: ["--listen", ":8080", "--${pick(random, verbs)}"]
          ports:
            - containerPort: 8080
          resources:
            requests: {cpu: 100m, memory: 128Mi}
            limits: {memory: 256Mi}
          readinessProbe:
            httpGet: {path: /ready, port: 8080}
`,
  );
  return [
    `deploy/kubernetes/app-${Math.floor(n / 10)}/${noun}-${n}.yaml`,
    `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${noun}-${n}
  labels:
    app.kubernetes.io/name: ${noun}
spec:
  replicas: ${1 + Math.floor(random() * 5)}
  selector:
    matchLabels:
      app.kubernetes.io/name: ${noun}
  template:
    metadata:
      labels:
        app.kubernetes.io/name: ${noun}
    spec:
      containers:
${containers}`,
  ];
}

function kubeletConfiguration(n: number): readonly [string, string] {
  return [
    `deploy/nodes/pool-${n}/kubelet.yaml`,
    `apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
clusterDomain: cluster.local
clusterDNS: [10.96.0.10]
cgroupDriver: systemd
maxPods: ${100 + (n % 100)}
evictionHard:
  memory.available: 200Mi
`,
  ];
}

function json(n: number, random: Random): readonly [string, string] {
  const entries = Array.from({ length: someMany(random, 12) }, (_, index) => ({
    name: `${pick(random, nouns)}-${index}`,
    value: Math.floor(random() * 1e6),
    tags: [pick(random, verbs), pick(random, nouns)],
  }));
  return [`web/data/${Math.floor(n / 50)}/table-${n}.json`, `${JSON.stringify({ entries }, undefined, 2)}\n`];
}

function markdown(n: number, random: Random): readonly [string, string] {
  const paragraphs = times(someMany(random, 8), (index) => {
    const code = index % 4 === 3 ? '```sh\nmake test\n```\n\n' : '';
    return `## How to ${pick(random, verbs)} a ${pick(random, nouns)}\n\n${prose(random, 60)}\n\n${code}`;
  });
  return [`docs/section-${Math.floor(n / 25)}/page-${n}.md`, `# Page ${n}\n\n${paragraphs}`];
}

function prose(random: Random, words: number): string {
  return times(
    words,
    (index) => `${index % 3 === 0 ? 'the' : pick(random, index % 3 === 1 ? nouns : verbs)} `,
  ).trimEnd();
}

function sysctl(n: number): readonly [string, string] {
  return [`deploy/nodes/pool-${n}/etc/sysctl.d/50-pool.conf`, 'vm.swappiness = 10\nnet.core.somaxconn = 1024\n'];
}

function crontab(n: number): readonly [string, string] {
  return [`deploy/nodes/pool-${n}/etc/cron.d/nightly`, `15 ${n % 6} * * * root /usr/bin/report --since yesterday\n`];
}

/** What fleetlint does not read. */
function otherSource(n: number, random: Random): readonly [string, string] {
  const functions = times(
    someMany(random, 10),
    (
      index,
    ) => `export function ${pick(random, verbs)}${capital(pick(random, nouns))}${index}(items: readonly string[]): number {
  return items.filter((item) => item.startsWith('${pick(random, nouns)}')).length + ${Math.floor(random() * 100)};
}

`,
  );
  return [`web/src/part-${Math.floor(n / 30)}/module-${n}.ts`, functions];
}
