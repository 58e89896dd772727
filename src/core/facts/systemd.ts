export type SystemdFacts = Record<never, never>;
