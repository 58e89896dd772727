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

/** How many blocks of code a run on one file executes, with all rules, reports and everything the libraries do. */
async function blocksOf(path: string, text: string): Promise<number> {
  await inspector.post('Profiler.takePreciseCoverage');
  const session = new Session();
  session.update([{ path, read: () => text }]);
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
    (count) => `[Service]\nExecStart=/bin/a\n${many(count, (at) => `Unknown${at}=x\n`)}`,
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
  ['blocks', 'a.md', (count) => many(count, () => '```go\nt := &http.Transport{}\n```\n\n')],
];

test.each(grown)('%s: eight times as much is not much more than eight times the work', async (_what, path, text) => {
  // What is done once, such as loading, is done before; and the smaller one is so large that it does not count.
  await blocksOf(path, text(2));
  const small = await blocksOf(path, text(10));
  const large = await blocksOf(path, text(80));
  expect(large / small).toBeLessThan(8 * 1.5);
});

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
