import { defineRule } from '../../core/define-rule.ts';
import type { IgnoredRule, IgnoreFact } from '../../core/facts/ignore.ts';
import type { Fix } from '../../core/finding.ts';

export default defineRule({
  id: 'core/unused-ignore',
  severity: 'warning',
  confidence: 'high',
  summary: "A 'fleetlint-ignore' comment that holds nothing back, and would hide the next fault at its place.",
  needs: ['ignore'],
  messages: {
    unused:
      "'{rule}' reports nothing here, so this comment holds nothing back and would hide the next fault at its place.",
    unknown: "There is no rule '{rule}'{hint}, so this comment holds nothing back.",
    empty: 'This comment names no rule in brackets, so it holds nothing back.',
  },
  check({ model, report, trace }) {
    for (const ignore of model.facts('ignore')) {
      if (ignore.rules.length === 0) {
        report({
          message: 'empty',
          at: ignore.span,
          help: "Name the rule: 'fleetlint-ignore[theme/name] reason'.",
          key: 'empty',
        });
      }
      const idle = ignore.rules.filter(({ state }) => state === 'unused' || state === 'unknown');
      for (const rule of ignore.rules) {
        const { id, state, span, nearest } = rule;
        if (state === 'used') trace(span, `'${id}' has a finding here.`);
        else if (state === 'not run') trace(span, `'${id}' did not run, so nothing can be said.`);
        else {
          const common = { at: span, key: id, fixes: state === 'unused' ? [removal(ignore, idle)] : [] };
          const hint = nearest === undefined ? '' : ` (did you mean '${nearest}'?)`;
          if (state === 'unused') report({ ...common, message: 'unused', data: { rule: id } });
          else report({ ...common, message: 'unknown', data: { rule: id, hint } });
        }
      }
    }
  },
});

/** Takes the whole comment away, or what is idle in its list. A misspelt name is left to whoever knows what was meant. */
function removal(ignore: IgnoreFact, idle: readonly IgnoredRule[]): Fix {
  const unused = idle.filter(({ state }) => state === 'unused');
  const kept = ignore.rules.filter((rule) => !unused.includes(rule)).map(({ id }) => id);
  if (kept.length === 0) {
    return { title: 'Remove the comment', safety: 'safe', edits: [{ span: ignore.removal, text: '' }] };
  }
  return { title: 'Remove it from the list', safety: 'safe', edits: [{ span: ignore.list, text: kept.join(', ') }] };
}
