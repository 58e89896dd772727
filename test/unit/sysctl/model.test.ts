import { describe, expect, it } from 'vitest';
import type { CommandFact } from '../../../src/core/facts/command.ts';
import type { Fact } from '../../../src/core/fact.ts';
import { fileTemplate, sliceTemplate, spanOf } from '../../../src/core/template.ts';
import { sysctlFacts } from '../../../src/loaders/sysctl/index.ts';
import { kubernetesEvidence, kubeProxies } from '../../../src/model/kube-proxy.ts';
import { createModel } from '../../../src/model/model.ts';
import { sysctlSettings } from '../../../src/model/sysctl.ts';

const source = (facts: readonly Fact[]) => createModel(facts);

function command(line: string): CommandFact {
  const text = fileTemplate('a.service', line);
  const words = [...line.matchAll(/\S+/g)].map((match) =>
    sliceTemplate(text, match.index, match.index + match[0].length),
  );
  const origin = {
    type: 'unit',
    path: 'a.service',
    unit: 'a.service',
    directive: 'ExecStart',
    at: spanOf(text),
  } as const;
  return { kind: 'command', span: spanOf(text), words, always: 'yes', origin };
}

describe('sysctlSettings', () => {
  it('joins files and commands', () => {
    const file = sysctlFacts(fileTemplate('etc/sysctl.conf', 'vm.swappiness = 1'));
    const settings = sysctlSettings(
      source([...file, command('/sbin/sysctl -q -w vm.a=1 vm/b.c=2'), command('sysctl -p')]),
    );
    expect(settings.map(({ key, value, order, source: from }) => [key, value, order, from])).toEqual([
      ['vm/swappiness', '1', '99-sysctl.conf', 'sysctl.d'],
      ['vm/a', '1', undefined, 'command'],
      ['vm/b.c', '2', undefined, 'command'],
    ]);
  });

  it('leaves fixtures of tests out', () => {
    const file = sysctlFacts(fileTemplate('module/spec/fixtures/etc/sysctl.conf', 'vm.swappiness = 1'));
    expect(sysctlSettings(source(file))).toEqual([]);
  });
});

describe('kubeProxies', () => {
  const proxy = (line: string) => kubeProxies(source([command(line)]))[0];

  it.each([
    ['kube-proxy --cluster-cidr=10.0.0.0/8 --v 2', true],
    ['/usr/bin/kube-proxy --masquerade-all', true],
    ['kube-proxy', false],
    ['kube-proxy --config=/etc/kube-proxy.yaml --v=2', false],
    ['kube-proxy $KUBE_PROXY_ARGS', false],
    ['kube-proxy --v=2 $KUBE_PROXY_ARGS', false],
    ['kube-proxy --cleanup', false],
  ])('knows whether %s is the whole configuration', (line, complete) => {
    expect(proxy(line)?.complete).toBe(complete);
  });

  it('reads flags by the paths of the document; the last one wins', () => {
    const found = proxy('kube-proxy --cluster-cidr=a --cluster-cidr b --masquerade-all -v=3');
    expect(found?.value('clusterCIDR')?.text).toBe('b');
    expect(found?.value('iptables.masqueradeAll')?.text).toBe('true');
    expect(found?.value('logging.verbosity')?.text).toBe('3');
    expect(found?.value('mode')).toBeUndefined();
  });

  it('with a configuration file only the level of logs counts', () => {
    const found = proxy('kube-proxy --config=/etc/k.yaml --cluster-cidr=a --v=5');
    expect(found?.value('clusterCIDR')).toBeUndefined();
    expect(found?.value('logging.verbosity')?.text).toBe('5');
  });

  it('is no other program', () => {
    expect(proxy('kubelet --v=5')).toBeUndefined();
    expect(proxy('hyperkube proxy --v=5')?.value('logging.verbosity')?.text).toBe('5');
  });
});

describe('kubernetesEvidence', () => {
  it('is there for a kubelet and not for other programs', () => {
    expect(kubernetesEvidence(source([command('nginx -g x')]))).toBeUndefined();
    expect(kubernetesEvidence(source([command('/usr/bin/kubelet')]))?.note).toBe('Nodes run a kubelet.');
  });
});
