import type { Reporter } from './report.ts';

/** Every format by its name. Each is a chunk of its own: a run loads the ones it prints. */
export const reporters: Readonly<Record<'text' | 'json' | 'sarif', () => Promise<Reporter>>> = {
  text: async () => (await import('./text.ts')).reportText,
  json: async () => (await import('./json.ts')).reportJson,
  sarif: async () => (await import('./sarif.ts')).reportSarif,
};

export type Format = keyof typeof reporters;

export const formats = Object.keys(reporters) as readonly Format[];
