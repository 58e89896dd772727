import { defineRule } from '../../core/define-rule.ts';
import type { Confidence, Severity } from '../../core/finding.ts';
import type { KmemVerdict } from '../../knowledge/kmem.ts';
import { assessKernelMemory, kernelMemoryFacts } from '../../model/kernel-memory.ts';
import type { CgroupDriver } from '../../model/kubelets.ts';
import { howToSayKernel } from '../../model/kubelet-versions.ts';
import { groupText } from '../../model/node-groups.ts';

const remedies =
  "Boot with 'cgroup.memory=nokmem' on kernel 3.10.0-1062.4.1 or later and reboot every node, which also frees the leaked ids. " +
  'Or run kernel 4.0 or later. Or run kubelet 1.22 or later with runc 1.0.0-rc94 or later.';

const check =
  'Check a node with `find /sys/fs/cgroup/memory/kubepods* -name memory.kmem.slabinfo -exec cat {} +`: it fails where accounting is off.';

type Reported = Extract<KmemVerdict, 'leaks' | 'leaks-runtime' | 'leaks-runtime-unless-nokmem' | 'unlikely'>;

const severities: Readonly<Record<Reported, Severity>> = {
  leaks: 'error',
  'leaks-runtime': 'warning',
  'leaks-runtime-unless-nokmem': 'warning',
  unlikely: 'info',
};

/** Why the other verdicts are silent. */
const silence: Readonly<Record<Exclude<KmemVerdict, Reported>, string>> = {
  'not-affected': 'does not leak the ids of accounted cgroups.',
  mitigated: 'would leak the ids of accounted cgroups, but nothing turns accounting on.',
  unknown: 'may leak the ids of accounted cgroups, but too little is known of it or of what runs on it.',
};

export default defineRule({
  id: 'kubelet/kmem-accounting',
  severity: 'error',
  confidence: 'high',
  summary:
    'A kubelet or container runtime turns kernel-memory accounting on, on a kernel that leaks a cgroup id each time.',
  needs: kernelMemoryFacts,
  startsFrom: ['node', 'package'],
  messages: {
    leaks:
      "{program} '{version}' turns kernel-memory accounting on, and kernel '{kernel}' on {nodes} never frees the ids of accounted cgroups{ignored}, so in the end no pod starts: 'no space left on device' or 'cannot allocate memory' under /sys/fs/cgroup/memory, or 'Unable to create nf_conn slab cache' in the kernel log.",
    'leaks-runtime':
      "{program} '{version}' turns kernel-memory accounting on for containers with a memory limit, and kernel '{kernel}' on {nodes} never frees the ids of accounted cgroups{ignored}, so in the end no container starts: 'no space left on device' or 'cannot allocate memory' under /sys/fs/cgroup/memory.",
    'leaks-runtime-unless-nokmem':
      "{program} '{version}' turns kernel-memory accounting on for containers with a memory limit, unless its runc was built without it, and kernel '{kernel}' on {nodes} never frees the ids of accounted cgroups{ignored}, so in the end no container may start: 'no space left on device' or 'cannot allocate memory' under /sys/fs/cgroup/memory.",
    unlikely:
      "{program} '{version}' can turn kernel-memory accounting on, and kernel '{kernel}' on {nodes} never frees the ids of accounted cgroups{ignored}; with the cgroup driver 'systemd' this is unlikely, but nobody has confirmed that it cannot happen.",
  },
  check({ model, report, trace }) {
    const assessments = assessKernelMemory(model, model.facts('kernel.parameters'));
    for (const node of model.fleet.nodes) {
      if (node.kernelRelease === undefined) {
        trace(node.span, `Nothing says which kernel node '${node.name}' runs: ${howToSayKernel}.`);
      }
    }
    if (assessments.length === 0) {
      for (const { span } of model.kubelets.versions())
        trace(span, `Nothing says which kernel the nodes run, or files disagree: ${howToSayKernel}.`);
    }
    for (const { group, decision, isSure, driver, evidence } of assessments) {
      const { verdict } = decision;
      const kernel = group.kernel.release.text;
      const subject = verdict.startsWith('leaks-runtime') ? group.runtime : group.kubelet;
      if (verdict === 'not-affected' || verdict === 'mitigated' || verdict === 'unknown') {
        trace(subject?.span ?? group.kernel.evidence.span, `Kernel '${kernel}' ${silence[verdict]}`);
        continue;
      }
      if (subject === undefined) continue;
      if (!isSure) {
        trace(
          subject.span,
          'Files disagree on the boot parameters or the cgroup driver, or leave a part of them open.',
        );
        continue;
      }
      report({
        message: verdict,
        data: {
          program: subject.name,
          version: subject.text,
          kernel,
          nodes: groupText(group),
          ignored: decision.parameterIgnored ? " and is too old for 'cgroup.memory=nokmem'" : '',
        },
        at: subject.span,
        severity: severities[verdict],
        confidence: confidence(verdict, driver),
        evidence,
        help: verdict === 'leaks' || verdict === 'leaks-runtime' ? remedies : `${check} ${remedies}`,
        key: `${verdict}/${subject.name}/${subject.text}/${kernel}`,
      });
    }
  },
});

/** Lower where the verdict rests on a default that no file of the tree shows to be in force. */
function confidence(verdict: Reported, driver: CgroupDriver): Confidence {
  if (verdict === 'leaks-runtime-unless-nokmem') return 'low';
  if (verdict === 'unlikely') return 'medium';
  return driver.stated || driver.evidence.some(({ span }) => span !== undefined) ? 'high' : 'medium';
}
