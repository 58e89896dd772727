import { defineRule } from '../../core/define-rule.ts';
import { compareVersions } from '../../core/version.ts';
import { fleetFacts } from '../../model/fleet.ts';
import { kubeletsFacts } from '../../model/kubelets.ts';
import { onNodes } from '../../model/node-groups.ts';
import { kubeletVersionsAt } from '../../model/kubelet-versions.ts';

export default defineRule({
  id: 'kubelet/cgroup-driver-mismatch',
  severity: 'error',
  confidence: 'high',
  summary: 'The kubelet and the container runtime use different cgroup drivers.',
  needs: [...fleetFacts, ...kubeletsFacts],
  startsFrom: ['runtime.cgroup-driver'],
  messages: {
    docker:
      "The kubelet's cgroup driver is '{kubelet}'{nodes} and Docker's is '{runtime}', so the kubelet exits at start: 'misconfiguration: kubelet cgroup driver'.",
    containerd:
      "The kubelet's cgroup driver is '{kubelet}'{nodes} and containerd's is '{runtime}', so two managers keep their own view of the node's resources: pods fail to start or are killed under pressure.",
  },
  check({ model, report, trace }) {
    const runtimes = model.facts('runtime.cgroup-driver');
    const [runtime] = runtimes;
    const values = model.kubelets.values('cgroupDriver', 'cgroup-driver');
    const [kubelet] = values;
    if (runtime === undefined) return;
    if (kubelet?.text === undefined) {
      trace(runtime.span, "Nothing states the kubelet's cgroup driver: set 'cgroupDriver' in its configuration.");
      return;
    }
    if (
      values.some(({ text }) => text !== kubelet.text) ||
      runtimes.some(({ driver, runtime: name }) => driver !== runtime.driver || name !== runtime.runtime)
    ) {
      trace(runtime.span, 'Files disagree on the cgroup driver, so nothing says which of them go together.');
      return;
    }
    if (kubelet.text === runtime.driver) return;
    const uses = kubeletVersionsAt(model, kubelet.span);
    if (uses.some(({ stated }) => compareVersions(stated.version, [1, 31]) >= 0)) {
      trace(kubelet.span, 'A kubelet from 1.31 on asks the container runtime for its cgroup driver.');
      return;
    }
    report({
      message: runtime.runtime,
      data: {
        kubelet: kubelet.text,
        runtime: runtime.driver,
        nodes: onNodes(
          model.fleet,
          uses.flatMap(({ nodes }) => nodes),
        ),
      },
      at: kubelet.span,
      confidence: uses.length === 0 ? 'medium' : 'high',
      evidence: [
        { span: runtime.span, note: `The cgroup driver of ${runtime.runtime} is '${runtime.driver}' here.` },
        ...uses.slice(0, 3).map(({ stated }) => ({
          span: stated.span,
          note: `The kubelet is '${stated.text}'; only from 1.31 on it asks the runtime.`,
          source: 'KEP-4033, KubeletCgroupDriverFromCRI',
        })),
      ],
      help: "Use 'systemd' for both where systemd is the init system.",
      key: `${runtime.runtime}/${kubelet.text}/${runtime.driver}`,
    });
  },
});
