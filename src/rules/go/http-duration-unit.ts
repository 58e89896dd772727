import { defineRule } from '../../core/define-rule.ts';

/** Up to here a number without a unit is most likely meant as seconds. */
const likelySeconds = 600;

export default defineRule({
  id: 'go/http-duration-unit',
  severity: 'error',
  confidence: 'high',
  summary: 'A timeout of net/http without a unit counts nanoseconds.',
  needs: ['go.duration', 'go.usage'],
  startsFrom: ['go.duration'],
  messages: {
    nanoseconds: "'{field}: {text}' of {type} is {nanoseconds} ns: {consequence}.",
  },
  check({ model, report }) {
    for (const { span, type, field, text, nanoseconds, seconds } of model.facts('go.duration')) {
      if (model.go.isTestSupport(span.file)) continue;
      report({
        message: 'nanoseconds',
        data: { field, text, type, nanoseconds, consequence: consequenceOf(type, field) },
        at: span,
        key: `${type}/${field}`,
        help: `Multiply it with its unit, such as '${text} * time.Second'.`,
        fixes:
          seconds === undefined || nanoseconds > likelySeconds
            ? []
            : [{ title: 'Count seconds', safety: 'unsafe', edits: [seconds] }],
      });
    }
  },
});

function consequenceOf(type: string, field: string): string {
  if (field === 'IdleConnTimeout') return 'no connection is ever used again';
  if (field === 'KeepAlive') return 'the kernel gets its least interval of keep-alive probes, one second';
  if (field === 'ExpectContinueTimeout') return 'the body is sent without waiting for the server to agree';
  return type === 'http.Server' && field === 'IdleTimeout'
    ? 'every connection is closed after one request'
    : 'it runs out before anything can answer';
}
