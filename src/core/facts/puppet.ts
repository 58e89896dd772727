export type PuppetFacts = Record<never, never>;
