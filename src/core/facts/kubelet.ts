export type KubeletFacts = Record<never, never>;
