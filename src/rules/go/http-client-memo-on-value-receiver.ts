import { defineRule } from '../../core/define-rule.ts';
import type { GoMemo } from '../../core/facts/go.ts';
import type { Span } from '../../core/span.ts';

export default defineRule({
  id: 'go/http-client-memo-on-value-receiver',
  severity: 'warning',
  confidence: 'high',
  summary:
    'A client that is kept in a field of a value receiver is forgotten at once, so each call leaks a connection.',
  needs: ['go.file', 'go.function', 'go.module', 'go.transport', 'go.usage'],
  startsFrom: ['go.transport'],
  messages: {
    memo: "'{method}' keeps a new http.Transport in '{field}', but its receiver is a copy of '{type}': the next call finds nil again, and the idle connection of each Transport stays open.",
  },
  check({ model, report, trace }) {
    const makers = new Set<string>();
    const places: { readonly at: Span; readonly owner: string; readonly memo: GoMemo; readonly function: string }[] =
      [];
    for (const { package: owner, place, span, flow } of model.facts('go.transport')) {
      if (flow.escapes.some(({ how }) => how === 'returned')) makers.add(`${owner} ${place.function ?? ''}`);
      if (place.memo !== undefined) places.push({ at: span, owner, memo: place.memo, function: place.function ?? '' });
    }
    for (const { package: owner, calls, id } of model.facts('go.function')) {
      for (const { place, name, span, imported } of calls) {
        if (place.memo === undefined || imported !== undefined) continue;
        if (makers.has(`${owner} ${name}`)) places.push({ at: span, owner, memo: place.memo, function: id });
        else trace(span, `'${name}' makes no Transport that this package shows.`);
      }
    }
    for (const { at, owner, memo, function: method } of places) {
      if (model.go.isTestSupport(at.file)) continue;
      report({
        message: 'memo',
        data: { method, field: memo.field, type: memo.type },
        at,
        ...(model.go.endsSoon(at.file, owner) && { severity: 'info' as const }),
        evidence: [{ span: memo.guard, note: 'This is true at every call, because what it was set on is gone.' }],
        key: `${method}/${memo.field}`,
        help: `Make the receiver a pointer ('*${memo.type}').`,
        // A value of the type does not have the methods of the pointer: it may not fit an interface any more.
        fixes: [{ title: 'Make the receiver a pointer', safety: 'unsafe', edits: [memo.pointer] }],
      });
    }
  },
});
