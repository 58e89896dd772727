import { beforeAll, describe, expect, test } from 'vitest';
import type { Fact } from '../../../src/core/fact.ts';
import { fileTemplate } from '../../../src/core/template.ts';
import { kubeletFacts } from '../../../src/loaders/kubelet/index.ts';
import { loadYaml } from '../../../src/loaders/kubelet/read-yaml.ts';
import { aptPreferencesFacts, logindFacts } from '../../../src/loaders/nodes/index.ts';
import { loadToml, tomlFacts } from '../../../src/loaders/nodes/toml.ts';

beforeAll(async () => {
  await loadYaml();
  await loadToml();
});

/** What facts say, each as one text, with the text that their span covers. */
function said(text: string, facts: readonly Fact[]): readonly string[] {
  return facts.flatMap((fact) => {
    const at = text.slice(fact.span.start, fact.span.end).replaceAll('\n', ' ');
    switch (fact.kind) {
      case 'kubelet.config':
        return [`config ${fact.surface}${fact.partial ? ' partial' : ''}`];
      case 'kubelet.setting':
        return [`setting ${fact.path}=${fact.value?.text ?? ''} @ ${at}`];
      case 'kubelet.flag':
        return [`flag ${fact.source} ${fact.name}=${fact.value?.text ?? ''}`];
      case 'kubernetes.version':
        return [`version ${fact.version.text} @ ${at}`];
      case 'kernel.parameters':
        return [`parameters ${fact.text.text} @ ${at}`];
      case 'kernel.module':
        return [`module ${fact.name}`];
      case 'runtime.cgroup-driver':
        return [`driver ${fact.runtime} ${fact.driver} @ ${at}`];
      case 'package':
        return [`package ${fact.name} ${fact.version?.text ?? ''} @ ${at}`];
      case 'logind.inhibit-delay':
        return [`delay ${fact.fileName} ${fact.value.text} @ ${at}`];
      default:
        return [fact.kind];
    }
  });
}

const yaml = (text: string) => said(text, kubeletFacts(fileTemplate('a.yaml', text)));
const toml = (text: string) => said(text, tomlFacts(fileTemplate('config.toml', text)));

describe('where kubelets are configured', () => {
  test('kOps', () => {
    const text = `apiVersion: kops.k8s.io/v1alpha2
kind: Cluster
spec:
  kubernetesVersion: 1.27.3
  kubelet:
    anonymousAuth: false
    allowPrivileged: true
  controlPlaneKubelet:
    maxPods: 20
`;
    expect(yaml(text)).toEqual([
      'version 1.27.3 @ 1.27.3',
      'config kops partial',
      'setting authentication.anonymous.enabled=false @ false',
      'config kops partial',
      'setting maxPods=20 @ 20',
    ]);
  });

  test('other clusters are none of kOps', () => {
    expect(
      yaml('apiVersion: cluster.x-k8s.io/v1\nkind: Cluster\n# kops.k8s.io\nspec:\n  kubernetesVersion: 1.27.3\n'),
    ).toEqual([]);
  });

  test('k3s', () => {
    expect(yaml('kubelet-arg:\n  - max-pods=200\n  - --v=2\n  - fail-swap-on\n')).toEqual([
      'flag k3s max-pods=200',
      'flag k3s v=2',
      'flag k3s fail-swap-on=',
    ]);
  });

  test('a plan of the system-upgrade-controller', () => {
    const plan = (version: string) =>
      yaml(`apiVersion: upgrade.cattle.io/v1\nkind: Plan\nspec:\n  version: ${version}\n`);
    expect(plan('v1.27.4+k3s1')).toEqual(['version v1.27.4+k3s1 @ v1.27.4+k3s1']);
    expect(plan('bionic')).toEqual([]);
  });

  test('Talos', () => {
    const text = `version: v1alpha1
machine:
  kubelet:
    image: ghcr.io/siderolabs/kubelet:v1.31.0
    extraArgs:
      feature-gates: A=true
    extraConfig:
      maxPods: 200
  install:
    extraKernelArgs: [quiet]
  kernel:
    modules:
      - name: ip-vs
`;
    expect(yaml(text)).toEqual([
      'version v1.31.0 @ v1.31.0',
      'flag talos feature-gates=A=true',
      'config talos partial',
      'setting maxPods=200 @ 200',
      'parameters quiet @ quiet',
      'module ip_vs',
    ]);
  });

  test('nodeadm and OpenShift', () => {
    expect(
      yaml(
        'apiVersion: node.eks.aws/v1alpha1\nkind: NodeConfig\nspec:\n  kubelet:\n    config:\n      maxPods: 9\n    flags: [--v=1]\n',
      ),
    ).toEqual(['config nodeadm partial', 'setting maxPods=9 @ 9', 'flag nodeadm v=1']);
    expect(
      yaml(
        'apiVersion: machineconfiguration.openshift.io/v1\nkind: KubeletConfig\nspec:\n  kubeletConfig:\n    podsPerCore: 10\n',
      ),
    ).toEqual(['config openshift partial', 'setting podsPerCore=10 @ 10']);
    expect(
      yaml(
        'apiVersion: machineconfiguration.openshift.io/v1\nkind: MachineConfig\nspec:\n  kernelArguments:\n    - nosmt\n',
      ),
    ).toEqual(['parameters nosmt @ nosmt']);
  });

  test('kind, with the place inside the patch', () => {
    const text = `kind: Cluster
apiVersion: kind.x-k8s.io/v1alpha4
nodes:
  - role: control-plane
    image: kindest/node:v1.27.3@sha256:abc
    kubeadmConfigPatches:
      - |
        kind: InitConfiguration
        nodeRegistration:
          kubeletExtraArgs:
            v: "4"
      - |
        kind: KubeletConfiguration
        maxPods: 200
`;
    expect(yaml(text)).toEqual([
      'version v1.27.3 @ v1.27.3',
      'flag kubeadm v=4',
      'config kind partial',
      'setting maxPods=200 @ 200',
    ]);
  });

  test('Butane and Ignition', () => {
    expect(yaml('variant: fcos\nkernel_arguments:\n  should_exist:\n    - mitigations=off\n')).toEqual([
      'parameters mitigations=off @ mitigations=off',
    ]);
    expect(yaml('{"ignition": {}, "kernelArguments": {"shouldExist": ["quiet"]}}')).toEqual([
      'parameters quiet @ "quiet"',
    ]);
  });

  test('Ansible variables and Hiera data', () => {
    expect(yaml('kube_version: v1.27.5\nother: 1\n')).toEqual(['version v1.27.5 @ v1.27.5']);
    expect(yaml("k8s::version: '1.27.5'\n")).toEqual(["version 1.27.5 @ '1.27.5'"]);
  });

  test('a template with conditions is joined with what is not here', () => {
    const text =
      'apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n# {% if x %}\nmaxPods: 1\n# {% endif %}\n';
    expect(yaml(text)[0]).toBe('config kubelet partial');
  });
});

describe('TOML', () => {
  test("containerd's cgroup driver, with its line", () => {
    const section = '[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]';
    expect(toml(`version = 2\n${section}\n  SystemdCgroup = true # yes\n`)).toEqual([
      'driver containerd systemd @ SystemdCgroup = true',
    ]);
    expect(
      toml('[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.nvidia.options]\nSystemdCgroup = true\n'),
    ).toEqual([]);
  });

  test("Bottlerocket's settings", () => {
    expect(toml('[settings.kubernetes]\nmax-pods = 200\nshutdown-grace-period = "60s"\n')).toEqual([
      'config bottlerocket partial',
      'setting maxPods=200 @ 200',
      'setting shutdownGracePeriod=60s @ 60s',
    ]);
  });

  test.each([['', '['.repeat(10_000), '\u0000', 'a = "', '[a]\n[a]\n', `a = ${'{b='.repeat(1000)}`]])(
    'bad input is silent',
    (text) => {
      expect(toml(text)).toEqual([]);
    },
  );
});

describe('files of Debian and logind', () => {
  test("apt's preferences", () => {
    const text =
      'Package: kubelet kubeadm\nPin: version 1.20.2-00\nPin-Priority: 1000\n\nPackage: *\nPin: release a=stable\n';
    expect(said(text, aptPreferencesFacts(fileTemplate('preferences.d/k8s', text)))).toEqual([
      'package kubelet 1.20.2-00 @ 1.20.2-00',
      'package kubeadm 1.20.2-00 @ 1.20.2-00',
    ]);
  });

  test("logind's delay: the last one of a file", () => {
    const text = '[Login]\nInhibitDelayMaxSec=5\n#InhibitDelayMaxSec=7\nInhibitDelayMaxSec = 1min\n';
    expect(said(text, logindFacts(fileTemplate('logind.conf.d/a.conf', text)))).toEqual(['delay a.conf 1min @ 1min']);
    expect(said('', logindFacts(fileTemplate('logind.conf', '')))).toEqual([]);
  });
});
