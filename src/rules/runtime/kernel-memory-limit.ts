import { defineRule } from '../../core/define-rule.ts';
import type { CommandFact } from '../../core/facts/command.ts';
import type { Evidence } from '../../core/finding.ts';
import { flagsOf } from '../../core/flags.ts';
import type { Span } from '../../core/span.ts';
import { displayText } from '../../core/template.ts';
import { compareVersions, parseVersion } from '../../core/version.ts';
import type { Fleet } from '../../model/fleet.ts';
import { fleetFacts } from '../../model/fleet.ts';
import { kubeletsFacts, type StatedVersion } from '../../model/kubelets.ts';
import { howToSayKernel } from '../../model/kubelet-versions.ts';
import { onNodes } from '../../model/node-groups.ts';

interface Limit {
  readonly what: string;
  readonly value: string;
  readonly span: Span;
}

export default defineRule({
  id: 'runtime/kernel-memory-limit',
  severity: 'error',
  confidence: 'high',
  summary: 'A limit of kernel memory for a container, on a kernel that leaks for it or a Docker that ignores it.',
  needs: ['container.kernel-memory', 'kernel.parameters', ...kubeletsFacts, ...fleetFacts],
  startsFrom: ['container.kernel-memory', 'command'],
  startsFromPrograms: ['docker'],
  messages: {
    leaks:
      "{what} turns kernel-memory accounting on for its container, and kernel '{kernel}'{nodes} never frees the ids of accounted cgroups: after 65,535 containers none starts, with 'no space left on device' or 'cannot allocate memory' under /sys/fs/cgroup/memory.",
    ignored:
      "{what} has no effect: Docker '{docker}' ignores it, as all from 23.0 on do, so nothing limits the kernel memory.",
  },
  check({ model, report, trace }) {
    const limits: Limit[] = [
      ...model.facts('container.kernel-memory').map(({ value, span }) => ({
        what: `'kernel_memory: ${displayText(value)}'`,
        value: displayText(value),
        span,
      })),
      ...model.commands(['docker']).flatMap(limitOfCommand),
    ];
    if (limits.length === 0) return;
    const docker = dockerVersions(model.fleet, model.kubelets.runtimes());
    const ignoring = docker.filter(({ version }) => compareVersions(version, [23]) >= 0);
    const [kernel] = model.fleet.kernels().filter(({ release }) => release.enterpriseLinux7);
    const off = model.facts('kernel.parameters').find(({ text }) => text.text.includes('nokmem'));
    for (const { what, span } of limits) {
      const [first] = ignoring;
      if (first !== undefined && ignoring.length === docker.length) {
        report({
          message: 'ignored',
          data: { what, docker: first.text },
          at: span,
          severity: 'warning',
          evidence: [
            evidenceOf(first),
            { note: 'Deprecated in 20.10, without effect from 23.0 on.', source: 'docker/cli docs/deprecated.md' },
          ],
          help: "Take it out; 'mem_limit' limits all memory of the container.",
          key: `ignored/${what}`,
        });
      } else if (kernel !== undefined && off === undefined) {
        report({
          message: 'leaks',
          data: { what, kernel: kernel.release.text, nodes: onNodes(model.fleet, kernel.nodes) },
          at: span,
          evidence: [
            kernel.evidence,
            {
              note: 'This kernel cannot free a cgroup whose kernel memory is accounted.',
              source: 'opencontainers/runc#1725; kubernetes/kubernetes#61937',
            },
          ],
          help: "Take it out; 'mem_limit' limits all memory of the container.",
          key: `leaks/${what}`,
        });
      } else {
        trace(
          span,
          off === undefined
            ? `Neither an Enterprise Linux 7 kernel nor a Docker from 23.0 on is known: ${howToSayKernel}.`
            : 'Boot parameters turn the accounting off.',
        );
      }
    }
  },
});

/** `docker run --kernel-memory 50m` */
function limitOfCommand({ words }: CommandFact): readonly Limit[] {
  return flagsOf(words.slice(1))
    .filter(({ name, value }) => name === 'kernel-memory' && value !== undefined)
    .map(({ value, span }) => {
      const text = value === undefined ? '' : displayText(value);
      return { what: `'--kernel-memory ${text}'`, value: text, span };
    });
}

function dockerVersions(fleet: Fleet, ofPackages: readonly StatedVersion[]): readonly StatedVersion[] {
  const ofNodes = fleet.nodes.flatMap(({ runtime }): readonly StatedVersion[] => {
    const text = /^docker:\/\/(.+)$/.exec(runtime?.text ?? '')?.[1];
    const version = text === undefined ? undefined : parseVersion(text);
    return runtime === undefined || text === undefined || version === undefined
      ? []
      : [{ name: 'docker', version, text, span: runtime.span }];
  });
  return ofNodes.length > 0 ? ofNodes : ofPackages.filter(({ name }) => name === 'docker');
}

function evidenceOf({ text, span }: StatedVersion): Evidence {
  return { span, note: `Docker is '${text}' here.` };
}
