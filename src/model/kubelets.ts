/** How the tree configures its kubelets: flags, settings, versions and the container runtime, with the places that say so. */
import type { EnvironmentVariableFact } from '../core/facts/node.ts';
import type { CommandFact, UnitOrigin } from '../core/facts/command.ts';
import type { Evidence } from '../core/finding.ts';
import { flagsOf, splitWords, type Flag } from '../core/flags.ts';
import type { Span } from '../core/span.ts';
import { literalText, sliceTemplate, type Template } from '../core/template.ts';
import { compareVersions, parseVersion, type Version } from '../core/version.ts';
import { commandArguments } from './command-arguments.ts';
import type { FactSource } from './fleet.ts';

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

/** A flag of a kubelet, wherever it comes from. */
export interface KubeletFlag extends Flag {
  readonly source: 'command' | 'environment' | 'kubeadm';
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
  /** Values of a setting in the tree: those of its flag, which beats any file, else those of KubeletConfiguration documents. */
  values(path: string, flag: string): readonly KubeletValue[];
  /** Distinct kubelet versions: of packages, else kubeadm's. */
  versions(): readonly StatedVersion[];
  /** Distinct container runtimes that packages install, with their versions. */
  runtimes(): readonly StatedVersion[];
  /** The driver of a kubelet of this version, with kubeadm's and the kubelet's defaults. */
  cgroupDriver(version: Version | undefined): CgroupDriver;
}

/** Joins what the tree says of its kubelets. */
export function createKubelets(source: FactSource): Kubelets {
  let flags: readonly KubeletFlag[] | undefined;
  const allFlags = (): readonly KubeletFlag[] => (flags ??= collectFlags(source));
  const values = (path: string, flag: string): readonly KubeletValue[] => {
    const ofFlags = allFlags().filter(({ name }) => name === flag);
    if (ofFlags.length > 0) return ofFlags.map(({ value, span }) => ({ text: value && literalText(value), span }));
    return source
      .facts('kubelet.setting')
      .filter((setting) => setting.path === path && setting.value !== undefined)
      .map(({ value, span }) => ({ text: value && literalText(value), span }));
  };
  return {
    flags: allFlags,
    values,
    versions: () => {
      const ofPackages = packageVersions(source, /^kubelet$/, 'kubelet');
      return ofPackages.length > 0 ? ofPackages : clusterVersions(source);
    },
    runtimes: () => [
      ...packageVersions(source, /^docker(?:-ce|-engine|\.io)?$/, 'docker'),
      ...packageVersions(source, /^containerd(?:\.io)?$/, 'containerd'),
    ],
    cgroupDriver: (version) => cgroupDriver(source, values('cgroupDriver', 'cgroup-driver'), version),
  };
}

function collectFlags(source: FactSource): readonly KubeletFlag[] {
  const ofCommands = source.facts('command').flatMap((command): readonly KubeletFlag[] => {
    const words = commandArguments(command.words, 'kubelet', 'kubelet');
    return words === undefined ? [] : flagsWithVariables(source, command, words);
  });
  const environment = ofCommands.length > 0 ? [] : source.facts('environment.variable').filter(isKubeletArguments);
  return [
    ...ofCommands,
    ...environment.flatMap(({ value }) => flagsFrom(value)),
    ...source.facts('kubelet.flag').map(({ name, value, span }) => ({ name, value, span, source: 'kubeadm' as const })),
  ];
}

/** `KUBELET_EXTRA_ARGS` and its like: what the units of distributions and kubeadm pass to the kubelet. */
function isKubeletArguments({ name }: EnvironmentVariableFact): boolean {
  return /^KUBELET_(?:\w+_)?(?:ARGS|OPTS|FLAGS)$/.test(name);
}

function flagsFrom(value: Template): readonly KubeletFlag[] {
  return flagsOf(splitWords(value)).map((flag) => ({ ...flag, source: 'environment' as const }));
}

function flagsWithVariables(
  source: FactSource,
  command: CommandFact,
  words: readonly Template[],
): readonly KubeletFlag[] {
  const flags: KubeletFlag[] = [];
  let own: Template[] = [];
  const flush = (): void => {
    flags.push(...flagsOf(own).map((flag) => ({ ...flag, source: 'command' as const })));
    own = [];
  };
  for (const word of words) {
    const variable = variableName(word);
    if (variable === undefined || command.origin.type !== 'unit') {
      own.push(word);
      continue;
    }
    flush();
    const value = variableValue(source, command.origin, variable);
    if (value !== undefined) flags.push(...flagsFrom(value));
  }
  flush();
  return flags;
}

/** `NAME` of a word that is `$NAME` or `${NAME}`, as text or as a hole. */
function variableName(word: Template): string | undefined {
  const [hole] = word.holes;
  const text = hole !== undefined && word.text.length === 1 ? hole.label : word.text;
  return /^\$(?:(\w+)|\{(\w+)\})$/.exec(text)?.slice(1).find(Boolean);
}

/** What a variable holds for a unit: its environment files beat its `Environment=`, and of each the last one wins. */
function variableValue(source: FactSource, origin: UnitOrigin, name: string): Template | undefined {
  const assignments = source
    .facts('unit.assignment')
    .filter(({ unit, section }) => unit === origin.unit && section === 'Service');
  const variables = source.facts('environment.variable').filter((variable) => variable.name === name);
  const fromFiles = assignments
    .filter(({ key, empty }) => key === 'EnvironmentFile' && !empty)
    .map(({ value }) => value.text.replace(/^-/, ''))
    .map((path) => variables.findLast(({ span }) => span.file === path.slice(1) || span.file.endsWith(path))?.value);
  const fromUnit = assignments
    .filter(({ key }) => key === 'Environment')
    .flatMap(({ value }) => splitWords(value))
    .filter((word) => word.text.startsWith(`${name}=`))
    .map((word) => sliceTemplate(word, name.length + 1, word.text.length));
  return [...fromUnit, ...fromFiles].findLast((value) => value !== undefined);
}

function packageVersions(source: FactSource, pattern: RegExp, name: string): readonly StatedVersion[] {
  const packages = source.facts('package').filter((fact) => pattern.test(fact.name));
  return distinct(packages.flatMap(({ version, span }) => statedVersion(name, version, span)));
}

function clusterVersions(source: FactSource): readonly StatedVersion[] {
  const facts = source.facts('kubernetes.version');
  return distinct(facts.flatMap(({ version, span }) => statedVersion('kubelet', version, span)));
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
