import { defineRule } from '../../core/define-rule.ts';
import { literalText } from '../../core/template.ts';
import { kubeletsFacts } from '../../model/kubelets.ts';

const cgroupFlags: ReadonlySet<string> = new Set(['runtime-cgroups', 'kubelet-cgroups']);

/** Copied from old guides: a control group of a cgroup hierarchy's own path, or the path of a unit file. */
const noCgroup = /^\/(?:systemd\/system\.slice|(?:usr\/)?lib\/systemd\/|etc\/systemd\/)/;

export default defineRule({
  id: 'kubelet/ineffective-cgroup-flags',
  severity: 'warning',
  confidence: 'high',
  summary:
    "'--runtime-cgroups' and '--kubelet-cgroups' that cannot work: no statistics of the runtime and the kubelet.",
  needs: kubeletsFacts,
  startsFrom: ['kubelet.flag', 'environment.variable', 'command'],
  startsFromPrograms: ['kubelet', 'hyperkube'],
  messages: {
    'docker-only':
      "'--docker-only' makes cAdvisor leave out every control group that is no container's, so '--{flag}' has none to measure: the log fills with 'failed to get cgroup stats' and the kubelet's own memory and CPU are missing.",
    path: "'--{flag}={value}' names a control group that systemd does not make, so the log fills with 'failed to get cgroup stats' and the statistics of the program are missing.",
  },
  check({ model, report }) {
    const { kubelets } = model;
    const commands = kubelets.commands();
    const groups = commands.length > 0 ? commands.map(({ flags }) => flags) : [kubelets.flags()];
    for (const flags of groups) {
      const dockerOnly = flags.find(({ name, value }) => name === 'docker-only' && (value?.text ?? 'true') === 'true');
      for (const { name, value, span } of flags) {
        if (!cgroupFlags.has(name)) continue;
        const text = value === undefined ? undefined : literalText(value);
        if (dockerOnly !== undefined) {
          report({
            message: 'docker-only',
            data: { flag: name },
            at: span,
            evidence: [{ span: dockerOnly.span, note: 'Only the containers of Docker are measured.' }],
            help: "Remove '--docker-only'.",
            key: name,
          });
        } else if (text !== undefined && noCgroup.test(text)) {
          const help = `Name the unit's control group, such as '/system.slice/${name === 'kubelet-cgroups' ? 'kubelet' : 'containerd'}.service'.`;
          report({ message: 'path', data: { flag: name, value: text }, at: span, help, key: name });
        }
      }
    }
  },
});
