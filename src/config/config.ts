/** Finds, reads and merges fleetlint.yaml: the one resolver of the command line and of the editor. */
import { existsSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import type { Ignore } from 'ignore';
import { decodeText } from '../core/decode.ts';
import type { OptionValue, RuleOption } from '../core/define-rule.ts';
import type { Confidence, Finding, Severity } from '../core/finding.ts';
import { indexLines, positionAt } from '../core/line-index.ts';
import type { Notice } from '../core/notice.ts';
import { fileTemplate } from '../core/template.ts';
import type { Tree } from '../loaders/kubelet/tree.ts';
import type { RuleEntry } from '../rules/entry.ts';
import { rules } from '../rules/index.ts';
import type { FileInput } from '../session.ts';
import { factKinds } from '../loaders/registry.ts';
import type { Known } from '../plugins/checked-rule.ts';
import type { LoadedPlugins } from '../plugins/load.ts';
import { repositoryTop } from '../vcs/repository.ts';
import { allowVariable } from './allow-variable.ts';
import { ConfigError } from './config-error.ts';
import { isTame } from './ignore-patterns.ts';
import { Listings } from './listings.ts';
import { isBelow, isInside, readGiven, readWhole } from './read-file.ts';
import { configNames, configSchema, themeOf } from './schema.ts';
import { validate } from './validate.ts';

export type RuleSeverity = Severity | 'off';
export type FailOn = Severity | 'never';

/** What is configured of a rule. */
export interface RuleSetting {
  readonly severity: RuleSeverity | undefined;
  readonly options: Readonly<Record<string, OptionValue>>;
}

type RuleSettings = ReadonlyMap<string, RuleSetting>;

/** One configuration file, read. */
export interface Config {
  /** Absolute. */
  readonly path: string;
  readonly profile: 'default' | 'strict';
  readonly failOn: FailOn;
  readonly minimumConfidence: Confidence;
  readonly rules: RuleSettings;
  readonly overrides: readonly { readonly files: Ignore | undefined; readonly rules: RuleSettings }[];
  readonly ignore: Ignore | undefined;
  /** Files as for `--fleet`, absolute, and the facts that the file itself states. */
  readonly fleet: readonly { readonly absolute: string; read(): Uint8Array | string }[];
  /** Absolute. */
  readonly baseline: string | undefined;
  /** The rules of its plugins, as far as those may run and could be loaded. */
  readonly plugins: readonly RuleEntry[];
  readonly notices: readonly Notice[];
}

export interface ResolverOptions {
  /** Absolute path that all others are relative to. */
  readonly root: string;
  /** This configuration file for all files, relative to the root. */
  readonly file?: string | undefined;
  /** Use no configuration file. */
  readonly none?: boolean;
  /** Rules that the user asks for by name, so that their profile does not matter. */
  readonly only?: readonly string[] | undefined;
  /** Plugins may run. They are programs, so only the user can say so, never the configuration. */
  readonly allowPlugins?: boolean | undefined;
  /** Rules of the user's own that are there without a plugin being loaded: the one under test. */
  readonly rules?: readonly RuleEntry[];
  /** What an absolute path holds; `undefined` if nothing is there. By default what is on disk. */
  readonly read?: ((absolute: string) => Uint8Array | string | undefined) | undefined;
  /** What is known of the directories from the search for the files. */
  readonly listings?: Listings | undefined;
  /** The text that an editor has in place of what is there, by an absolute path. */
  readonly openText?: (absolute: string) => string | undefined;
}

/** Answers what holds for a file. All configuration files it may ask for have been read. */
export interface Resolver {
  /** The configuration that holds for a file. @param path relative to the root, or absolute */
  configOf(path: string): Config | undefined;
  severityOf(path: string, rule: string): RuleSeverity | undefined;
  /** What is set of a rule's options for a file. */
  optionsOf(path: string, rule: string): Readonly<Record<string, OptionValue>>;
  failOnOf(path: string): FailOn;
  minimumConfidenceOf(path: string): Confidence;
  isIgnored(path: string): boolean;
  /** A finding as the configuration wants it; `undefined` if it does not want it. */
  configure(finding: Finding): Finding | undefined;
  /** What the configuration files say of the nodes, for a session. */
  fleet(): readonly FileInput[];
  /** Where a configuration file names the baseline; absolute. */
  readonly baseline: string | undefined;
  /** The rules of all plugins. They hold only for the files whose configuration names them. */
  readonly plugins: readonly RuleEntry[];
  /** What is to be said of the configuration. */
  readonly notices: readonly Notice[];
}

const confidences: readonly Confidence[] = ['high', 'medium', 'low'];

const strictRules: ReadonlySet<string> = new Set(
  rules.filter(({ profile }) => profile === 'strict').map(({ id }) => id),
);

/** What holds without a configuration file. */
const defaults = {
  default: { failOn: 'warning', minimumConfidence: 'medium' },
  strict: { failOn: 'info', minimumConfidence: 'low' },
} as const satisfies Record<Config['profile'], { failOn: FailOn; minimumConfidence: Confidence }>;

/**
 * Reads the configuration of these files: for each the nearest file upwards, to the top of its repository.
 *
 * @param paths relative to the root, or absolute
 * @throws ConfigError
 */
export async function resolveConfig(options: ResolverOptions, paths: readonly string[]): Promise<Resolver> {
  const { root, listings = new Listings() } = options;
  const single = options.file === undefined ? undefined : resolve(root, options.file);
  const isOnDisk = options.openText === undefined && options.read === undefined;
  const read = (absolute: string): Uint8Array | string | undefined => {
    const open = options.openText?.(absolute);
    if (open !== undefined) return open;
    if (options.read !== undefined) return options.read(absolute);
    if (!existsSync(absolute)) return undefined;
    const shown = toPath(root, absolute);
    if (absolute !== single) refuseOutside(shown, topOf(root, absolute), absolute);
    try {
      return absolute === single ? readGiven(absolute) : readWhole(absolute);
    } catch (error) {
      throw new ConfigError(`${shown}: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  const byDirectory = new Map<string, string | undefined>();
  const configs = new Map<string, Config>();

  const find = (directory: string): string | undefined => {
    if (byDirectory.has(directory)) return byDirectory.get(directory);
    const own = configNames
      .filter((name) => !isOnDisk || listings.has(directory, name))
      .map((name) => join(directory, name))
      .find((path) => read(path) !== undefined);
    const parent = dirname(directory);
    const isTop =
      listings.has(directory, '.git') || parent === directory || (directory === root && !isInRepository(root));
    const found = own ?? (isTop ? undefined : find(parent));
    byDirectory.set(directory, found);
    return found;
  };

  const byFolder = new Map<string, string | undefined>();
  const pathOf = (path: string): string | undefined => {
    if (options.none === true) return undefined;
    if (single !== undefined) return single;
    // Of the many files of a large tree, those of one folder are looked up once. A path that ends in `..` or `/` is in no such folder.
    const end = path.lastIndexOf('/') + 1;
    if (path[end] === undefined || path[end] === '.') return find(dirname(resolve(root, path)));
    const folder = path.slice(0, end);
    if (!byFolder.has(folder)) byFolder.set(folder, find(resolve(root, folder)));
    return byFolder.get(folder);
  };
  for (const path of paths) {
    const file = pathOf(path);
    if (file === undefined || configs.has(file)) continue;
    const shown = toPath(root, file);
    const content = read(file);
    if (content === undefined) throw new ConfigError(`There is no configuration file '${options.file ?? file}'.`);
    const config = await readConfig(file, content, shown, options);
    if (file !== single) {
      for (const { absolute } of [...config.fleet, { absolute: config.baseline ?? file }]) {
        refuseOutside(shown, topOf(root, file), absolute);
      }
    }
    configs.set(file, config);
  }

  const configOf = (path: string): Config | undefined => {
    const file = configs.size === 0 ? undefined : pathOf(path);
    return file === undefined ? undefined : configs.get(file);
  };
  const plugins = new Map<string, RuleEntry>();
  for (const rule of [...configs.values()].flatMap((config) => config.plugins)) {
    const other = plugins.get(rule.id);
    if (other !== undefined && other.plugin !== rule.plugin) throw new ConfigError(sameRule(rule, other));
    plugins.set(rule.id, rule);
  }
  /** What is set of a rule for a file, the weakest first. */
  const settingsOf = (path: string, rule: string): readonly RuleSetting[] => {
    const config = configOf(path);
    if (config === undefined) return [];
    const overrides = config.overrides.filter(
      (each) => each.rules.has(rule) && matches(each.files, config, root, path),
    );
    return [config, ...overrides].flatMap((each) => each.rules.get(rule) ?? []);
  };
  const severityOf = (path: string, rule: string): RuleSeverity | undefined => {
    const config = configOf(path);
    const plugin = plugins.get(rule);
    if (plugin !== undefined && config?.plugins.some(({ id }) => id === rule) !== true) return 'off';
    const stated = settingsOf(path, rule).findLast(({ severity }) => severity !== undefined)?.severity;
    const isStrict = strictRules.has(rule) || plugin?.profile === 'strict';
    const isAsked = config?.profile === 'strict' || !isStrict || options.only?.includes(rule) === true;
    return stated ?? (isAsked ? undefined : 'off');
  };
  const minimumConfidenceOf = (path: string): Confidence =>
    configOf(path)?.minimumConfidence ?? defaults.default.minimumConfidence;
  return {
    configOf,
    severityOf,
    optionsOf: (path, rule) =>
      Object.assign({}, ...settingsOf(path, rule).map(({ options: set }) => set)) as RuleSetting['options'],
    failOnOf: (path) => configOf(path)?.failOn ?? defaults.default.failOn,
    minimumConfidenceOf,
    isIgnored(path) {
      const config = configOf(path);
      return config !== undefined && matches(config.ignore, config, root, path);
    },
    configure(finding) {
      const path = finding.span.file;
      const severity = severityOf(path, finding.rule);
      const isSure = confidences.indexOf(finding.confidence) <= confidences.indexOf(minimumConfidenceOf(path));
      if (severity === 'off' || !isSure) return undefined;
      return severity === undefined ? finding : { ...finding, severity };
    },
    fleet: () =>
      [...configs.values()].flatMap((config) =>
        config.fleet.map((file) => ({
          path: relative(root, file.absolute).replaceAll(sep, '/'),
          given: true,
          read: () => file.read(),
        })),
      ),
    baseline: [...configs.values()].find((config) => config.baseline !== undefined)?.baseline,
    plugins: [...plugins.values()],
    notices: [...configs.values()].flatMap((config) => config.notices),
  };
}

function isInRepository(directory: string): boolean {
  if (existsSync(join(directory, '.git'))) return true;
  return dirname(directory) !== directory && isInRepository(dirname(directory));
}

function matches(patterns: Ignore | undefined, config: Config, root: string, path: string): boolean {
  if (patterns === undefined) return false;
  const within = relative(dirname(config.path), resolve(root, path)).replaceAll(sep, '/');
  return !within.startsWith('../') && !isAbsolute(within) && within !== '' && patterns.ignores(within);
}

/** What a configuration that was found speaks for: its repository; outside of one the directory that is linted, or its own. */
function topOf(root: string, file: string): string {
  return repositoryTop(dirname(file)) ?? (isBelow(root, file) ? root : dirname(file));
}

/** Whoever wrote the tree may not have other files read or written: that may only the user, on the command line. */
function refuseOutside(shown: string, top: string, absolute: string): void {
  if (!existsSync(top) || isInside(top, absolute)) return;
  throw new ConfigError(`${shown}: '${absolute}' is not in '${top}'; only the command line may name such a file.`);
}

function toPath(root: string, absolute: string): string {
  return relative(root, absolute).replaceAll(sep, '/');
}

function sameRule({ id, plugin = '' }: RuleEntry, other: RuleEntry): string {
  return `The plugins '${other.plugin ?? ''}' and '${plugin}' both have a rule '${id}'.`;
}

/** Reads one file; `shown`: its name in messages. */
async function readConfig(
  path: string,
  content: Uint8Array | string,
  shown: string,
  { allowPlugins = false, rules: given = [] }: ResolverOptions,
): Promise<Config> {
  const [{ default: createIgnore }, { loadYaml, readYaml }] = await Promise.all([
    import('ignore'),
    import('../loaders/kubelet/read-yaml.ts'),
  ]);
  await loadYaml();
  const decoded = typeof content === 'string' ? { text: content } : decodeText(content, false);
  if ('binary' in decoded) throw new ConfigError(`${shown}: ${decoded.binary}`);
  const { text } = decoded;
  const { root, error } = readYaml(fileTemplate(path, text));
  const plugins = await pluginsOf(texts(member(root, 'plugins')), path, shown, allowPlugins);
  const own = [...given, ...plugins.rules];
  const known = [...rules, ...own];
  const faults = error === undefined ? validate(root, configSchema(known, !plugins.complete)) : [error];
  if (faults.length > 0) {
    const index = indexLines(text);
    const lines = faults.map(({ start, message }) => {
      const { line, column } = positionAt(index, start);
      return `${shown}:${String(line)}:${String(column)}: ${message}`;
    });
    throw new ConfigError(lines.join('\n'));
  }
  const directory = dirname(path);
  const patterns = (tree: Tree | undefined): Ignore | undefined => {
    if (texts(tree).length === 0) return undefined;
    const wild = texts(tree).find((pattern) => !isTame(pattern));
    if (wild !== undefined) throw new ConfigError(`${shown}: The pattern '${wild}' has too many wildcards.`);
    return createIgnore({ allowRelativePaths: true }).add([...texts(tree)]);
  };
  const profile = textOf(member(root, 'profile')) === 'strict' ? 'strict' : 'default';
  const overrides = member(root, 'overrides');
  return {
    path,
    profile,
    failOn: (textOf(member(root, 'fail-on')) ?? defaults[profile].failOn) as FailOn,
    minimumConfidence: (textOf(member(root, 'minimum-confidence')) ??
      defaults[profile].minimumConfidence) as Confidence,
    rules: ruleSettings(member(root, 'rules'), known),
    overrides: (overrides?.type === 'sequence' ? overrides.items : []).map((item) => ({
      files: patterns(member(item, 'files')),
      rules: ruleSettings(member(item, 'rules'), known),
    })),
    ignore: patterns(member(root, 'ignore')),
    fleet: fleetOf(member(root, 'fleet'), path, text),
    baseline: member(root, 'baseline') && resolve(directory, textOf(member(root, 'baseline')) ?? ''),
    plugins: own,
    notices: plugins.notices,
  };
}

/** What rules of plugins are checked against. */
export function knownToPlugins(): Known {
  return { themes: [...new Set(rules.map(({ id }) => themeOf(id)))], kinds: factKinds() };
}

/** The rules of a configuration's plugins. Without leave they stay out, and the job is not done in full. */
async function pluginsOf(
  patterns: readonly string[],
  path: string,
  shown: string,
  allowed: boolean,
): Promise<LoadedPlugins> {
  if (patterns.length === 0) return { rules: [], notices: [], complete: true };
  if (allowed)
    return (await import('../plugins/load.ts')).loadPlugins(dirname(path), patterns, dirname(shown), knownToPlugins());
  const message = `Its plugins are not run, because they are programs. If you trust them, '--allow-plugins' or ${allowVariable}=1 in the environment runs them.`;
  return { rules: [], notices: [{ file: shown, message, incomplete: true }], complete: false };
}

function fleetOf(tree: Tree | undefined, path: string, text: string): Config['fleet'] {
  if (tree?.type === 'mapping') {
    // All but the facts is blanked, so that their places are those of the whole file.
    const blank = (part: string): string => part.replace(/[^\r\n]/g, ' ');
    const { start, end } = tree;
    const inline = blank(text.slice(0, start)) + text.slice(start, end) + blank(text.slice(end));
    return [{ absolute: path, read: () => inline }];
  }
  const names = tree?.type === 'scalar' ? [tree.text] : texts(tree);
  return names.map((name) => {
    const absolute = resolve(dirname(path), name);
    return { absolute, read: () => readWhole(absolute) };
  });
}

/** They have been checked against the schema of these rules. */
function ruleSettings(tree: Tree | undefined, known: readonly RuleEntry[]): RuleSettings {
  const found = new Map<string, RuleSetting>();
  for (const { key, value } of tree?.type === 'mapping' ? tree.entries : []) {
    const severity = (textOf(value) ?? textOf(member(value, 'severity'))) as RuleSeverity | undefined;
    const table = Object.entries(known.find(({ id }) => id === key)?.options ?? {});
    const options = table.flatMap(([name, { type }]) => {
      const text = textOf(member(value, name));
      return text === undefined ? [] : [[name, valueOf(text, type)] as const];
    });
    found.set(key, { severity, options: Object.fromEntries(options) });
  }
  return found;
}

function valueOf(text: string, type: RuleOption['type']): OptionValue {
  if (type === 'string') return text;
  return type === 'number' ? Number(text) : text === 'true';
}

function member(tree: Tree, key: string): Tree | undefined {
  return tree.type === 'mapping' ? tree.entries.find((entry) => entry.key === key)?.value : undefined;
}

function textOf(tree: Tree | undefined): string | undefined {
  return tree?.type === 'scalar' ? tree.text : undefined;
}

function texts(tree: Tree | undefined): readonly string[] {
  return tree?.type === 'sequence' ? tree.items.flatMap((item) => textOf(item) ?? []) : [];
}
