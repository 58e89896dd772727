import type { Reporter } from './report.ts';

/** Every format by its name. Each is loaded when it is asked for. */
export const reporters = {
  text: async () => (await import('./text.ts')).reportText,
  compact: async () => (await import('./compact.ts')).reportCompact,
  json: async () => (await import('./json.ts')).reportJson,
  jsonl: async () => (await import('./jsonl.ts')).reportJsonLines,
  sarif: async () => (await import('./sarif.ts')).reportSarif,
  github: async () => (await import('./github.ts')).reportGithub,
  gitlab: async () => (await import('./gitlab.ts')).reportGitlab,
  junit: async () => (await import('./junit.ts')).reportJunit,
  checkstyle: async () => (await import('./checkstyle.ts')).reportCheckstyle,
  markdown: async () => (await import('./markdown.ts')).reportMarkdown,
  html: async () => (await import('./html.ts')).reportHtml,
} as const satisfies Readonly<Record<string, () => Promise<Reporter>>>;

export type Format = keyof typeof reporters;

export const formats = Object.keys(reporters) as readonly Format[];
