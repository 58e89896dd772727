import { describe, expect, test } from 'vitest';
import type { Fact } from '../../../src/core/fact.ts';
import { fileTemplate, TemplateBuilder } from '../../../src/core/template.ts';
import { environmentFileFacts } from '../../../src/loaders/kubelet/environment-file.ts';
import { kubeletFacts } from '../../../src/loaders/kubelet/index.ts';
import { createKubelets } from '../../../src/model/kubelets.ts';
import { createModel } from '../../../src/model/model.ts';

const source = (...facts: readonly Fact[]) => createModel(facts);

const span = { file: 'kubelet.service', start: 0, end: 1 };

const command = (...words: string[]): Fact => ({
  kind: 'command',
  always: 'yes',
  span,
  words: words.map((word) =>
    word.startsWith('hole:')
      ? new TemplateBuilder('kubelet.service', 0).hole(word.slice(5), 0, 5).build()
      : fileTemplate('kubelet.service', word),
  ),
  origin: { type: 'unit', path: 'kubelet.service', unit: 'kubelet.service', directive: 'ExecStart', at: span },
});

const assignment = (key: string, value: string): Fact => ({
  kind: 'unit.assignment',
  span,
  valueSpan: span,
  document: 'kubelet.service',
  unit: 'kubelet.service',
  section: 'Service',
  key,
  value: fileTemplate('kubelet.service', value),
  empty: value === '',
});

const environment = (file: string, text: string) => environmentFileFacts(fileTemplate(file, text));
const flags = (...facts: Fact[]) =>
  createKubelets(source(...facts))
    .flags()
    .map(({ name, value, source: from }) => `${name}=${value?.text ?? ''} (${from})`);

describe('flags', () => {
  test('of a command line, with its variables in their place', () => {
    expect(
      flags(
        command(
          '/usr/bin/kubelet',
          '--config=/x',
          '$KUBELET_KUBEADM_ARGS',
          'hole:${KUBELET_EXTRA_ARGS}',
          '--v',
          '2',
          '$OTHER',
        ),
        assignment('Environment', '"KUBELET_KUBEADM_ARGS=--a=1 --b=2" X=y'),
        assignment('EnvironmentFile', '-/etc/sysconfig/kubelet'),
        ...environment('files/etc/sysconfig/kubelet', 'KUBELET_EXTRA_ARGS="--cgroup-driver=systemd"\nUNUSED=--no=1'),
      ),
    ).toEqual([
      'config=/x (command)',
      'a=1 (environment)',
      'b=2 (environment)',
      'cgroup-driver=systemd (environment)',
      'v=2 (command)',
    ]);
  });

  test('an environment file beats Environment=, a missing one does not', () => {
    const unit = [
      command('kubelet', '$A'),
      assignment('Environment', 'A=--x=1'),
      assignment('EnvironmentFile', '/etc/default/kubelet'),
      assignment('EnvironmentFile', '/etc/nothing'),
    ];
    expect(flags(...unit)).toEqual(['x=1 (environment)']);
    expect(flags(...unit, ...environment('etc/default/kubelet', 'A=--x=2'))).toEqual(['x=2 (environment)']);
    expect(flags(...unit, ...environment('etc/default/other', 'A=--x=3'))).toEqual(['x=1 (environment)']);
  });

  test('of environment files alone, by the names that units use', () => {
    expect(
      flags(
        ...environment(
          'etc/sysconfig/kubelet',
          'KUBELET_EXTRA_ARGS=--a=1 --b=2\nKUBELET_ARGS=--c=3\nPATH=--d=4\nKUBELETARGS=--e=5',
        ),
      ),
    ).toEqual(['a=1 (environment)', 'b=2 (environment)', 'c=3 (environment)']);
  });

  test('of other programs not', () => {
    expect(flags(command('/usr/bin/dockerd', '--a=1'), command('/hyperkube', 'kubelet', '--b=2'))).toEqual([
      'b=2 (command)',
    ]);
  });
});

describe('the cgroup driver', () => {
  const config = (driver: string) =>
    kubeletFacts(
      fileTemplate('config.yaml', `kind: KubeletConfiguration\n${driver === '' ? '' : `cgroupDriver: ${driver}`}`),
    );
  const kubeadm = (version: string, extra = '') =>
    kubeletFacts(
      fileTemplate(
        'kubeadm.yaml',
        `apiVersion: kubeadm.k8s.io/v1beta2\nkind: ClusterConfiguration\nkubernetesVersion: ${version}\n${extra}`,
      ),
    );
  const docker = (driver: string) =>
    kubeletFacts(fileTemplate('daemon.json', `{"exec-opts": ["native.cgroupdriver=${driver}"]}`));
  const driver = (version: readonly number[] | undefined, ...facts: Fact[]) => {
    const found = createKubelets(source(...facts)).cgroupDriver(version);
    return [found.driver, found.stated];
  };

  test('a flag beats the file', () => {
    expect(driver([1, 19], ...config('cgroupfs'), ...environment('a', 'KUBELET_ARGS=--cgroup-driver=systemd'))).toEqual(
      ['systemd', true],
    );
    expect(driver([1, 19], ...config('cgroupfs'))).toEqual(['cgroupfs', true]);
  });

  test('files that disagree, and values that are unknown', () => {
    expect(driver([1, 19], ...config('cgroupfs'), ...config('systemd'))).toEqual([undefined, true]);
    expect(driver([1, 19], ...config('"{{ driver }}"'))).toEqual([undefined, true]);
    expect(driver([1, 19], ...config('cgroupfs'), ...docker('systemd'))).toEqual([undefined, true]);
  });

  test('not set: what Docker uses, else what kubeadm makes it, else cgroupfs', () => {
    expect(driver([1, 19], ...config(''), ...docker('systemd'))).toEqual(['systemd', true]);
    expect(driver([1, 20], ...kubeadm('v1.20.0'))).toEqual(['cgroupfs', false]);
    expect(driver([1, 21], ...kubeadm('v1.21.0'))).toEqual(['systemd', false]);
    expect(driver([1, 21], ...config(''))).toEqual(['cgroupfs', false]);
    expect(driver(undefined)).toEqual(['cgroupfs', false]);
  });
});

describe('versions', () => {
  const packaged = (name: string, version: string): Fact => ({
    kind: 'package',
    source: 'puppet',
    name,
    version: fileTemplate('site.pp', version),
    span,
  });
  const kubeadm = kubeletFacts(
    fileTemplate(
      'k.yaml',
      'apiVersion: kubeadm.k8s.io/v1beta2\nkind: ClusterConfiguration\nkubernetesVersion: v1.18.8\n',
    ),
  );

  test("packages beat kubeadm's; equal ones are one; what is no version is none", () => {
    const versions = (...facts: Fact[]) =>
      createKubelets(source(...facts))
        .versions()
        .map(({ text }) => text);
    expect(versions(...kubeadm)).toEqual(['v1.18.8']);
    expect(versions(...kubeadm, packaged('kubelet', '1.19.3-0'), packaged('kubelet', '1.19.3-00'))).toEqual([
      '1.19.3-0',
    ]);
    expect(versions(...kubeadm, packaged('kubelet', 'latest'), packaged('kubectl', '1.2.3'))).toEqual(['v1.18.8']);
  });
});
