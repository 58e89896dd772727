import { defineRule } from '../../core/define-rule.ts';
import type { GoSetting, GoTransportFact } from '../../core/facts/go.ts';
import type { Evidence, Severity } from '../../core/finding.ts';
import type { TransportPerCall } from '../../model/go-packages.ts';

export default defineRule({
  id: 'go/http-transport-per-call',
  severity: 'warning',
  confidence: 'high',
  summary:
    'An http.Transport made on every call keeps its idle connection for ever: one file descriptor leaks per call.',
  needs: ['go.file', 'go.function', 'go.transport'],
  messages: {
    leak: 'new http.Transport on every call{where}: its idle keep-alive connection is never closed, so one file descriptor and two goroutines leak per call{unbounded}.',
    bounded:
      'new http.Transport on every call{where}: no connection is ever used again, and each one stays open until {bound}.',
    seldom:
      'new http.Transport on every call{where}: its idle connection stays open as long as the process, which calls it {seldom}.',
  },
  check({ model, report, trace }) {
    const tests = new Set(
      model
        .facts('go.file')
        .filter(({ test }) => test)
        .map(({ span }) => span.file),
    );
    for (const transport of model.facts('go.transport')) {
      if (tests.has(transport.span.file) || isTestSupport(transport.span.file)) continue;
      const life = model.go.life(transport);
      if (life.kind === 'kept') {
        trace(life.at, life.why);
        continue;
      }
      const stopped = closingSetting(life.settings);
      if (stopped !== undefined) {
        trace(stopped.span, `'${stopped.name}: ${stopped.text}' keeps no connection open.`);
        continue;
      }
      if (transport.dial === 'given') {
        trace(transport.span, 'The connection is made, and probably closed, outside of the Transport.');
        continue;
      }
      const bound = model.go.setsDeadline(transport)
        ? 'the deadline on the connection'
        : boundOf(transport, life.settings);
      const { where, function: name } = placeText(transport);
      const shared = { at: transport.span, evidence: evidenceOf(life), help, key: `${name}/${transport.form}` };
      if (bound !== undefined) {
        report({ ...shared, message: 'bounded', data: { where, bound }, severity: 'info' });
      } else if (life.seldom !== undefined) {
        const seldom = life.seldom === 'one-shot' ? 'and soon ends' : 'when it starts';
        report({ ...shared, message: 'seldom', data: { where, seldom }, severity: 'info', confidence: 'medium' });
      } else {
        const severity: Severity = life.repetition === undefined ? 'warning' : 'error';
        const confidence = severity === 'error' ? 'high' : 'medium';
        report({ ...shared, message: 'leak', data: { where, unbounded: unboundedText(life) }, severity, confidence });
      }
    }
  },
});

const help =
  'Make one Transport and use it for every call (a package variable or a struct field), or set DisableKeepAlives: true on it, or call its CloseIdleConnections when done. ' +
  'Setting Close on the request is lost when the server redirects.';

/** Code that only tests run, in files that are no tests by their name. */
function isTestSupport(path: string): boolean {
  return /(?:^|\/)(?:tests?|e2e|testing|testutils?|testdata|integration|[\w-]*test)\//.test(path);
}

function closingSetting(settings: readonly GoSetting[]): GoSetting | undefined {
  const multiplexed = settings.some(({ name, value }) => name === 'ForceAttemptHTTP2' && value === true);
  return settings.find(({ name, value, on }) => {
    if (on !== 'transport') return false;
    // A value that only the program knows may close them.
    if (name === 'DisableKeepAlives') return value !== false;
    return /^MaxIdleConns(?:PerHost)?$/.test(name) && typeof value === 'number' && value < 0 && !multiplexed;
  });
}

/** When an idle connection ends by itself; `undefined`: never. */
function boundOf(transport: GoTransportFact, settings: readonly GoSetting[]): string | undefined {
  if (transport.dial === 'deadline') return 'the deadline on the connection';
  const idle = settings.findLast(({ name, on }) => on === 'transport' && name === 'IdleConnTimeout');
  if (idle === undefined)
    return transport.form === 'clone' ? 'IdleConnTimeout (90 s in the default Transport)' : undefined;
  return idle.value === 0 ? undefined : `IdleConnTimeout (${idle.text})`;
}

function placeText(transport: GoTransportFact): { where: string; function: string } {
  const name = transport.place.function ?? '';
  return { where: name === '' ? '' : ` of '${name}'`, function: name };
}

/** Settings that look like a bound, and why they are none. */
function unboundedText({ settings }: TransportPerCall): string {
  const names = [...new Set(settings.map(({ name }) => name).filter((name) => /^Max(?:Idle)?Conns/.test(name)))];
  if (names.length === 0) return '';
  const verb = names.length === 1 ? 'does' : 'do';
  return `; ${names.map((name) => `'${name}'`).join(' and ')} ${verb} not limit this, because each Transport has its own pool`;
}

function evidenceOf({ transport, steps, repetition, settings }: TransportPerCall): readonly Evidence[] {
  const { client } = transport.flow;
  const idle: Evidence[] = settings
    .filter(({ name }) => /^Max(?:Idle)?Conns|Timeout$/.test(name) && name !== 'IdleConnTimeout')
    .map(({ name, span, on }) => ({ span, note: notABound(name, on) }));
  return [
    ...(client === undefined ? [] : [{ span: client, note: 'The client is built here.' }]),
    ...steps,
    ...(repetition?.steps ?? []),
    ...idle,
    ...(transport.context === undefined
      ? []
      : [{ span: transport.context, note: 'A context ends the request, not the idle connection.' }]),
  ];
}

function notABound(name: string, on: GoSetting['on']): string {
  if (name.startsWith('Max')) return `'${name}' limits the pool of one Transport; every call has a new one.`;
  return on === 'client'
    ? "The client's timeout ends a request, not an idle connection."
    : `'${name}' ends an exchange, not an idle connection.`;
}
