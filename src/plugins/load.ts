/** Loads rules of the user's own: modules that export what `defineRule` returns. Called only with the user's leave. */
import { existsSync, readFileSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { join, posix, relative, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { packageFolder } from '../cli/package.ts';
import type { Notice } from '../core/notice.ts';
import type { RuleEntry } from '../rules/entry.ts';
import { checkedRule, type Known } from './checked-rule.ts';

export interface LoadedPlugins {
  readonly rules: readonly RuleEntry[];
  readonly notices: readonly Notice[];
  /** Every plugin could be loaded, so there are no other rules. */
  readonly complete: boolean;
}

/**
 * Loads the modules that a configuration names. One that cannot be loaded costs a notice, not the run.
 *
 * @param directory of the configuration file, absolute
 * @param patterns paths and globs from there; tests (`*.test.*`) are passed over by globs
 * @param shown the directory as messages name it
 * @param known what their rules are checked against
 */
export async function loadPlugins(
  directory: string,
  patterns: readonly string[],
  shown: string,
  known: Known,
): Promise<LoadedPlugins> {
  const rules = new Map<string, RuleEntry>();
  const notices: Notice[] = [];
  offerOwnModules();
  for (const pattern of patterns) {
    const files = await filesOf(directory, pattern);
    if (files.length === 0) notices.push({ message: `There is no plugin '${pattern}'.`, incomplete: true });
    for (const file of files) {
      const name = posix.join(shown, relative(directory, file).replaceAll(sep, '/'));
      try {
        for (const rule of await rulesOf(file, name, known)) {
          const other = rules.get(rule.id);
          if (other !== undefined && other.plugin !== name) {
            throw new Error(`Its rule '${rule.id}' is also one of '${other.plugin ?? ''}'.`);
          }
          rules.set(rule.id, rule);
        }
      } catch (error) {
        const message = `This plugin could not be loaded: ${error instanceof Error ? error.message : String(error)}`;
        notices.push({ file: name, message, incomplete: true });
      }
    }
  }
  return { rules: [...rules.values()], notices, complete: notices.length === 0 };
}

async function filesOf(directory: string, pattern: string): Promise<readonly string[]> {
  const path = resolve(directory, pattern);
  if (existsSync(path)) return [path];
  if (!/[*?[{]/.test(pattern)) return [];
  const { default: glob } = await import('fast-glob');
  const found = glob.sync([pattern], { cwd: directory, absolute: true, ignore: ['**/*.test.*', '**/node_modules/**'] });
  return found.sort();
}

async function rulesOf(file: string, name: string, known: Known): Promise<readonly RuleEntry[]> {
  const module = (await import(/* @vite-ignore */ pathToFileURL(file).href)) as { readonly default?: unknown };
  const exported = module.default;
  const page = file.replace(/\.\w+$/, '.md');
  return (Array.isArray(exported) ? exported : [exported]).map((value: unknown) => {
    const rule = checkedRule(value, known);
    return {
      ...rule,
      plugin: name,
      page: () => (existsSync(page) ? readFileSync(page, 'utf8') : `# ${rule.id}\n\n${rule.summary}\n`),
      load: () => Promise.resolve({ default: rule }),
    };
  });
}

let isOffered = false;

/** Lets plugins import the modules of the running fleetlint by its name, wherever either of them is installed. */
function offerOwnModules(): void {
  const files = { fleetlint: 'dist/index.cjs', 'fleetlint/testing': 'dist/testing.cjs' };
  const own: Readonly<Record<string, string>> = Object.fromEntries(
    Object.entries(files).map(([name, file]) => [name, pathToFileURL(join(packageFolder(), file)).href]),
  );
  if (isOffered || !existsSync(join(packageFolder(), files.fleetlint))) return;
  isOffered = true;
  const hooks = nodeModule as { registerHooks?: (hooks: { resolve: typeof resolveOwn }) => void };
  const resolveOwn = (
    specifier: string,
    context: unknown,
    next: (specifier: string, context: unknown) => unknown,
  ): unknown => {
    const url = own[specifier];
    return url === undefined ? next(specifier, context) : { url, shortCircuit: true };
  };
  if (hooks.registerHooks !== undefined) hooks.registerHooks({ resolve: resolveOwn });
  else {
    // Node before 22.15 takes them only as a module.
    const source = `const own = ${JSON.stringify(own)}; export const resolve = ${String(resolveOwn)};`;
    nodeModule.register(`data:text/javascript,${encodeURIComponent(source)}`);
  }
}
