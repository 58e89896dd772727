import { defineRule } from '../../core/define-rule.ts';
import { compareVersions } from '../../core/version.ts';
import { fleetFacts } from '../../model/fleet.ts';
import { kubeletsFacts } from '../../model/kubelets.ts';
import { howToSayVersion, kubeletVersionsAt } from '../../model/kubelet-versions.ts';
import { groupText } from '../../model/node-groups.ts';

export default defineRule({
  id: 'kubelet/cgroup-v1-unsupported',
  severity: 'error',
  confidence: 'high',
  summary: 'A kubelet from 1.35 on refuses to start on nodes that boot with cgroup v1.',
  needs: [...fleetFacts, ...kubeletsFacts, 'kernel.parameters'],
  startsFrom: ['node', 'kernel.parameters'],
  messages: {
    refuses:
      "Kubelet '{version}' refuses to start on cgroup v1, as 'failCgroupV1' is true from 1.35 on, and {nodes} run cgroup v1, so they leave the cluster with the upgrade.",
  },
  check({ model, report, trace }) {
    const { fleet, kubelets } = model;
    const total = fleet.count(fleet.nodes.map(({ name }) => name));
    const switches = kubelets.values('failCgroupV1', 'fail-cgroupv1');
    for (const cgroup of fleet.cgroups()) {
      if (cgroup.version !== 1) continue;
      const place = cgroup.evidence.span;
      const uses = kubeletVersionsAt(model, place);
      const refusing = uses.filter(({ stated }) => compareVersions(stated.version, [1, 35]) >= 0);
      if (
        refusing.length === 0 ||
        (refusing.some(({ nodes }) => nodes.length === 0) && refusing.length < uses.length)
      ) {
        trace(
          place,
          `These nodes run cgroup v1, but nothing says that their kubelet is 1.35 or later: ${howToSayVersion}.`,
        );
        continue;
      }
      if (switches.some(({ text }) => text !== 'true')) {
        trace(place, "'failCgroupV1' is set to another value than 'true'.");
        continue;
      }
      for (const { stated, nodes } of refusing) {
        const names = nodes.length === 0 ? cgroup.nodes : nodes.filter((name) => cgroup.nodes.includes(name));
        if (nodes.length > 0 && names.length === 0) continue;
        report({
          message: 'refuses',
          data: { version: stated.text, nodes: groupText({ names, count: fleet.count(names), total }) },
          at: stated.span,
          evidence: [
            cgroup.evidence,
            { note: "'failCgroupV1' is true by default from 1.35 on.", source: 'kubernetes/kubernetes#134298' },
          ],
          help: "Boot the nodes with cgroup v2 ('systemd.unified_cgroup_hierarchy=1', or a distribution that does so), or set 'failCgroupV1: false' until they are replaced.",
          key: `${stated.text}/${names.join(',')}`,
        });
      }
    }
  },
});
