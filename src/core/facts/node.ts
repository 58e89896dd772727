export type NodeFacts = Record<never, never>;
