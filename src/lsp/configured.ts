/** What is configured for the files of a folder, as on the command line: its one resolver, and the same baseline. */
import { statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { baselinePath, readBaseline } from '../cli/baseline.ts';
import { resolveConfig } from '../config/config.ts';
import { discover, locate } from '../config/discovery.ts';
import { configNames } from '../config/schema.ts';
import { applyBaseline } from '../core/baseline.ts';
import type { RuleEntry } from '../rules/entry.ts';
import { Session } from '../session.ts';
import type { WorkspaceServices } from './workspace.ts';

/** `initializationOptions` of an editor, as `--config`, `--no-config`, `--baseline` and `--no-baseline`. */
export interface EditorOptions {
  /** Relative to a folder; `false` for none. */
  readonly config?: string | false;
  /** Relative to a folder; `false` for none. */
  readonly baseline?: string | false;
}

/** Takes what is understood of an editor's options. */
export function editorOptions(value: unknown): EditorOptions {
  const { config, baseline } = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  const known = (option: unknown): option is string | false => typeof option === 'string' || option === false;
  return { ...(known(config) && { config }), ...(known(baseline) && { baseline }) };
}

/** Sessions and searches of an editor, with what is configured for the files. */
export function configuredServices(
  options: EditorOptions,
  allowPlugins: boolean,
): Pick<WorkspaceServices, 'configure' | 'createSession' | 'discover' | 'isFile' | 'locate'> & {
  /** The rules of plugins that have been loaded so far. */
  readonly plugins: ReadonlyMap<string, RuleEntry>;
} {
  const plugins = new Map<string, RuleEntry>();
  return {
    plugins,
    createSession: () => new Session(),
    discover,
    locate,
    isFile: (absolute) => statSync(absolute, { throwIfNoEntry: false })?.isFile() === true,
    async configure(root, paths, openText) {
      const { config, baseline } = options;
      const known = [...paths, 'any'];
      const file = config === false ? undefined : config;
      const resolver = await resolveConfig({ root, file, none: config === false, openText, allowPlugins }, known);
      for (const rule of resolver.plugins) plugins.set(rule.id, rule);
      const configs = new Set(known.flatMap((path) => resolver.configOf(path)?.path ?? []));
      const given = resolver.fleet().map((input) => {
        // What a configuration file itself states has been read from the editor's text already.
        if (configNames.includes(basename(input.path))) return input;
        return { ...input, read: () => openText(resolve(root, input.path)) ?? input.read() };
      });
      const named = {
        'no-baseline': baseline === false,
        baseline: baseline === false ? undefined : baseline,
        'write-baseline': false,
      };
      const held = baselinePath(named, resolver.baseline, root);
      const entries = held === undefined ? [] : readBaseline(held);
      const sources = [
        ...configs,
        ...given.map(({ path }) => resolve(root, path)),
        ...(held === undefined ? [] : [held]),
      ];
      const stamp = stampOf(sources);
      return {
        settings: resolver,
        notices: resolver.notices,
        isIgnored: (path) => resolver.isIgnored(path),
        given,
        narrow: (findings) => applyBaseline(findings, entries, () => false).findings,
        isStale: () => stampOf(sources) !== stamp,
      };
    },
  };
}

/** Another text when one of these files has been written since. */
function stampOf(files: readonly string[]): string {
  return files
    .map((file) => {
      const stats = statSync(file, { throwIfNoEntry: false });
      return stats === undefined ? '-' : `${String(stats.mtimeMs)} ${String(stats.size)}`;
    })
    .join('\n');
}
