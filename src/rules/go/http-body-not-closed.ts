import { defineRule } from '../../core/define-rule.ts';
import type { GoResponseFact } from '../../core/facts/go.ts';
import type { Evidence } from '../../core/finding.ts';

export default defineRule({
  id: 'go/http-body-not-closed',
  severity: 'warning',
  confidence: 'high',
  summary: 'The body of a response that is neither closed nor read to its end holds its connection open.',
  needs: ['go.module', 'go.response', 'go.usage'],
  startsFrom: ['go.response'],
  messages: {
    open: 'The body of this response is never closed{dropped}, so its connection, one file descriptor, stays open with each call.',
    read: 'The body of this response is read to its end but never closed, so a read that fails leaves its connection open.',
    decoded:
      'The body of this response is decoded but never closed, so an answer that is not read to its end, such as one in chunks or one with an error, leaves its connection open.',
    noContent:
      'The body of this response is never closed: {expected}, but any other answer leaves its connection, one file descriptor, open.',
    waits:
      'The body of this response is never closed{dropped}, so each try until one succeeds leaves its connection, one file descriptor, open.',
    bounded: 'The body of this response is never closed{dropped}, so its connection stays open until {bound}.',
    ends: 'The body of this response is never closed{dropped}, so its connection stays open until the program ends.',
  },
  check({ model, report }) {
    for (const response of model.facts('go.response')) {
      if (model.go.isTestSupport(response.span.file)) continue;
      const { span, place, variable, read, noContent, waits, bound, close } = response;
      const dropped = variable === undefined ? ', because the response is dropped' : '';
      const shared = {
        at: span,
        key: `${place.function ?? ''}/${variable ?? response.method}`,
        help: "Put 'defer resp.Body.Close()' after the check of the error; to use the connection again, read the body to its end too.",
        fixes: close === undefined ? [] : [{ title: 'Close the body', safety: 'safe' as const, edits: [close] }],
      };
      if (read !== undefined) {
        const evidence = [{ span: read.span, note: 'At its end, net/http takes the connection back.' }];
        report({ ...shared, message: read.how === 'end' ? 'read' : 'decoded', severity: 'info', evidence });
      } else if (noContent !== undefined) {
        const { expected, note } = noContentText[noContent.how];
        const evidence = [{ span: noContent.span, note }];
        report({ ...shared, message: 'noContent', data: { expected }, severity: 'info', evidence });
      } else if (bound !== undefined) {
        const { until, note } = boundText[bound.how];
        const data = { dropped, bound: until };
        report({ ...shared, message: 'bounded', data, severity: 'info', evidence: [{ span: bound.span, note }] });
      } else if (model.go.isBeside(span.file) || endsSoon(response, model.go.isOneShot(span.file))) {
        report({ ...shared, message: 'ends', data: { dropped }, severity: 'info', confidence: 'medium' });
      } else if (waits) {
        report({ ...shared, message: 'waits', data: { dropped }, severity: 'info' });
      } else report({ ...shared, message: 'open', data: { dropped }, evidence: repetition(response) });
    }
  },
});

const noContentText = {
  status: { expected: 'the status that is asked for has none', note: 'Status 204 has no body.' },
  method: { expected: 'the answer to such a request often has none', note: 'Often only a status answers this method.' },
} as const;

const ends = 'This ends the request, with its connection.';
const boundText = {
  timeout: { until: 'the timeout of the client', note: ends },
  context: { until: 'its context is cancelled', note: ends },
  client: { until: 'the timeout of the client, if it has one', note: 'Where this client comes from is not seen here.' },
  request: {
    until: 'its context is cancelled, if it ever is',
    note: 'Whether this is ever cancelled is not seen here.',
  },
} as const;

/** Functions that run when the program starts or ends. */
const seldom =
  /^(?:\w+\.)?(?:[iI]nit|[uU]nregister|[dD]eregister|[sS]hut[dD]own|[tT]ear[dD]own|[hH]alt|[qQ]uit|[eE]xit|[tT]erminate|[lL]istenAndServe)(?![a-z])/;

/** A place that runs once; a program that ends, or that people start by hand; a loop by itself says nothing else. */
function endsSoon({ packageName, place }: GoResponseFact, isOneShot: boolean): boolean {
  if (place.once || (place.repeated === undefined && seldom.test(place.function ?? ''))) return true;
  const isProgram = packageName === 'main' || isOneShot || place.later === 'command';
  return isProgram && (place.repeated === undefined || place.repeated.how === 'loop');
}

function repetition({ place }: GoResponseFact): readonly Evidence[] {
  return place.repeated === undefined ? [] : [{ span: place.repeated.span, note: 'This repeats it.' }];
}
