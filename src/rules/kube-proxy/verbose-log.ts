import { defineRule } from '../../core/define-rule.ts';
import { kubeProxies, kubeProxyFacts } from '../../model/kube-proxy.ts';

export default defineRule({
  id: 'kube-proxy/verbose-log',
  severity: 'info',
  confidence: 'high',
  summary: 'kube-proxy logs at a level for debugging, so each change of a Service is many lines on every node.',
  needs: kubeProxyFacts,
  startsFromPrograms: ['kube-proxy', 'hyperkube'],
  messages: {
    verbose:
      'kube-proxy logs at level {level}: every sync of its rules, at least one in 30 seconds, and every change of an endpoint is written out on every node, which buries what matters and fills the disk.',
  },
  options: {
    'least-level': {
      type: 'number',
      default: 5,
      minimum: 0,
      description: 'The level from which it is reported: from 5 on each change of an endpoint is several lines.',
    },
  },
  check({ model, options, report, trace }) {
    for (const proxy of kubeProxies(model)) {
      const level = proxy.value('logging.verbosity');
      if (level === undefined) continue;
      if (
        level.text === undefined ||
        !/^\d{1,3}$/.test(level.text) ||
        Number(level.text) < options(level.span)['least-level']
      ) {
        trace(level.span, 'The level is not known, or not one for debugging.');
        continue;
      }
      report({
        message: 'verbose',
        data: { level: level.text },
        at: level.span,
        evidence: [
          {
            note: 'Level 2 is the one for running systems, 4 is for debugging, 5 is for tracing.',
            source: 'Kubernetes logging conventions',
          },
        ],
        help: 'Use 2 or less, and raise it on one node while you look for something.',
        key: proxy.isDocument ? 'document' : 'flag',
      });
    }
  },
});
