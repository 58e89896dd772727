/** No input of a reasonable form costs more than in proportion to its length: counted in what is executed, not in time. */
import { Session as Inspector, type Profiler } from 'node:inspector/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { formats, reporters } from '../../../src/reporters/index.ts';
import { Session } from '../../../src/session.ts';
import { mostInFile } from '../../../src/core/finding-limits.ts';

const inspector = new Inspector();

beforeAll(async () => {
  inspector.connect();
  await inspector.post('Profiler.enable');
  await inspector.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
});

afterAll(() => {
  inspector.disconnect();
});

/** How many blocks of code a run on some files executes, with all rules, reports and everything the libraries do. */
async function blocksOf(files: readonly (readonly [path: string, text: string])[]): Promise<number> {
  await inspector.post('Profiler.takePreciseCoverage');
  const session = new Session();
  session.update(files.map(([path, text]) => ({ path, read: () => text })));
  const result = await session.run();
  const report = { ...result, rules: [], text: (file: string) => session.text(file), version: '1' };
  for (const format of formats) (await reporters[format]())(report, { color: false });
  const { result: scripts }: Profiler.TakePreciseCoverageReturnType =
    await inspector.post('Profiler.takePreciseCoverage');
  const blocks = scripts.flatMap(({ functions }) => functions.flatMap(({ ranges }) => ranges));
  return blocks.reduce((sum, { count }) => sum + count, 0);
}

const many = (count: number, line: (at: number) => string): string =>
  Array.from({ length: count }, (_, at) => line(at)).join('');

const kubelet = 'apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n';

/** Texts of a number of parts. */
const grown: readonly (readonly [what: string, path: string, text: (count: number) => string])[] = [
  [
    'execs',
    'a.pp',
    (count) => many(count, (at) => `exec { 'a${at}': command => "hostnamectl \${x}", path => '/bin' }\n`),
  ],
  [
    'classes',
    'a.pp',
    (count) => many(count, (at) => `class c${at}($x = 1) { include c${at + 1}\n file { "/a${at}": } }\n`),
  ],
  [
    'assignments of one name',
    'a.pp',
    (count) => many(count, (at) => `$a = 'x${at}'\nexec { "/bin/hostnamectl \${a}": }\n`),
  ],
  ['conditions', 'a.pp', (count) => many(count, (at) => `if $a${at} == 'x' { $b${at} = 1 } else { $b${at} = 2 }\n`)],
  ['faults', 'a.pp', (count) => many(count, (at) => `file { 'a${at}' => x }\n\n`)],
  [
    'comments',
    'a.pp',
    (count) => many(count, (at) => `# fleetlint-ignore[puppet/syntax-error] why ${at}\nnotice('x')\n`),
  ],
  [
    'assignments',
    'etc/systemd/system/a.service',
    (count) => `[Service]\n${many(count, (at) => `ExecStart=/bin/a${at} b\nEnvironment=A${at}=b\n`)}`,
  ],
  [
    'unknown keys',
    'etc/systemd/system/a.service',
    (count) => `[Service]\nExecStart=/bin/a\n${many(count, (at) => `Unknown${1000 + at}=x\n`)}`,
  ],
  [
    'continued lines',
    'etc/systemd/system/a.service',
    (count) => `[Service]\nExecStart=/bin/a ${many(count, () => '\\\n  b ')}\n`,
  ],
  [
    'a shell script',
    'etc/systemd/system/a.service',
    (count) => `[Service]\nExecStart=/bin/sh -c '${many(count, (at) => `a${at} | b; `)}'\n`,
  ],
  ['settings', 'a.yaml', (count) => kubelet + many(count, (at) => `key${at}: value\n`)],
  ['documents', 'a.yaml', (count) => many(count, () => `${kubelet}maxPods: 5\n---\n`)],
  [
    'files of cloud-init',
    'a.yaml',
    (count) =>
      `#cloud-config\nwrite_files:\n${many(count, (at) => `  - path: /etc/systemd/system/a${at}.service\n    content: |\n      [Service]\n      ExecStart=/bin/a\n`)}`,
  ],
  [
    'schedules',
    'a.pp',
    (count) =>
      many(
        count,
        (at) => `schedule { 's${at % 7}': period => daily }\nexec { '/bin/hostnamectl ${at}': schedule => 's1' }\n`,
      ),
  ],
  [
    'clients of a bus service',
    'etc/cron.d/a',
    (count) => many(count, (at) => `${at % 60} * * * * root /usr/bin/hostnamectl status\n`),
  ],
  ['cron entries', 'etc/cron.d/a', (count) => many(count, (at) => `*/5 * * * * root /bin/a ${at}\n`)],
  ['kernel settings', 'etc/sysctl.d/a.conf', (count) => many(count, (at) => `net.ipv4.conf.eth${at}.rp_filter = 1\n`)],
  [
    'functions',
    'a.go',
    (count) =>
      `package a\n\nimport "net/http"\n\n${many(count, (at) => `func f${at}() { c := &http.Client{Transport: &http.Transport{}}; _ = c }\n`)}`,
  ],
  [
    'calls in a loop',
    'a.go',
    (count) =>
      `package a\n\nimport "net/http"\n\nfunc f() {\n\tfor {\n${many(count, () => '\t\tr, _ := http.Get("x")\n\t\t_ = r\n')}\t}\n}\n`,
  ],
  [
    'functions of one name',
    'a.go',
    (count) =>
      `package a\n\nimport "net/http"\n\n${many(
        count,
        () =>
          'func f() { c := &http.Client{Transport: &http.Transport{}}; r, _ := c.Get("x"); _ = r }\nfunc g() { f() }\n',
      )}`,
  ],
  ['blocks', 'a.md', (count) => many(count, () => '```go\nt := &http.Transport{}\n```\n\n')],
];

/** Trees of a number of folders. */
const trees: readonly (readonly [what: string, folder: (at: number) => readonly (readonly [string, string])[]])[] = [
  [
    'clusters',
    (at) => [
      [`c${at}/kubelet.yaml`, `${kubelet}maxPods: 5\nfailSwapOn: true\n`],
      [`c${at}/kubeadm.yaml`, `kind: ClusterConfiguration\nkubernetesVersion: v1.${10 + (at % 20)}.0\n`],
      [
        `c${at}/etc/systemd/system/kubelet.service`,
        '[Service]\nExecStart=/usr/bin/kubelet --max-pods=5 $KUBELET_EXTRA_ARGS\n',
      ],
      [`c${at}/etc/default/kubelet`, 'KUBELET_EXTRA_ARGS=--experimental-fail-swap-on\n'],
    ],
  ],
  [
    'modules',
    (at) => [
      [`modules/m${at}/manifests/init.pp`, `class m${at} {\n  include m${at + 1}\n  m${at}::d { 'a': }\n}\n`],
      [
        `modules/m${at}/manifests/d.pp`,
        `define m${at}::d {\n  file { '/etc/systemd/system/m${at}.service': content => template('m${at}/a.erb') }\n}\n`,
      ],
      [`modules/m${at}/templates/a.erb`, '[Service]\nExecStart=/bin/hostnamectl\nRestart=always\nRestartSec=60\n'],
    ],
  ],
];

/** Files of a number of parts that meet. */
const pairs: readonly (readonly [what: string, files: (count: number) => readonly (readonly [string, string])[]])[] = [
  [
    'clients of a unit with many settings',
    (count) => [
      [
        'usr/lib/systemd/system/systemd-hostnamed.service',
        `[Service]\nBusName=org.freedesktop.hostname1\nExecStart=/bin/a\n${many(count, () => 'PrivateNetwork=yes\nPrivateNetwork=\n')}`,
      ],
      ['etc/cron.d/a', many(count, (at) => `${at % 60} * * * * root /usr/bin/hostnamectl status\n`)],
    ],
  ],
];

const texts = grown.map(
  ([what, path, text]) =>
    [what, (count: number): readonly (readonly [string, string])[] => [[path, text(count)]]] as const,
);
const folders = trees.map(
  ([what, folder]) => [what, (count: number) => Array.from({ length: count }, (_, at) => folder(at)).flat()] as const,
);

test.each([...texts, ...pairs, ...folders])(
  '%s: eight times as much is not much more than eight times the work',
  async (_what, files) => {
    // What is done once, such as loading, is done before; and the smaller one is so large that it does not count.
    await blocksOf(files(2));
    const small = await blocksOf(files(50));
    const large = await blocksOf(files(400));
    expect(large / small).toBeLessThan(8 * 1.5);
  },
);

test('findings beyond a limit are counted, not reported', async () => {
  const count = mostInFile + 500;
  const session = new Session({ only: ['systemd/unknown-directive'] });
  const text = `[Service]\nExecStart=/bin/a\n${many(count, (at) => `Unknown${at}=x\n`)}`;
  session.update([{ path: 'etc/systemd/system/a.service', read: () => text }]);
  const { findings, notices } = await session.run();
  expect(findings).toHaveLength(mostInFile);
  expect(notices.map(({ message }) => message)).toEqual([
    `Only the first ${mostInFile} of ${count} findings are reported.`,
  ]);
});
