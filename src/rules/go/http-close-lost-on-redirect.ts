import { defineRule } from '../../core/define-rule.ts';

export default defineRule({
  id: 'go/http-close-lost-on-redirect',
  severity: 'info',
  confidence: 'medium',
  summary: 'Close on a request is not copied to the request that follows a redirect, whose connection leaks.',
  needs: ['go.file', 'go.function', 'go.module', 'go.transport', 'go.usage'],
  startsFrom: ['go.transport'],
  messages: {
    lost: "'Close' on the request is all that closes the connection of this Transport, and net/http does not copy it when the server redirects: each redirect leaks one connection.",
  },
  check({ model, report, trace }) {
    for (const transport of model.facts('go.transport')) {
      if (model.go.isTestSupport(transport.span.file)) continue;
      const life = model.go.life(transport);
      if (life.kind !== 'kept' || life.closing === undefined) continue;
      const { requests, settings } = life.closing;
      const flagged = requests.find(({ closes, method }) => closes === 'flag' && method === 'Do');
      if (flagged === undefined) continue;
      const ends = settings.find(
        ({ name, value }) =>
          name === 'CheckRedirect' ||
          ((name === 'DisableKeepAlives' || name === 'IdleConnTimeout') && value !== false && value !== 0),
      );
      if (ends !== undefined) {
        trace(ends.span, `'${ends.name}' covers redirects too.`);
        continue;
      }
      const { disableKeepAlives, place } = transport;
      report({
        message: 'lost',
        at: flagged.span,
        evidence: [{ span: transport.span, note: 'The Transport that this call drops.' }],
        key: place.function ?? '',
        help: 'Set DisableKeepAlives: true on the Transport, or CheckRedirect on the client.',
        fixes:
          disableKeepAlives.length === 0 || transport.form !== 'literal'
            ? []
            : [{ title: 'Set DisableKeepAlives: true', safety: 'safe', edits: disableKeepAlives }],
      });
    }
  },
});
