const REPOSITORY = 'https://github.com/fleetlint/fleetlint';

/** Where fleetlint lives, for people. */
export const homepage = REPOSITORY;

/** The page of a rule as it was when this version was published. */
export function rulePageUrl(rule: string, version: string): string {
  return `${REPOSITORY}/blob/v${encodeURIComponent(version)}/docs/rules/${rule.split('/').map(encodeURIComponent).join('/')}.md`;
}
