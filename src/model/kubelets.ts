/** How the tree configures its kubelets: flags, settings, versions and the container runtime, with the places that say so. */
import type { EnvironmentVariableFact } from '../core/facts/node.ts';
import type { CommandFact, UnitOrigin } from '../core/facts/command.ts';
import type { Evidence } from '../core/finding.ts';
import { flagsOf, splitWords, type Flag } from '../core/flags.ts';
import type { Span } from '../core/span.ts';
import { literalText, sliceTemplate, spanOf, type Template } from '../core/template.ts';
import { compareVersions, parseVersion, type Version } from '../core/version.ts';
import { commandArguments, kubeletPrograms } from './command-arguments.ts';
import { flagOfSetting, kubeletSettings } from '../knowledge/kubelet.ts';
import type { KubeletConfigFact, KubeletSettingFact, KubeletSurface } from '../core/facts/kubelet.ts';
import { once } from '../core/once.ts';
import { isFixture, type FactSource } from './fleet.ts';
import { addAll, groupBy } from '../core/lists.ts';

/** Facts that kubelets are made from: what a rule that asks for them needs. */
export const kubeletsFacts = [
  'kubelet.config',
  'kubelet.setting',
  'kubelet.flag',
  'kubernetes.version',
  'runtime.cgroup-driver',
  'environment.variable',
  'unit.assignment',
  'command',
  'package',
] as const;

/** Programs that install packages. */
const packageManagers = ['apt', 'apt-get', 'yum', 'dnf', 'zypper'];

/** A flag of a kubelet, wherever it comes from. */
export interface KubeletFlag extends Flag {
  readonly source: 'command' | 'environment' | KubeletSurface;
}

/** A command line that starts a kubelet. */
export interface KubeletCommand {
  readonly command: CommandFact;
  /** In their order, with those from variables in the place of the variable. */
  readonly flags: readonly KubeletFlag[];
  /** `false`: a variable's value or another part of the line is not in the tree. */
  readonly complete: boolean;
}

/** A KubeletConfiguration, or what another program keeps of one. */
export interface KubeletDocument {
  readonly fact: KubeletConfigFact;
  /** In the order of the text. */
  readonly settings: readonly KubeletSettingFact[];
  /** The setting in force of a path: the last one. */
  setting(path: string): KubeletSettingFact | undefined;
  /** Settings of a map or list, by what follows its path: `memory.available`, `[0]`. */
  below(path: string): ReadonlyMap<string, KubeletSettingFact>;
}

/** The value in force of a setting, and what says so. */
export interface EffectiveValue {
  /** `undefined`: unknown. */
  readonly text: string | undefined;
  readonly from: 'flag' | 'document' | 'default';
  /** Where it is stated; `undefined` for a default. */
  readonly span: Span | undefined;
}

/** A value that the tree gives a setting. */
export interface KubeletValue {
  /** `undefined` if a part of it is unknown. */
  readonly text: string | undefined;
  readonly span: Span;
}

/** A version that the tree asks for. */
export interface StatedVersion {
  /** `kubelet`, `docker`, `containerd`. */
  readonly name: string;
  readonly version: Version;
  /** As written: `v1.19.3`, `1.19.3-0`. */
  readonly text: string;
  readonly span: Span;
}

/** The cgroup driver that kubelets use. */
export interface CgroupDriver {
  /** `undefined` if files disagree or a part of the value is unknown. */
  readonly driver: string | undefined;
  /** Whether a file says it; else it is a default. */
  readonly stated: boolean;
  /** Never empty. */
  readonly evidence: readonly Evidence[];
}

export interface Kubelets {
  /** All flags, by source and place; of a command's, those from variables stand where the variable does. */
  flags(): readonly KubeletFlag[];
  /** Command lines in force: a unit's own is not where a drop-in replaces it. */
  commands(): readonly KubeletCommand[];
  /** In the order of their places. */
  documents(): readonly KubeletDocument[];
  /**
   * What holds of a setting for the kubelet of a document: a flag, else the drop-ins of its folder, else the document, else the
   * default. Unknown where some flag of the tree sets it too and nothing says that both are of one kubelet.
   */
  effective(document: KubeletDocument, path: string): EffectiveValue;
  /** Values of a setting in the tree: those of its flag, which beats any file, else those of KubeletConfiguration documents. */
  values(path: string, flag: string): readonly KubeletValue[];
  /** Distinct kubelet versions: of packages, else kubeadm's. */
  versions(): readonly StatedVersion[];
  /** Every place that states a kubelet version. */
  allVersions(): readonly StatedVersion[];
  /** Distinct container runtimes that packages install, with their versions. */
  runtimes(): readonly StatedVersion[];
  /** The driver of a kubelet of this version, with kubeadm's and the kubelet's defaults. */
  cgroupDriver(version: Version | undefined): CgroupDriver;
}

/** Joins what the tree says of its kubelets. */
export function createKubelets(source: FactSource): Kubelets {
  const commands = once(() => collectCommands(source));
  const allFlags = once(() => collectFlags(source, commands()));
  const documents = once(() => collectDocuments(source));
  const flagIndex = once(() => indexFlags(allFlags(), commands(), documents().length === 1));
  const dropInPaths = once(
    () => new Set(documents().flatMap((one) => (isDropIn(one) ? one.settings.map(({ path }) => path) : []))),
  );
  const values = (path: string, flag: string): readonly KubeletValue[] => {
    const ofFlags = allFlags().filter(({ name }) => name === flag);
    if (ofFlags.length > 0) return ofFlags.map(({ value, span }) => ({ text: value && literalText(value), span }));
    return source
      .facts('kubelet.setting')
      .filter((setting) => setting.path === path && setting.value !== undefined)
      .map(({ value, span, conditional }) => ({ text: conditional ? undefined : value && literalText(value), span }));
  };
  const allVersions = once(() => [...packageVersions(source, /^kubelet$/, 'kubelet'), ...clusterVersions(source)]);
  return {
    flags: allFlags,
    commands,
    documents,
    effective: (document, path) => effective(document, path, flagIndex(), dropInPaths()),
    values,
    allVersions,
    versions: once(() => {
      const ofPackages = outsideTests(packageVersions(source, /^kubelet$/, 'kubelet'));
      return distinct(ofPackages.length > 0 ? ofPackages : outsideTests(clusterVersions(source)));
    }),
    runtimes: once(() => [
      ...distinct(packageVersions(source, /^docker(?:-ce|-engine|\.io)?$/, 'docker')),
      ...distinct(packageVersions(source, /^containerd(?:\.io)?$/, 'containerd')),
    ]),
    cgroupDriver: (version) => cgroupDriver(source, values('cgroupDriver', 'cgroup-driver'), version),
  };
}

function collectDocuments(source: FactSource): readonly KubeletDocument[] {
  const ofDocument = groupBy(source.facts('kubelet.setting'), ({ document }) => placeKey(document));
  // A text that states its kind several times is one document.
  const configs = new Map(source.facts('kubelet.config').map((fact) => [placeKey(fact.document), fact]));
  return [...configs].map(([key, fact]) => {
    const settings = ofDocument.get(key) ?? [];
    const byPath = once(() => new Map(settings.map((setting) => [setting.path, setting])));
    return {
      fact,
      settings,
      setting: (path) => byPath().get(path),
      below: (path) =>
        new Map(
          settings.flatMap((setting) => {
            const rest = setting.path.startsWith(path) ? setting.path.slice(path.length) : '';
            return /^[.[]/.test(rest) ? [[rest.replace(/^\./, ''), setting] as const] : [];
          }),
        ),
    };
  });
}

function placeKey({ file, start, end }: Span): string {
  return JSON.stringify([file, start, end]);
}

function effective(
  document: KubeletDocument,
  path: string,
  flags: FlagIndex,
  dropInPaths: ReadonlySet<string>,
): EffectiveValue {
  const ofFlag = flags.get(flagOfSetting(path));
  const own = ofFlag?.(document.fact.span.file) ?? [];
  const last = own.at(-1);
  if (last !== undefined) {
    const text = last.value === undefined ? 'true' : literalText(last.value);
    return {
      text: agreed(own.map(({ value }) => value?.text)) === undefined ? undefined : text,
      from: 'flag',
      span: last.span,
    };
  }
  const setting = document.setting(path);
  if (setting?.conditional === true) return { text: undefined, from: 'document', span: setting.span };
  const stated = { from: setting === undefined ? 'default' : 'document', span: setting?.span } as const;
  const isOpen = ofFlag !== undefined || (dropInPaths.has(path) && !document.fact.partial);
  if (isOpen || document.fact.partial) {
    const text = isOpen || setting?.value === undefined ? undefined : literalText(setting.value);
    return { text, ...stated };
  }
  if (setting === undefined) {
    const isHidden = parentsOf(path).some((parent) => (document.setting(parent)?.value?.holes.length ?? 0) > 0);
    return { text: isHidden ? undefined : kubeletSettings.get(path)?.default, from: 'default', span: undefined };
  }
  return { text: setting.value === undefined ? undefined : literalText(setting.value), ...stated };
}

/** `authentication.anonymous` and `authentication` of `authentication.anonymous.enabled`: a variable may hold all below. */
function parentsOf(path: string): readonly string[] {
  const names = path.split('.');
  return names.slice(1).map((_, index) => names.slice(0, index + 1).join('.'));
}

/** Whether a document is a file of `--config-dir`, which changes others. */
function isDropIn({ fact }: KubeletDocument): boolean {
  return fact.surface === 'kubelet' && /(?:^|\/)[^/]+\.d\/[^/]+$/.test(fact.span.file);
}

/** Flags by name, with those among them that are of the kubelet of a document in a file. */
type FlagIndex = ReadonlyMap<string | undefined, (file: string) => readonly KubeletFlag[]>;

/**
 * A flag and a document are of one kubelet if they stand in one file, or the flag's command line names the document with
 * `--config`, or there is no other document.
 */
function indexFlags(
  flags: readonly KubeletFlag[],
  commands: readonly KubeletCommand[],
  isOnlyDocument: boolean,
): FlagIndex {
  const configs = new Map<KubeletFlag, string>();
  for (const command of commands) {
    const config = command.flags.findLast(({ name }) => name === 'config')?.value;
    const path = config === undefined ? undefined : literalText(config);
    if (path !== undefined) for (const flag of command.flags) configs.set(flag, path);
  }
  const isOf = (flag: KubeletFlag, file: string): boolean => {
    const path = configs.get(flag);
    return (
      isOnlyDocument ||
      flag.span.file === file ||
      (path !== undefined && (file === path.slice(1) || file.endsWith(path)))
    );
  };
  const index = new Map<string | undefined, (file: string) => readonly KubeletFlag[]>();
  for (const name of new Set(flags.map((flag) => flag.name))) {
    const ofName = once(() => flags.filter((flag) => flag.name === name));
    const known = new Map<string, readonly KubeletFlag[]>();
    index.set(name, (file) => {
      const own = known.get(file) ?? ofName().filter((flag) => isOf(flag, file));
      known.set(file, own);
      return own;
    });
  }
  return index;
}

function outsideTests(versions: readonly StatedVersion[]): readonly StatedVersion[] {
  return versions.filter(({ span }) => !isFixture(span.file));
}

function collectCommands(source: FactSource): readonly KubeletCommand[] {
  const resets = source
    .facts('unit.assignment')
    .filter(({ section, key, empty, document, unit }) => {
      return section === 'Service' && key === 'ExecStart' && empty && !document.endsWith(unit);
    })
    .map(({ unit }) => unit);
  const variableValue = createVariableReader(source);
  return source.commands(kubeletPrograms).flatMap((command): readonly KubeletCommand[] => {
    const words = commandArguments(command.words, 'kubelet', 'kubelet');
    const { origin } = command;
    if (words === undefined || isFixture(command.span.file)) return [];
    const isReplaced = origin.type === 'unit' && origin.path.endsWith(origin.unit) && resets.includes(origin.unit);
    return isReplaced ? [] : [{ command, ...flagsWithVariables(variableValue, command, words) }];
  });
}

function collectFlags(source: FactSource, commands: readonly KubeletCommand[]): readonly KubeletFlag[] {
  const ofCommands = commands.flatMap(({ flags }) => flags);
  const used = new Set(ofCommands.map(({ span }) => placeKey(span)));
  const environment = source
    .facts('environment.variable')
    .filter(isKubeletArguments)
    .flatMap(({ value }) => flagsFrom(value))
    .filter(({ span }) => !used.has(placeKey(span)) && ofCommands.length === 0);
  const others = source
    .facts('kubelet.flag')
    .map(({ name, value, span, source: from }) => ({ name, value, span, source: from }));
  return [...ofCommands, ...environment, ...others];
}

/** The kubelet takes `--cluster_dns` for `--cluster-dns`. */
function flagName(written: string): string {
  return written.replaceAll('_', '-');
}

/** `KUBELET_EXTRA_ARGS` and its like: what the units of distributions and kubeadm pass to the kubelet. */
function isKubeletArguments({ name }: EnvironmentVariableFact): boolean {
  return /^KUBELET_(?:\w+_)?(?:ARGS|OPTS|FLAGS)$/.test(name);
}

function flagsFrom(value: Template): readonly KubeletFlag[] {
  return flagsOf(splitWords(value)).map((flag) => ({
    ...flag,
    name: flagName(flag.name),
    source: 'environment' as const,
  }));
}

function flagsWithVariables(
  variableValue: VariableReader,
  command: CommandFact,
  words: readonly Template[],
): Pick<KubeletCommand, 'flags' | 'complete'> {
  const flags: KubeletFlag[] = [];
  let own: Template[] = [];
  let complete = true;
  /** How many conditions of a template a word stands in. */
  let depth = 0;
  const flush = (): void => {
    addAll(
      flags,
      flagsOf(own).map((flag) => ({ ...flag, name: flagName(flag.name), source: 'command' as const })),
    );
    own = [];
  };
  for (const word of words) {
    const change = depthChange(word);
    depth += change;
    if (depth > 0 || change !== 0) {
      complete = false;
      continue;
    }
    const variable = variableName(word);
    if (variable === undefined || command.origin.type !== 'unit') {
      if (/^\uE000|^\$/.test(word.text)) complete = false;
      own.push(word);
      continue;
    }
    flush();
    const value = variableValue(command.origin, variable);
    if (value === undefined || value.holes.length > 0) complete = false;
    if (value !== undefined) addAll(flags, flagsFrom(value));
  }
  flush();
  return { flags, complete };
}

/** 1 for the statement of a template that begins a condition or loop, -1 for one that ends it. */
function depthChange({ holes, text }: Template): number {
  const label = text.length === 1 ? (holes[0]?.label ?? '') : '';
  if (/^(?:\{%[-+]?|\{\{-?|<%-?)\s*(?:if|for|unless|range|with)\b/.test(label)) return 1;
  return /^(?:\{%[-+]?\s*end|\{\{-?\s*end\b|<%-?\s*end\b)/.test(label) ? -1 : 0;
}

/** `NAME` of a word that is `$NAME` or `${NAME}`, as text or as a hole. */
function variableName(word: Template): string | undefined {
  const [hole] = word.holes;
  const text = hole !== undefined && word.text.length === 1 ? hole.label : word.text;
  return /^\$(?:(\w+)|\{(\w+)\})$/.exec(text)?.slice(1).find(Boolean);
}

/** What a variable holds for a unit: its environment files beat its `Environment=`, and of each the last one wins. */
type VariableReader = (origin: UnitOrigin, name: string) => Template | undefined;

function createVariableReader(source: FactSource): VariableReader {
  const assignments = once(() =>
    groupBy(
      source.facts('unit.assignment').filter(({ section }) => section === 'Service'),
      ({ unit }) => unit,
    ),
  );
  const variables = once(() => groupBy(source.facts('environment.variable'), ({ name }) => name));
  const read = (unit: string, name: string): Template | undefined => {
    const ofUnit = assignments().get(unit) ?? [];
    const stated = variables().get(name) ?? [];
    const fromFiles = ofUnit
      .filter(({ key, empty }) => key === 'EnvironmentFile' && !empty)
      .map(({ value }) => value.text.replace(/^-/, ''))
      .map((path) => stated.findLast(({ span }) => span.file === path.slice(1) || span.file.endsWith(path))?.value);
    const fromUnit = ofUnit
      .filter(({ key }) => key === 'Environment')
      .flatMap(({ value }) => splitWords(value))
      .filter((word) => word.text.startsWith(`${name}=`))
      .map((word) => sliceTemplate(word, name.length + 1, word.text.length));
    return [...fromUnit, ...fromFiles].findLast((value) => value !== undefined);
  };
  const known = new Map<string, Template | undefined>();
  return ({ unit }, name) => {
    const key = `${name} ${unit}`;
    if (!known.has(key)) known.set(key, read(unit, name));
    return known.get(key);
  };
}

function packageVersions(source: FactSource, pattern: RegExp, name: string): readonly StatedVersion[] {
  const packages = source.facts('package').filter((fact) => pattern.test(fact.name));
  return [
    ...packages.flatMap(({ version, span }) => statedVersion(name, version, span)),
    ...source.commands(packageManagers).flatMap((command) => installedVersions(command, pattern, name)),
  ];
}

/** Versions in commands such as `apt-get install kubelet=1.20.2-00` and `yum install kubelet-1.20.2`. */
function installedVersions({ words }: CommandFact, pattern: RegExp, name: string): readonly StatedVersion[] {
  if (!words.some(({ text }) => text === 'install')) return [];
  return words.flatMap((word) => {
    const match = /^([a-z][a-z.-]*?)[=-](?=v?\d)/.exec(word.text);
    if (match === null || !pattern.test(match[1] ?? '')) return [];
    const version = sliceTemplate(word, match[0].length, word.text.length);
    return statedVersion(name, version, spanOf(version));
  });
}

function clusterVersions(source: FactSource): readonly StatedVersion[] {
  const facts = source.facts('kubernetes.version');
  return facts.flatMap(({ version, span }) => statedVersion('kubelet', version, span));
}

function statedVersion(name: string, template: Template | undefined, span: Span): readonly StatedVersion[] {
  const text = template === undefined ? undefined : literalText(template);
  const version = text === undefined ? undefined : parseVersion(text);
  return text === undefined || version === undefined || version.length < 2 ? [] : [{ name, version, text, span }];
}

function distinct(versions: readonly StatedVersion[]): readonly StatedVersion[] {
  return versions.filter(
    ({ version }, index) => versions.findIndex((other) => compareVersions(other.version, version) === 0) === index,
  );
}

function cgroupDriver(source: FactSource, values: readonly KubeletValue[], version: Version | undefined): CgroupDriver {
  const [first] = values;
  const ofDocker = source.facts('runtime.cgroup-driver').filter(({ runtime }) => runtime === 'docker');
  const [docker] = ofDocker;
  const dockerDriver = agreed(ofDocker.map(({ driver }) => driver));
  if (first !== undefined) {
    const driver = agreed(values.map(({ text }) => text));
    const evidence = values.map(({ text, span }) => ({
      span,
      note: `The kubelet's cgroup driver is '${text ?? 'unknown'}' here.`,
    }));
    if (docker === undefined || driver === dockerDriver) return { driver, stated: true, evidence };
    const conflict = { span: docker.span, note: `Docker's cgroup driver is '${docker.driver}' here.` };
    return { driver: undefined, stated: true, evidence: [...evidence, conflict] };
  }
  if (docker !== undefined) {
    const note = `Docker's cgroup driver is '${docker.driver}', and a kubelet with another one does not start.`;
    return { driver: dockerDriver, stated: true, evidence: [{ span: docker.span, note }] };
  }
  return defaultCgroupDriver(source, version);
}

function defaultCgroupDriver(source: FactSource, version: Version | undefined): CgroupDriver {
  const kubeadm = source.facts('kubernetes.version')[0] ?? source.facts('kubelet.flag')[0];
  if (kubeadm !== undefined && version !== undefined && compareVersions(version, [1, 21]) >= 0) {
    const note = "No file sets the kubelet's cgroup driver; kubeadm from 1.21 on makes it 'systemd'.";
    return {
      driver: 'systemd',
      stated: false,
      evidence: [{ span: kubeadm.span, note, source: 'kubernetes/kubernetes#99471' }],
    };
  }
  const config = source.facts('kubelet.config')[0];
  const note = "The kubelet's cgroup driver is not set, so it is the default 'cgroupfs'.";
  const evidence = config === undefined ? { note } : { span: config.span, note };
  return {
    driver: 'cgroupfs',
    stated: false,
    evidence: [{ ...evidence, source: 'KubeletConfiguration v1beta1, cgroupDriver' }],
  };
}

/** The one value that all have; `undefined` if they differ or one is unknown. */
function agreed(values: readonly (string | undefined)[]): string | undefined {
  return values.every((value) => value === values[0]) ? values[0] : undefined;
}
