import { defineRule } from '../../core/define-rule.ts';

export default defineRule({
  id: 'core/ignore-without-reason',
  severity: 'warning',
  confidence: 'high',
  summary: "A 'fleetlint-ignore' comment that does not say why: nobody can tell when it may go.",
  needs: ['ignore'],
  messages: {
    missing: "'{comment}' gives no reason, so nobody can tell whether it still holds.",
  },
  check({ model, report, trace }) {
    for (const { span, rules, reason } of model.facts('ignore')) {
      if (rules.length === 0) continue;
      const ids = rules.map(({ id }) => id).join(', ');
      if (reason !== '') {
        trace(span, `It gives a reason: '${reason}'.`);
        continue;
      }
      report({
        message: 'missing',
        data: { comment: `fleetlint-ignore[${ids}]` },
        at: span,
        help: 'Write behind the bracket why this is right here.',
        key: ids,
      });
    }
  },
});
