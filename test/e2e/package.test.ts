/** The package as npm publishes it. Needs dist/: `npm test` builds it first. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Metafile } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const repository = path.resolve(import.meta.dirname, '../..');
const folder = mkdtempSync(path.join(tmpdir(), 'fleetlint-package-'));
const unpacked = path.join(folder, 'package');

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function run(command: string, commandArguments: readonly string[], cwd: string) {
  return spawnSync(command, commandArguments, { cwd, encoding: 'utf8', timeout: 20_000 });
}

const fleetlint = (...commandArguments: string[]) =>
  run(process.execPath, [path.join(unpacked, 'bin/fleetlint.js'), ...commandArguments], folder);

let filename: string;

beforeAll(() => {
  // Without scripts: `prepare` would build dist/ anew under the feet of the other tests.
  const packed = run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder], repository);
  [{ filename }] = JSON.parse(packed.stdout) as [{ filename: string }];
  expect(run('tar', ['-xzf', filename], folder).status).toBe(0);
});

test('the package holds what is needed at run time and nothing else', () => {
  expect(readdirSync(unpacked).sort()).toEqual(
    expect.arrayContaining([
      '.pre-commit-hooks.yaml',
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'bin',
      'dist',
      'docs',
      'man',
      'package.json',
    ]),
  );
  for (const left of [
    'src',
    'test',
    'tools',
    'bench',
    'examples',
    'node_modules',
    'dist/metafile.json',
    'docs/architecture.md',
  ]) {
    expect(() => readFileSync(path.join(unpacked, left))).toThrow('ENOENT');
  }
  expect(readdirSync(path.join(unpacked, 'dist')).filter((name) => name.includes('.v8-'))).toEqual([]);
});

test('it depends on no other package and runs nothing when it is installed', () => {
  const manifest = JSON.parse(readFileSync(path.join(unpacked, 'package.json'), 'utf8')) as {
    dependencies?: Record<string, string>;
    scripts: Record<string, string>;
  };
  expect(manifest.dependencies ?? {}).toEqual({});
  for (const script of ['preinstall', 'install', 'postinstall']) expect(manifest.scripts).not.toHaveProperty(script);
});

test.each([
  ['publint', ['run', '--strict']],
  ['attw', ['--profile', 'node16']],
])('%s has nothing to say about it', (tool, toolArguments) => {
  const { status, stdout, stderr } = run(
    path.join(repository, 'node_modules/.bin', tool),
    [...toolArguments, path.join(folder, filename)],
    folder,
  );
  expect(status, stdout + stderr).toBe(0);
});

test('it says so when it is not built', () => {
  cpSync(path.join(repository, 'bin'), path.join(folder, 'unbuilt/bin'), { recursive: true });
  const { status, stdout, stderr } = run(process.execPath, ['unbuilt/bin/fleetlint.js'], folder);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toContain('not built');
});

describe('without the packages it was built from', () => {
  beforeAll(() => {
    mkdirSync(path.join(folder, 'tree'));
    for (const [name, text] of Object.entries({
      'report.service': '[Unit]\nDescription=Report\n\n[Service]\nExecStart=/usr/bin/report\n',
      'report.pp': "package { 'report':\n  ensure => installed,\n}\n",
      'report.go': 'package report\n\nimport "net/http"\n\nvar transport = &http.Transport{MaxConnsPerHost: 2}\n',
      'kubelet.yaml': 'apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nmaxPods: 110\n',
    })) {
      writeFileSync(path.join(folder, 'tree', name), text);
    }
  });

  test.each(['report.service', 'report.pp', 'report.go', 'kubelet.yaml'])('it reads %s', (name) => {
    const { status, stdout, stderr } = fleetlint('lint', '-f', 'json', `tree/${name}`);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({ findings: [], notices: [] });
  });

  /** Files of dist/ that a run loads. */
  function loadedBy(...commandArguments: string[]): readonly string[] {
    const script = `
      const streams = { ...process, env: {}, cwd: process.cwd, stdout: { write() {} }, stderr: { write() {} } };
      void require('./package/dist/cli.cjs').main(${JSON.stringify(commandArguments)}, streams).then(() => {
        const files = Object.keys(require.cache).map((file) => require('node:path').basename(file, '.cjs'));
        process.stdout.write(files.sort().join(' '));
      });`;
    return run(process.execPath, ['-e', script], folder).stdout.split(' ');
  }

  test.each([
    [['--help'], ['cli']],
    [['rules'], ['cli', 'commands']],
    [['tree/report.service'], ['cli', 'commands']],
    [['tree/report.pp'], ['cli', 'commands', 'node-rules', 'puppet']],
    [['tree/report.go'], ['cli', 'commands', 'go', 'go-rules']],
    [['tree/kubelet.yaml'], ['cli', 'commands', 'node-rules', 'nodes', 'yaml']],
    [['tree'], [...['cli', 'commands', 'go', 'go-rules', 'ignore'], ...['node-rules', 'nodes', 'puppet', 'yaml']]],
  ])('%j loads only what it needs', (commandArguments, files) => {
    expect(loadedBy(...commandArguments)).toEqual(files);
  });

  test('it finds what is wrong', () => {
    writeFileSync(path.join(folder, 'broken.pp'), 'package { \n');
    const { status, stdout } = fleetlint('-f', 'json', 'broken.pp');
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ findings: [{ rule: 'puppet/syntax-error', file: 'broken.pp' }] });
  });

  test('it explains a rule from the page it brings', () => {
    const { status, stdout } = fleetlint('explain', 'puppet/syntax-error');
    expect(status).toBe(0);
    expect(stdout).toContain('puppet/syntax-error');
  });

  test('its language server starts and stops', async () => {
    const server = spawn(process.execPath, [path.join(unpacked, 'bin/fleetlint.js'), 'lsp'], { cwd: folder });
    const stopped = once(server, 'exit');
    let output = '';
    const answered = async (text: string) => {
      while (!output.includes(text)) output += String((await once(server.stdout, 'data'))[0]);
    };
    const send = (message: object) => {
      const body = JSON.stringify({ jsonrpc: '2.0', ...message });
      server.stdin.write(`Content-Length: ${body.length}\r\n\r\n${body}`);
    };
    send({ id: 1, method: 'initialize', params: { processId: null, rootUri: null, capabilities: {} } });
    await answered('"capabilities":{');
    send({ id: 2, method: 'shutdown' });
    await answered('"id":2');
    send({ method: 'exit' });
    expect(await stopped).toEqual([0, null]);
  });
});

describe('the code that the build compiled', () => {
  const dist = path.join(repository, 'dist');
  const caches = readdirSync(dist).filter((name) => name.endsWith(`.cjs.v8-${process.versions.v8}`));

  test('is there for each file of a common run', () => {
    const names = caches.map((name) => name.slice(0, name.indexOf('.')));
    expect(names).toEqual(expect.arrayContaining(['cli', 'commands', 'go', 'lsp', 'puppet']));
  });

  test('is not refused', () => {
    // In a process of its own, as the flags of this one are others.
    const script = `
      const { readFileSync } = require('node:fs');
      const { wrap } = require('node:module');
      const refused = (name) => {
        const source = wrap(readFileSync(name.slice(0, name.indexOf('.v8-')), 'latin1'));
        return new (require('node:vm').Script)(source, { cachedData: readFileSync(name) }).cachedDataRejected;
      };
      console.log(JSON.stringify(${JSON.stringify(caches)}.filter(refused)));`;
    expect(run(process.execPath, ['-e', script], dist)).toMatchObject({ stdout: '[]\n', stderr: '' });
  });

  test('does no harm if V8 refuses it', () => {
    const copy = path.join(folder, 'refused');
    for (const name of ['bin', 'dist']) cpSync(path.join(repository, name), path.join(copy, name), { recursive: true });
    cpSync(path.join(repository, 'package.json'), path.join(copy, 'package.json'));
    for (const name of caches) writeFileSync(path.join(copy, 'dist', name), 'of another V8');
    const { status, stdout } = run(process.execPath, [path.join(copy, 'bin/fleetlint.js'), '--version'], folder);
    expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringMatching(/^fleetlint \d/) as string });
  });
});

describe('the bundle', () => {
  const { outputs } = JSON.parse(readFileSync(path.join(repository, 'dist/metafile.json'), 'utf8')) as Metafile;

  test('nothing is left to be required at run time', () => {
    const imported = new Set(Object.values(outputs).flatMap(({ imports }) => imports.map((found) => found.path)));
    const others = [...imported].filter((name) => !isBuiltin(name));
    for (const file of others) expect(outputs).toHaveProperty([path.posix.join('dist', file)]);
    expect(others).toContain('./commands.cjs');
  });

  test('the licence of every package in it is passed on', () => {
    const notices = readFileSync(path.join(repository, 'dist/NOTICES.txt'), 'utf8');
    const inputs = Object.values(outputs).flatMap((output) => Object.keys(output.inputs));
    const packages = inputs.map((file) => /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1]);
    const bundled = new Set(packages.filter((name) => name !== undefined));
    expect(bundled).toContain('yaml');
    for (const name of bundled) expect(notices).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\(`, 'm'));
  });
});
