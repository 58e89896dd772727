import { defineRule } from '../../core/define-rule.ts';
import type { GoSetting, GoTransportFact } from '../../core/facts/go.ts';
import type { Evidence, Fix } from '../../core/finding.ts';
import {
  defaultIdleConnTimeoutSeconds,
  idleConnectionLeak,
  idleEffect,
  insteadOfLimit,
} from '../../knowledge/go-http.ts';
import type { TransportPerCall } from '../../model/go-packages.ts';

export default defineRule({
  id: 'go/http-transport-per-call',
  severity: 'warning',
  confidence: 'high',
  summary:
    'An http.Transport made on every call keeps its idle connection for ever: one file descriptor leaks per call.',
  needs: ['go.file', 'go.function', 'go.module', 'go.transport', 'go.usage'],
  startsFrom: ['go.transport'],
  messages: {
    leak: 'new http.Transport on every call{where}: its idle keep-alive connection is never closed, so one file descriptor and two goroutines leak per call{unbounded}.',
    bounded:
      'new http.Transport on every call{where}: no connection is ever used again, and each one stays open until {bound}.',
    unread:
      'new http.Transport on every call{where}: nobody reads the body, so HTTP/1 closes the connection with it, but not where the answer is empty, and no more from Go 1.27 on: then it stays open for good.',
    oneShot: 'new http.Transport on every call{where}: its idle connection stays open until the program ends.',
    startUp:
      'new http.Transport on every call{where}: its idle connection stays open as long as the process, which seems to call it only when it starts or ends.',
  },
  check({ model, report, trace }) {
    const files = model.facts('go.file').filter(({ test }) => test);
    const tests = new Set(files.map(({ span }) => span.file));
    for (const transport of model.facts('go.transport')) {
      if (tests.has(transport.span.file) || model.go.isTestSupport(transport.span.file)) continue;
      const life = model.go.life(transport);
      if (life.kind === 'kept') {
        trace(life.at, life.why);
        continue;
      }
      const { closing, looksLike, http2 } = sortSettings(life.settings);
      if (closing !== undefined) {
        trace(closing.span, `'${closing.name}: ${closing.text}' keeps no idle connection open.`);
        continue;
      }
      if (transport.dial === 'given') {
        trace(transport.span, 'The connection is made, and probably closed, outside of the Transport.');
        continue;
      }
      const name = transport.place.function ?? '';
      const where = name === '' ? '' : ` of '${name}'`;
      const shared = {
        at: transport.span,
        help,
        key: `${name}/${transport.form}`,
        evidence: chain(life),
        fixes: fixesOf(life),
      };
      const deadline = model.go.setsDeadline(transport) || (life.deadline && life.repetition === undefined);
      const bound = deadline ? connectionDeadline : boundOf(transport, life.settings);
      if (bound !== undefined) {
        report({ ...shared, message: 'bounded', data: { where, bound }, severity: 'info' });
      } else if (life.seldom !== undefined) {
        const message = life.seldom === 'one-shot' ? 'oneShot' : 'startUp';
        report({ ...shared, message, data: { where }, severity: 'info', confidence: 'medium' });
      } else if (life.unread && !http2) {
        report({ ...shared, message: 'unread', data: { where }, severity: 'warning', confidence: 'medium' });
      } else {
        report({
          ...shared,
          message: 'leak',
          data: { where, unbounded: unboundedText(looksLike) },
          severity: life.repetition === undefined ? 'warning' : 'error',
          confidence: life.repetition === undefined ? 'medium' : 'high',
          evidence: [...chain(life), ...noBounds(transport, looksLike), idleConnectionLeak],
        });
      }
    }
  },
});

const help =
  'Make one Transport and use it for every call (a package variable or a struct field), or set DisableKeepAlives: true on it, or call its CloseIdleConnections when done. ' +
  'Setting Close on the request is lost when the server redirects.';

const connectionDeadline = 'the deadline on the connection';

/** What closes the connection: after its one request, at the end of the function, or, unless a redirect comes, by the request. */
function fixesOf({ transport, single, settings }: TransportPerCall): readonly Fix[] {
  const fixes: Fix[] = [];
  const { disableKeepAlives, closeIdle, flow } = transport;
  const isSet = settings.some(({ name, value }) => name === 'DisableKeepAlives' && value !== false);
  if (disableKeepAlives.length > 0 && !isSet) {
    // One that serves several requests would open a connection for each.
    const safety = single ? 'safe' : 'unsafe';
    fixes.push({ title: 'Set DisableKeepAlives: true', safety, edits: disableKeepAlives });
  }
  if (closeIdle !== undefined && flow.escapes.length === 0) {
    fixes.push({ title: 'Defer CloseIdleConnections', safety: 'safe', edits: [closeIdle] });
  }
  const [request, ...others] = flow.requests;
  if (request?.setClose !== undefined && others.length === 0) {
    fixes.push({ title: 'Set Close on the request (lost on a redirect)', safety: 'unsafe', edits: [request.setClose] });
  }
  return fixes;
}

interface Sorted {
  readonly closing: GoSetting | undefined;
  readonly looksLike: readonly GoSetting[];
  readonly http2: boolean;
}

function sortSettings(settings: readonly GoSetting[]): Sorted {
  const http2 = settings.some(({ name, value }) => name === 'ForceAttemptHTTP2' && value === true);
  return {
    closing: settings.find((setting) => idleEffect(setting, http2) === 'closes'),
    looksLike: settings.filter((setting) => idleEffect(setting, http2) === 'none'),
    http2,
  };
}

/** When an idle connection ends by itself; `undefined`: never. */
function boundOf(transport: GoTransportFact, settings: readonly GoSetting[]): string | undefined {
  if (transport.dial === 'deadline') return connectionDeadline;
  const idle = settings.findLast(({ name, on }) => on === 'transport' && name === 'IdleConnTimeout');
  if (idle !== undefined) return idleEffect(idle, false) === 'bounds' ? `IdleConnTimeout (${idle.text})` : undefined;
  const copied = `IdleConnTimeout (${defaultIdleConnTimeoutSeconds} s in the default Transport)`;
  return transport.form === 'clone' ? copied : undefined;
}

/** Names the limits of a pool, which many take for a fix. */
function unboundedText(looksLike: readonly GoSetting[]): string {
  const names = [...new Set(looksLike.map(({ name }) => name).filter((name) => name.startsWith('Max')))];
  if (names.length === 0) return '';
  const verb = names.length === 1 ? 'does' : 'do';
  return `; ${names.map((name) => `'${name}'`).join(' and ')} ${verb} not limit this, because each Transport has its own pool`;
}

/** Where the client is built, the calls, the request, and what repeats them. */
function chain({ transport, steps, repetition }: TransportPerCall): readonly Evidence[] {
  const { client } = transport.flow;
  const built = client === undefined ? [] : [{ span: client, note: 'The client is built here.' }];
  return [...built, ...steps, ...(repetition?.steps ?? [])];
}

/** What looks like a bound and is none. */
function noBounds({ context }: GoTransportFact, looksLike: readonly GoSetting[]): readonly Evidence[] {
  const found: Evidence[] = [];
  for (const setting of looksLike) {
    const note = insteadOfLimit(setting);
    if (note !== undefined) found.push({ span: setting.span, note });
  }
  if (context !== undefined)
    found.push({ span: context, note: 'A context ends the request, not the idle connection.' });
  return found;
}
