export type GoFacts = Record<never, never>;
