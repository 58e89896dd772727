import { existsSync, lstatSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../cache/folder.ts';
import { configNames, schemaUrl } from '../config/schema.ts';
import { repositoryTop } from '../vcs/repository.ts';
import { UsageError, type CommandLine } from './options.ts';
import { exitClean, type Streams } from './streams.ts';

/** `fleetlint init`: writes a configuration file that says what could stand in it. Never over one that is there. */
export function init(_line: CommandLine, operands: readonly string[], streams: Streams): Promise<number> {
  if (operands.length > 0) throw new UsageError("'init' takes no operand: it writes 'fleetlint.yaml' here.");
  const directory = streams.cwd();
  const present = configNames.find((name) => existsSync(join(directory, name)));
  if (present !== undefined) throw new UsageError(`'${present}' is there already.`);
  const [name = 'fleetlint.yaml'] = configNames;
  writeFileSync(join(directory, name), initialConfig, { flag: 'wx' });
  streams.stderr.write(`fleetlint: '${name}' written.\n`);
  if (ignoreCache(directory)) streams.stderr.write(`fleetlint: '${cacheFolder}/' entered in '.gitignore'.\n`);
  return Promise.resolve(exitClean);
}

/** Has git ignore the cache; whether that was to be done. Outside of a repository, and where `.gitignore` is a link, nothing is. */
function ignoreCache(directory: string): boolean {
  const file = join(directory, '.gitignore');
  if (repositoryTop(directory) === undefined) return false;
  const stats = lstatSync(file, { throwIfNoEntry: false });
  if (stats !== undefined && !stats.isFile()) return false;
  const text = stats === undefined ? '' : readFileSync(file, 'utf8');
  if (text.split(/\r?\n/).some((line) => /^\/?\.fleetlint-cache\/?\s*$/.test(line))) return false;
  writeFileSync(file, `${text === '' || text.endsWith('\n') ? '' : '\n'}${cacheFolder}/\n`, { flag: 'a' });
  return true;
}

/** Valid as it is, and valid with any of its settings uncommented. */
const initialConfig = `# yaml-language-server: $schema=${schemaUrl}
# The configuration of fleetlint for this directory and all below. Every setting may be left out.

# 'strict' runs every rule, reports what is less sure, and makes the job fail for every finding, of severity info too.
profile: default

# Exit with 1 from this severity on: error, warning, info or never.
# fail-on: warning

# Report nothing that is less sure than this: high, medium or low.
# minimum-confidence: medium

# What the findings of a rule count as: error, warning, info or off; and the options that its page names.
# 'fleetlint rules' lists the rules.
# rules:
#   dbus/periodic-activation: error
#   systemd/private-network-churn: { severity: warning, info-per-hour: 6 }

# Other settings for some files; patterns as in .gitignore. Of several that fit, the last one counts.
# overrides:
#   - files: [legacy/]
#     rules:
#       systemd/unit-not-loadable: off

# Files that are not read; patterns as in .gitignore. What git ignores is not read in any case.
# ignore: [vendor/]

# What is known of the nodes: output of 'kubectl get nodes -o json' or 'facter --json', or a file written by hand.
# fleet: [nodes.json]

# Modules with rules of your own. They are programs, and run only with '--allow-plugins'.
# plugins: [./rules/*.mjs]

# Findings that were there before fleetlint came; 'fleetlint --write-baseline' writes the file.
# baseline: fleetlint-baseline.json
`;
