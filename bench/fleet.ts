/**
 * Joins a nodes.json of 5,000 nodes with a small tree, and compares the time with that of parsing the JSON and making its facts.
 * Exits 1 if the join takes twice as long. Run it with `node tools/run.js bench/fleet.ts`.
 */
import { createModel } from '../src/model/model.ts';
import { fleetFileFacts } from '../src/loaders/kubelet/fleet-file.ts';
import { kubeletFacts } from '../src/loaders/kubelet/index.ts';
import { loadYaml } from '../src/loaders/kubelet/read-yaml.ts';
import { fileTemplate } from '../src/core/template.ts';
import { defaultOptions, type AnyReport } from '../src/core/define-rule.ts';
import kmem from '../src/rules/kubelet/kmem-accounting.ts';
import removedFlag from '../src/rules/kubelet/removed-flag.ts';
import cgroups from '../src/rules/kubelet/cgroup-v1-unsupported.ts';

const rounds = 7;
const kernels = ['3.10.0-1160.el7.x86_64', '4.18.0-553.el8_10.x86_64', '5.14.0-427.el9_4.x86_64'];

/** What `kubectl get nodes -o json` prints of so many nodes, with the images and conditions that make up most of it. */
function nodesJson(count: number): string {
  const images = Array.from({ length: 50 }, (_, index) => ({
    names: [`registry.example.org/team/program-${index}@sha256:${'0'.repeat(64)}`],
    sizeBytes: 1_000_000 + index,
  }));
  const items = Array.from({ length: count }, (_, index) => ({
    kind: 'Node',
    metadata: { name: `node-${index}`, labels: { 'kubernetes.io/hostname': `node-${index}`, role: 'worker' } },
    status: {
      capacity: { cpu: '64' },
      conditions: [{ type: 'Ready', status: 'True', reason: 'KubeletReady' }],
      images,
      nodeInfo: {
        kernelVersion: kernels[index % kernels.length],
        kubeletVersion: index % 2 === 0 ? 'v1.19.3' : 'v1.35.0',
        osImage: index % 3 === 0 ? 'CentOS Linux 7 (Core)' : 'Rocky Linux 9.4',
        containerRuntimeVersion: 'containerd://1.4.3',
      },
    },
  }));
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items }, undefined, 4);
}

/** The median of the milliseconds that some rounds take. */
function median(work: () => void): number {
  const times = Array.from({ length: rounds }, () => {
    const start = performance.now();
    work();
    return performance.now() - start;
  });
  return times.sort((a, b) => a - b)[rounds >> 1] ?? NaN;
}

export async function main(): Promise<number> {
  await loadYaml();
  const text = nodesJson(5000);
  const tree = kubeletFacts(
    fileTemplate(
      'kubeadm.yaml',
      'apiVersion: kubeadm.k8s.io/v1beta3\nkind: InitConfiguration\nnodeRegistration:\n  kubeletExtraArgs:\n    container-runtime: remote\n',
    ),
  );
  const parse = median(() => void JSON.parse(text));
  const facts = fleetFileFacts(fileTemplate('nodes.json', text)).map((fact) => ({ ...fact, given: true as const }));
  const read = median(() => void fleetFileFacts(fileTemplate('nodes.json', text)));
  const reports: AnyReport[] = [];
  const join = median(() => {
    reports.length = 0;
    const model = createModel([...facts, ...tree]);
    const context = { model, report: (report: AnyReport) => void reports.push(report), trace: () => undefined };
    for (const rule of [kmem, removedFlag, cgroups]) rule.check({ ...context, options: () => defaultOptions(rule) });
  });
  const ratio = join / parse;
  process.stdout.write(
    `${(text.length / 1e6).toFixed(0)} MB of JSON, 5,000 nodes, ${reports.length} findings\n` +
      `JSON.parse ${parse.toFixed(0)} ms, facts ${read.toFixed(0)} ms, join and rules ${join.toFixed(0)} ms: ` +
      `${ratio.toFixed(2)} times JSON.parse, ${((read + join) / parse).toFixed(2)} with the facts\n`,
  );
  return ratio < 2 ? 0 : 1;
}
