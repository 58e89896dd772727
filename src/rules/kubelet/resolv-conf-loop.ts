import { defineRule } from '../../core/define-rule.ts';
import { fleetFacts } from '../../model/fleet.ts';
import { kubeletsFacts } from '../../model/kubelets.ts';
import { groupText } from '../../model/node-groups.ts';

/** Distributions that come with systemd-resolved's stub in /etc/resolv.conf. */
const withStub = /^(?:Ubuntu (?:1[89]|2\d)\.|Fedora (?:Linux )?(?:3[3-9]|4\d)\b|Flatcar\b)/;

export default defineRule({
  id: 'kubelet/resolv-conf-loop',
  severity: 'warning',
  confidence: 'medium',
  summary:
    "Pods get /etc/resolv.conf of a node whose name server is systemd-resolved's stub: DNS goes round in a circle.",
  needs: [...fleetFacts, ...kubeletsFacts],
  startsFrom: ['node'],
  messages: {
    loop: "'resolvConf' is '/etc/resolv.conf', and on {nodes} ('{image}') that file names systemd-resolved's stub 127.0.0.53, which is the pod itself inside a pod: CoreDNS forwards to itself and stops with 'Loop detected', and names do not resolve.",
  },
  check({ model, report, trace }) {
    const { fleet, kubelets } = model;
    const values = kubelets.values('resolvConf', 'resolv-conf');
    const [first] = values;
    if (first === undefined || values.some(({ text }) => text !== '/etc/resolv.conf')) return;
    const commands = model.facts('command');
    const other = commands.find(({ words }) =>
      words.some(({ text }) => /\/run\/systemd\/resolve\/resolv\.conf|systemd-resolved/.test(text)),
    );
    const nodes = fleet.nodes.filter(({ osImage }) => osImage !== undefined && withStub.test(osImage.text));
    const [node] = nodes;
    if (node?.osImage === undefined) {
      trace(first.span, "No node is known to run systemd-resolved: name the distribution with '--fleet'.");
      return;
    }
    if (other !== undefined) {
      trace(other.span, 'A command of the tree changes systemd-resolved or /etc/resolv.conf.');
      return;
    }
    const names = nodes.map(({ name }) => name);
    const total = fleet.count(fleet.nodes.map(({ name }) => name));
    report({
      message: 'loop',
      data: { nodes: groupText({ names, count: fleet.count(names), total }), image: node.osImage.text },
      at: first.span,
      evidence: [
        { span: node.osImage.span, note: `'${node.osImage.text}' links /etc/resolv.conf to systemd-resolved's stub.` },
        { note: "kubeadm keeps a 'resolvConf' that the user sets.", source: 'kubernetes/kubernetes#90394' },
      ],
      help: "Set 'resolvConf: /run/systemd/resolve/resolv.conf', which names the real servers; kubeadm does so if the setting is left out.",
      key: 'stub',
    });
  },
});
