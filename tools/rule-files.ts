import { readdir } from 'node:fs/promises';
import path from 'node:path';

/** The three files of a rule, from the root of the repository. */
export interface RuleFiles {
  readonly rule: string;
  readonly cases: string;
  readonly page: string;
}

/** `id`: `theme/name`. */
export function ruleFiles(id: string): RuleFiles {
  return { rule: `src/rules/${id}.ts`, cases: `test/cases/${id}.md`, page: `docs/rules/${id}.md` };
}

/** The ids of all rules in src/rules, sorted. A name that begins with `_` is a part that several rules share. */
export async function ruleIds(root: string): Promise<readonly string[]> {
  const entries = await readdir(path.join(root, 'src/rules'), { recursive: true });
  return entries
    .map((entry) => /^([a-z][a-z0-9-]*)[\\/]([a-z][a-z0-9-]*)\.ts$/.exec(entry))
    .filter((match) => match !== null)
    .map(([, theme = '', name = '']) => `${theme}/${name}`)
    .sort();
}
