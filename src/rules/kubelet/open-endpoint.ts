import { defineRule } from '../../core/define-rule.ts';
import type { Evidence } from '../../core/finding.ts';
import { literalText } from '../../core/template.ts';
import { kubeletsFacts, type KubeletFlag } from '../../model/kubelets.ts';

const legacy: Evidence = {
  note: "A kubelet without '--config' still has the defaults of its first years: anonymous access, authorization mode 'AlwaysAllow', read-only port 10255.",
  source: 'applyLegacyDefaults in cmd/kubelet/app/options/options.go',
};

export default defineRule({
  id: 'kubelet/open-endpoint',
  severity: 'error',
  confidence: 'high',
  summary: "The kubelet's port answers everybody: whoever reaches the node runs commands in its containers.",
  needs: kubeletsFacts,
  startsFrom: ['kubelet.config', 'kubelet.flag', 'environment.variable', 'command'],
  startsFromPrograms: ['kubelet', 'hyperkube'],
  messages: {
    anonymous:
      "Anonymous requests are allowed and the authorization mode is 'AlwaysAllow', so whoever reaches port 10250 of the node runs commands in every container.",
    defaults:
      "This kubelet has no '--config' and does not set {missing}, so anonymous requests are allowed everything: whoever reaches port 10250 of the node runs commands in every container.",
    port: "The read-only port is {port}, so whoever reaches the node reads every pod's specification and environment without a password.",
  },
  check({ model, report, trace }) {
    const { kubelets } = model;
    for (const document of kubelets.documents()) {
      const anonymous = kubelets.effective(document, 'authentication.anonymous.enabled');
      const mode = kubelets.effective(document, 'authorization.mode');
      if (anonymous.text === 'true' && anonymous.span !== undefined && mode.text === 'AlwaysAllow') {
        report({
          message: 'anonymous',
          at: anonymous.span,
          evidence: mode.span === undefined ? [] : [{ span: mode.span, note: 'Everything is allowed to everybody.' }],
          help: "Set 'authentication.anonymous.enabled: false' and 'authorization.mode: Webhook'.",
          key: 'anonymous',
        });
      }
      const port = kubelets.effective(document, 'readOnlyPort');
      if (port.from === 'document' && port.span !== undefined && isOpenPort(port.text)) {
        report({
          message: 'port',
          data: { port: port.text ?? '' },
          at: port.span,
          severity: 'warning',
          help: 'Set it to 0, and let monitoring use port 10250 with a token.',
          key: 'port',
        });
      }
    }
    for (const flag of kubelets.flags()) {
      const port = flag.name === 'read-only-port' && flag.value !== undefined ? literalText(flag.value) : undefined;
      if (!isOpenPort(port)) continue;
      const help = 'Set it to 0, and let monitoring use port 10250 with a token.';
      report({ message: 'port', data: { port: port ?? '' }, at: flag.span, severity: 'warning', help, key: 'port' });
    }
    for (const { command, flags, complete } of kubelets.commands()) {
      const value = (name: string): string | undefined => valueOf(flags, name);
      const hasConfig = flags.some(({ name }) => name === 'config' || name === 'config-dir');
      if (
        command.origin.type !== 'unit' ||
        hasConfig ||
        !flags.some(({ name }) => /^(?:bootstrap-)?kubeconfig$/.test(name))
      )
        continue;
      if (!complete) {
        trace(command.span, 'A part of the command line is not in the tree and may hold the flags.');
        continue;
      }
      if (
        (value('anonymous-auth') ?? 'true') !== 'true' ||
        (value('authorization-mode') ?? 'AlwaysAllow') !== 'AlwaysAllow'
      )
        continue;
      const missing = ['anonymous-auth', 'authorization-mode'].filter((name) => value(name) === undefined);
      if (missing.length === 0) {
        report({ message: 'anonymous', at: command.span, key: 'anonymous' });
        continue;
      }
      report({
        message: 'defaults',
        data: { missing: missing.map((name) => `'--${name}'`).join(' and ') },
        at: command.origin.at,
        evidence: [legacy],
        help: "Give it a KubeletConfiguration with '--config', or '--anonymous-auth=false --authorization-mode=Webhook'.",
        key: 'defaults',
      });
    }
  },
});

function isOpenPort(text: string | undefined): boolean {
  return text !== undefined && /^[1-9]\d*$/.test(text);
}

/** The value of a flag; `true` for one without a value. */
function valueOf(flags: readonly KubeletFlag[], name: string): string | undefined {
  const flag = flags.findLast((each) => each.name === name);
  return flag === undefined ? undefined : flag.value === undefined ? 'true' : (literalText(flag.value) ?? 'unknown');
}
