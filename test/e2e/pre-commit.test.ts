/** The hook, run by pre-commit itself on real repositories. Needs dist/: `npm test` builds it first. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { fileKind } from '../../src/config/file-kind.ts';

const repository = path.resolve(import.meta.dirname, '../..');
const hooks = path.join(repository, '.pre-commit-hooks.yaml');
const missing = spawnSync('pre-commit', ['--version']).status !== 0;

test.runIf(process.env['CI'] !== undefined)('pre-commit is there', () => {
  expect(missing).toBe(false);
});

test('the hook runs for every kind of file that is read', () => {
  const [{ files }, all] = parse(readFileSync(hooks, 'utf8')) as [{ files: string }, { files: string }];
  expect(all.files).toBe(files);
  const pattern = new RegExp(files.replace('(?x)', '').replace(/\s/g, ''));
  const read = [
    'site/profile/manifests/base.pp',
    'systemd/system/report.service',
    'systemd/system/report.service.d/10-limits.conf',
    'services/report.timer',
    'kubelet/config.yaml',
    'kubelet/config.json',
    'cmd/agent/main.go',
    'docs/pooling.md',
    'puppet.conf',
    'etc/cron.d/report',
    'etc/crontab',
    'var/spool/cron/crontabs/root',
    'etc/modules',
    'etc/modules-load.d/ipvs.conf',
    'etc/default/grub',
    'etc/sysconfig/kubelet',
    'var/lib/kubelet/kubeadm-flags.env',
    'fleetlint.yaml',
    'go.mod',
    'etc/containerd/config.toml',
    'ignition/worker.ign',
    'butane/worker.bu',
    'roles/kubelet/report.service.j2',
    'roles/kubelet/report.service.d/10-limits.conf.j2',
    'etc/apt/preferences.d/kubelet',
    'modules/profile/templates/report.service.erb',
    'modules/profile/files/report',
    'usr/local/sbin/report',
    'scripts/report.sh',
  ];
  const known = ['fleetlint.yaml', ...read.filter((file) => fileKind(file) !== undefined)];
  expect(read.filter((file) => !known.includes(file))).toEqual([]);
  expect(read.filter((file) => !pattern.test(file))).toEqual([]);
  expect(['logo.png', 'main.c', 'README', 'lib/facter/role.rb'].filter((file) => pattern.test(file))).toEqual([]);
});

test('what is run to build the package does not print where pre-commit reads its name', () => {
  const project = mkdtempSync(path.join(tmpdir(), 'fleetlint-pack-'));
  try {
    cpSync(path.join(repository, '.npmrc'), path.join(project, '.npmrc'));
    const description = { name: 'example', version: '1.0.0', scripts: { prepare: 'echo built' } };
    writeFileSync(path.join(project, 'package.json'), JSON.stringify(description));
    const { stdout } = spawnSync('npm', ['pack'], { cwd: project, encoding: 'utf8' });
    expect(stdout).toBe('example-1.0.0.tgz\n');
  } finally {
    rmSync(project, { recursive: true, force: true });
  }
});

describe.skipIf(missing)('pre-commit', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'fleetlint-pre-commit-'));
  const environment = {
    ...process.env,
    PRE_COMMIT_HOME: path.join(folder, 'cache'),
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_AUTHOR_NAME: 'Test',
    GIT_AUTHOR_EMAIL: 'test@example.com',
    GIT_COMMITTER_NAME: 'Test',
    GIT_COMMITTER_EMAIL: 'test@example.com',
  };

  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  function run(cwd: string, command: string, ...commandArguments: string[]): { status: number | null; output: string } {
    const { status, stdout, stderr } = spawnSync(command, commandArguments, {
      cwd,
      env: environment,
      encoding: 'utf8',
    });
    return { status, output: stdout + stderr };
  }

  function must(cwd: string, command: string, ...commandArguments: string[]): string {
    const { status, output } = run(cwd, command, ...commandArguments);
    expect(status, output).toBe(0);
    return output;
  }

  /** A control repository whose agent runs every two minutes, with its hooks. */
  function controlRepository(name: string, config: string): string {
    const root = path.join(folder, name);
    mkdirSync(path.join(root, 'manifests'), { recursive: true });
    must(root, 'git', 'init', '-q');
    writeFileSync(path.join(root, '.pre-commit-config.yaml'), config);
    writeFileSync(path.join(root, 'puppet.conf'), '[agent]\nruninterval = 2m\n');
    must(root, 'git', 'add', '.');
    return root;
  }

  function manifest(root: string, command: string): void {
    writeFileSync(path.join(root, 'manifests/name.pp'), `exec { 'node-name':\n  command => '${command}',\n}\n`);
    must(root, 'git', 'add', '.');
  }

  const asking = '/usr/bin/hostnamectl set-hostname node-1';
  const harmless = '/usr/bin/logger named';

  test('takes our manifest of hooks', () => {
    must(repository, 'pre-commit', 'validate-manifest', hooks);
  });

  test('refuses a manifest that asks hostnamed at every run, and passes one that does not', () => {
    const entry = `${process.execPath} ${path.join(repository, 'bin/fleetlint.js')}`;
    const hook = `{ id: fleetlint, name: fleetlint, language: system, entry: '${entry}', pass_filenames: false }`;
    const root = controlRepository('local', `repos:\n  - repo: local\n    hooks:\n      - ${hook}\n`);

    manifest(root, asking);
    const refused = run(root, 'pre-commit', 'run');
    expect(refused.status).toBe(1);
    expect(refused.output).toContain('dbus/periodic-activation');
    expect(refused.output).toContain('manifests/name.pp');

    manifest(root, harmless);
    expect(must(root, 'pre-commit', 'run')).toContain('Passed');
  });

  const program = `${process.execPath} ${path.join(repository, 'bin/fleetlint.js')}`;
  const localHook = (entry: string): string =>
    `repos:\n  - repo: local\n    hooks:\n      - { id: fleetlint, name: fleetlint, language: system, entry: '${entry}', pass_filenames: false }\n`;

  /** A repository whose hook was set up after somebody had put the incident into it. */
  function oldRepository(name: string, config: string): string {
    const root = controlRepository(name, config);
    manifest(root, asking);
    must(root, 'git', 'commit', '-q', '-m', 'Old', '--no-verify');
    must(root, 'pre-commit', 'install');
    return root;
  }

  function commit(root: string, file: string, text: string): { status: number | null; output: string } {
    writeFileSync(path.join(root, file), text);
    must(root, 'git', 'add', file);
    return run(root, 'git', 'commit', '-q', '-m', `Change ${file}`);
  }

  const another = `exec { 'zone':\n  command => '/usr/bin/hostnamectl set-chassis server',\n}\n`;

  test('a commit that adds the exec is refused, one that touches another file of an old tree passes', () => {
    const root = oldRepository('staged', localHook(`${program} --staged`));
    const refused = commit(root, 'manifests/zone.pp', another);
    expect(refused.status).toBe(1);
    expect(refused.output).toContain('manifests/zone.pp:2');
    expect(refused.output).not.toContain('manifests/name.pp:');
    must(root, 'git', 'rm', '-q', '--cached', 'manifests/zone.pp');
    const passed = commit(root, 'manifests/motd.pp', "file { '/etc/motd': ensure => absent }\n");
    expect(passed.status, passed.output).toBe(0);
    // What is left unstaged in the same file is nobody's business yet.
    writeFileSync(path.join(root, 'manifests/motd.pp'), another);
    expect(commit(root, 'README', 'More.\n').status).toBe(0);
  }, 60_000);

  test('with a baseline the old tree passes, and a new incident does not', () => {
    const root = oldRepository('baseline', localHook(program));
    expect(commit(root, 'manifests/motd.pp', "file { '/etc/motd': ensure => absent }\n").status).toBe(1);
    must(root, process.execPath, path.join(repository, 'bin/fleetlint.js'), '--write-baseline');
    must(root, 'git', 'add', 'fleetlint-baseline.json');
    const passed = run(root, 'git', 'commit', '-q', '-m', 'Baseline');
    expect(passed.status, passed.output).toBe(0);
    expect(commit(root, 'manifests/zone.pp', another).status).toBe(1);
  }, 60_000);

  describe('installed from a repository', () => {
    const published = path.join(folder, 'published');

    // A clone of the project would fetch what it is built with; the packed project has been built already.
    beforeAll(() => {
      const packed = spawnSync('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder], {
        cwd: repository,
        encoding: 'utf8',
      });
      const [{ filename }] = JSON.parse(packed.stdout) as [{ filename: string }];
      must(folder, 'tar', '-xzf', filename);
      cpSync(path.join(folder, 'package'), published, { recursive: true });
      const description = path.join(published, 'package.json');
      const whole = JSON.parse(readFileSync(description, 'utf8')) as Record<string, unknown>;
      writeFileSync(description, JSON.stringify({ ...whole, devDependencies: {}, scripts: {} }));
      must(published, 'git', 'init', '-q');
      must(published, 'git', 'add', '--force', '.');
      must(published, 'git', 'commit', '-q', '-m', 'Built');
    });

    test('the hook of .pre-commit-hooks.yaml does the same', () => {
      const revision = must(published, 'git', 'rev-parse', 'HEAD').trim();
      const hook = '{ id: fleetlint, language_version: system }';
      const config = `repos:\n  - repo: ${published}\n    rev: ${revision}\n    hooks:\n      - ${hook}\n`;
      const root = controlRepository('installed', config);

      manifest(root, asking);
      const refused = run(root, 'pre-commit', 'run');
      expect(refused.status).toBe(1);
      expect(refused.output).toContain('dbus/periodic-activation');

      manifest(root, harmless);
      expect(must(root, 'pre-commit', 'run')).toContain('Passed');

      writeFileSync(path.join(root, 'logo.txt'), 'a file that is not read\n');
      must(root, 'git', 'commit', '-q', '-m', 'All but the hook', '--no-verify');
      must(root, 'git', 'add', '.');
      expect(must(root, 'pre-commit', 'run')).toContain('Skipped');
    }, 60_000);
  });
});
