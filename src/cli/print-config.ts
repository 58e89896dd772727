import type { Resolver } from '../config/config.ts';
import { defaultOptions } from '../core/define-rule.ts';
import type { RuleEntry } from '../rules/entry.ts';

/** What holds for a file, as JSON: what a rule's findings count as where the configuration says so, and which rules are off. */
export function printConfig(path: string, resolver: Resolver, rules: readonly RuleEntry[]): string {
  const config = resolver.configOf(path);
  const shown = {
    file: path,
    config: config?.path ?? null,
    profile: config?.profile ?? 'default',
    'fail-on': resolver.failOnOf(path),
    'minimum-confidence': resolver.minimumConfidenceOf(path),
    ignored: resolver.isIgnored(path),
    baseline: config?.baseline ?? null,
    fleet: config?.fleet.map(({ absolute }) => absolute) ?? [],
    plugins: [...new Set(config?.plugins.map(({ plugin }) => plugin))],
    rules: Object.fromEntries(rules.map((rule) => [rule.id, ruleConfig(path, resolver, rule)])),
  };
  return `${JSON.stringify(shown, undefined, 2)}\n`;
}

/** A rule's severity, and beside it the options of a rule that has some. */
function ruleConfig(path: string, resolver: Resolver, rule: RuleEntry): unknown {
  const severity = resolver.severityOf(path, rule.id) ?? 'default';
  if (rule.options === undefined) return severity;
  return { severity, ...defaultOptions(rule), ...resolver.optionsOf(path, rule.id) };
}
