import { defineRule } from '../../core/define-rule.ts';

export default defineRule({
  id: 'go/http-close-idle-noop',
  severity: 'warning',
  confidence: 'high',
  summary: 'CloseIdleConnections does nothing when a RoundTripper without that method stands before the Transport.',
  needs: ['go.file', 'go.function', 'go.module', 'go.transport', 'go.usage'],
  startsFrom: ['go.transport'],
  messages: {
    noop: "This closes nothing: '{type}' stands between the client and its Transport and has no method 'CloseIdleConnections', so the idle connections stay open.",
  },
  check({ model, report, trace }) {
    for (const transport of model.facts('go.transport')) {
      if (model.go.isTestSupport(transport.span.file)) continue;
      const found = model.go.closeWithoutEffect(transport);
      if (found === undefined) {
        for (const close of transport.flow.closes) trace(close.span, 'This reaches the Transport.');
        continue;
      }
      report({
        message: 'noop',
        data: { type: found.type },
        at: found.close.span,
        evidence: [{ span: transport.span, note: 'The Transport whose connections are meant.' }],
        key: `${transport.place.function ?? ''}/${found.type}`,
        help: `Give '${found.type}' a method CloseIdleConnections that calls that of what it wraps, or call it on the Transport itself.`,
      });
    }
  },
});
