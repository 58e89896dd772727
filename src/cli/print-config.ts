import type { Resolver } from '../config/config.ts';
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
    rules: Object.fromEntries(rules.map(({ id }) => [id, resolver.severityOf(path, id) ?? 'default'])),
  };
  return `${JSON.stringify(shown, undefined, 2)}\n`;
}
