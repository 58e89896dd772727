import { allowVariable } from '../config/allow-variable.ts';
import { resolveConfig, type Resolver } from '../config/config.ts';
import { nearestName } from '../core/nearest-name.ts';
import type { RuleEntry } from '../rules/entry.ts';
import { rules } from '../rules/index.ts';
import { UsageError, type CommandLine } from './options.ts';
import type { Streams } from './streams.ts';

type Plugins = Pick<Resolver, 'plugins' | 'notices'>;

/** @throws UsageError that names the nearest rule, and says why plugins are not there */
export function knownRule(id: string, { plugins, notices }: Plugins): RuleEntry {
  const all = [...rules, ...plugins];
  const rule = all.find((each) => each.id === id);
  if (rule !== undefined) return rule;
  const near = nearestName(
    id,
    all.map((each) => each.id),
  );
  const hint = near === undefined ? '' : ` Did you mean '${near}'?`;
  const missing = notices.map(({ file, message }) => `\n${file === undefined ? '' : `${file}: `}${message}`);
  throw new UsageError(`There is no rule '${id}'.${hint} 'fleetlint rules' lists them.${missing.join('')}`);
}

/** The rules of the plugins that are configured for the working directory. */
export async function pluginsHere(line: CommandLine, streams: Streams): Promise<Plugins> {
  return resolveConfig(
    {
      root: streams.cwd(),
      file: line.config,
      none: line['no-config'],
      allowPlugins: allowsPlugins(line, streams.env),
    },
    ['any'],
  );
}

/** Whether the user lets plugins run: only by the command line or the environment. */
export function allowsPlugins(line: CommandLine, env: Streams['env']): boolean {
  return line['allow-plugins'] || env[allowVariable] === '1';
}
