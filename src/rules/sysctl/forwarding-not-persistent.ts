import { defineRule } from '../../core/define-rule.ts';
import type { CommandFact } from '../../core/facts/command.ts';
import { sysctlName } from '../../core/sysctl-key.ts';
import { displayText } from '../../core/template.ts';
import { kubernetesEvidence, kubernetesFacts } from '../../model/kube-proxy.ts';
import { sysctlSettings, sysctlSettingFacts, type SysctlSetting } from '../../model/sysctl.ts';

/** `conf/all/forwarding` and `ip_forward` are the same for IPv4. */
const keys = ['net/ipv4/ip_forward', 'net/ipv4/conf/all/forwarding'];

export default defineRule({
  id: 'sysctl/forwarding-not-persistent',
  severity: 'error',
  confidence: 'medium',
  summary:
    'Forwarding of packets, which pods need, is off in a file that is applied later, or is only on until the next boot.',
  needs: [...sysctlSettingFacts, ...kubernetesFacts],
  startsFrom: ['sysctl.setting', 'command'],
  startsFromPrograms: ['sysctl', 'echo', 'printf'],
  messages: {
    off: "'{name} = 0' in '{file}' is applied after the file that turns forwarding on, so after a reboot or 'sysctl --system' the node drops the packets of its pods.",
    once: "'{command}' turns forwarding on until the next boot, and Puppet runs this command only when another resource asks for it: after a reboot, or when the network service resets it, the node drops the packets of its pods.",
  },
  check({ model, report, trace }) {
    const settings = sysctlSettings(model).filter(({ key }) => keys.includes(key));
    if (settings.length === 0) return;
    const kubernetes = kubernetesEvidence(model);
    const files = settings.filter(({ source }) => source !== 'command');
    const on = files.filter(({ value }) => value !== undefined && value !== '0');
    for (const setting of settings) {
      const { span, value, command } = setting;
      if (kubernetes === undefined) {
        trace(span, 'Nothing in this tree says that these are nodes of Kubernetes.');
      } else if (command !== undefined) {
        const why = notRepeated(setting);
        if (value !== '1' || why === undefined || files.length > 0) {
          trace(span, 'A file sets it too, or the command runs again by itself, or turns nothing on.');
          continue;
        }
        report({
          message: 'once',
          data: { command: commandLine(command) },
          at: span,
          severity: 'warning',
          evidence: [{ span, note: why }, kubernetes],
          help: "Set it in a file of /etc/sysctl.d as well: 'net.ipv4.ip_forward = 1'.",
          key: `command/${setting.key}`,
        });
      } else if (value === '0') {
        const earlier = on.find((other) => isApplied(other, setting));
        if (earlier === undefined) {
          trace(
            span,
            'No file of this tree that is applied before it turns forwarding on, so it may be meant for other nodes.',
          );
          continue;
        }
        report({
          message: 'off',
          data: { name: sysctlName(setting.key), file: setting.order ?? '' },
          at: span,
          evidence: [
            { span: earlier.span, note: `Forwarding is turned on here, in '${earlier.order ?? ''}'.` },
            { note: 'Files are applied in the order of their names, whatever their folder.', source: 'sysctl.d(5)' },
            kubernetes,
          ],
          help: 'Take the line out, or give the file that turns forwarding on a name that comes last.',
          key: `file/${setting.key}`,
        });
      }
    }
  },
});

function commandLine({ words, output }: CommandFact): string {
  const line = words.map(displayText).join(' ');
  return output === undefined ? line : `${line} > ${displayText(output)}`;
}

/** Whether `a` is applied before `b` on a node that has both files. */
function isApplied(a: SysctlSetting, b: SysctlSetting): boolean {
  if (a.order === undefined || b.order === undefined) return false;
  return a.order === b.order ? a.span.file === b.span.file && a.span.start < b.span.start : a.order < b.order;
}

/** Why the command that sets it does not run at each boot or each run of Puppet; `undefined` if it does or nothing is known. */
function notRepeated({ command }: SysctlSetting): string | undefined {
  if (command?.origin.type !== 'puppet-exec' || command.origin.everyRun !== 'no') return undefined;
  return command.origin.because;
}
