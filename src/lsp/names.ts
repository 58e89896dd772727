/** Names that editors and their settings use. */

/** Kind of the action that makes every safe fix of a file. */
export const fixAllKind = 'source.fixAll.fleetlint';

/** Opens the page of a rule; its argument is the rule's id. */
export const explainCommand = 'fleetlint.explain';
