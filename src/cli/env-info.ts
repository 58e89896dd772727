import { release } from 'node:os';
import { resolveConfig } from '../config/config.ts';
import { rules } from '../rules/index.ts';
import { allowsPlugins } from './known-rule.ts';
import type { CommandLine } from './options.ts';
import { packageFolder, version } from './package.ts';
import type { Streams } from './streams.ts';

/** What a report of a fault should say, a line each; `--env-info`. Nothing in it names the user but paths. */
export async function environmentInfo(line: CommandLine, streams: Streams): Promise<string> {
  const resolver = await resolveConfig(
    { root: streams.cwd(), file: line.config, none: line['no-config'], allowPlugins: allowsPlugins(line, streams.env) },
    ['any'],
  );
  const lines = {
    fleetlint: `${version()} in ${packageFolder()}`,
    rules: `${String(rules.length)}, and ${String(resolver.plugins.length)} of plugins`,
    node: process.version,
    platform: `${process.platform} ${process.arch}, ${release()}`,
    configuration: resolver.configOf('any')?.path ?? 'none',
    'working directory': streams.cwd(),
  };
  return Object.entries(lines)
    .map(([name, text]) => `${name}: ${text}\n`)
    .join('');
}
