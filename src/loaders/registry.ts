import type { Fact, FactKind } from '../core/fact.ts';
import type { Loader } from '../core/loader.ts';
import type { Program } from '../core/puppet-ast.ts';
import { once } from '../core/once.ts';
import { ignoreWord } from '../core/suppress.ts';
import { textSearch, type Sign } from '../core/text-search.ts';
import type { FileKind } from '../core/source-file.ts';
import { isApiDescription } from './api-description.ts';
import { cloudWords } from './cloud/prefilter.ts';
import { clusterKinds, clusterWords } from './cluster/prefilter.ts';
import { GoCompanionSearch, type CompanionFiles } from './go/companions.ts';
import { words as kubeletWords } from './kubelet/words.ts';
import { importText } from './go/imports.ts';
import { goWords, mayHaveGoFacts, mayMakeTransport } from './go/prefilter.ts';
import { groupBy } from '../core/lists.ts';

/** Finds the files that matter because of others. */
export interface CompanionSearch {
  /**
   * Asked again until nothing is added.
   *
   * @param facts of all files that were read so far
   * @returns paths of the files that are to be read now, or anew, each with what of it does not matter: `SourceFile.leftOut`
   */
  find(facts: readonly Fact[]): ReadonlyMap<string, string>;
}

/** What is known of a loader without importing it. */
export interface LoaderEntry {
  readonly kinds: readonly FileKind[];
  /** Every kind of fact it can yield: a run whose rules need none of them opens no such file. */
  readonly facts: readonly FactKind[];
  /** Whether the content is of a kind that never has anything to say, as its beginning tells. */
  readonly isOther?: (content: Uint8Array | string) => boolean;
  /** Words without which the file has nothing to say: one group of them must be there wholly. They are looked for before anything is parsed. */
  readonly words?: Words;
  /** A closer look at the text than that for words, still without a parser: whether it can have something to say. */
  readonly mayHaveFacts?: (text: string, path: string) => boolean;
  /**
   * What is kept of every file, whether it is parsed or not, for `companions` and `expansion`.
   *
   * @param raw the text, or its bytes as characters
   */
  readonly head?: (raw: string) => string;
  /** Whether these facts are not all that the file can say: it may be read again, wholly, as a companion of others. */
  readonly isPartial?: (facts: readonly Fact[]) => boolean;
  readonly companions?: {
    /** Kinds of files of other loaders whose facts it looks at, too. */
    readonly others?: readonly FileKind[];
    /** Begins to look for them among files that say nothing by themselves, or not all. */
    search(files: CompanionFiles): CompanionSearch;
  };
  /** What the files of one repository say only together. */
  readonly expansion?: {
    /** Kinds of facts that it yields; they are no part of `facts`. */
    readonly facts: readonly FactKind[];
    /** They are about a file and not what it says: they are not shown as its facts. */
    readonly about?: true;
    /** Whether a change in a file can make it say something else; by default in any. */
    readonly concerns?: (path: string) => boolean;
    /**
     * @param facts of all files of this loader, in the order of their paths
     * @param changed paths of all files that came, went or changed since the last time; `undefined` if nothing is known of that
     * @returns by the file they stand in, in their order there; the same list where nothing has changed, and an empty one for a file that
     *   was read for it and says nothing
     */
    run(
      facts: readonly Fact[],
      files: TreeFiles,
      changed: ReadonlySet<string> | undefined,
    ): Promise<ReadonlyMap<string, readonly Fact[]>>;
  };
  /** A fact without what only the expansion reads of it, where that is more work to keep than to read again. */
  readonly hollow?: (fact: Fact) => Fact;
  /** Its files are read as fast as what a cache keeps of them, which is larger than they are: nothing is kept. */
  readonly isQuick?: true;
  load(): Promise<Loader>;
}

/** Words that are looked for in the bytes of a file: ASCII. */
export interface Words {
  /** Whether one group is there wholly. */
  readonly isIn: (raw: string) => boolean;
  /** Whether the first word of some group, or the one of an ignore comment, is there: one pass over what most often has none of them. */
  readonly isWorthALook: (raw: string) => boolean;
}

function wordsOf(groups: readonly Sign[]): Words {
  return {
    isIn: textSearch(groups),
    isWorthALook: textSearch([[ignoreWord], ...groups.map(([word]): Sign => [word])]),
  };
}

/** The files of a repository that others of it can refer to. */
export interface TreeFiles {
  readonly paths: readonly string[];
  /** The same object whenever the files of this repository are given; what is kept between two times belongs to it. */
  readonly repository: object;
  /** The same object as long as the file does not change. */
  file(path: string): { readonly path: string; readonly text: string } | undefined;
  /** The text of a file that is looked at once, and so not kept. */
  text(path: string): string | undefined;
  /** What the loader's `head` kept of a file; empty where it has none. */
  head(path: string): string;
}

/** Stands for the syntax tree of a manifest that nothing is worked out of. */
const emptyProgram: Program = { type: 'Program', start: 0, end: 0, body: [], parameters: null, epp: false };

const systemdFacts: readonly FactKind[] = [
  'unit.file',
  'unit.assignment',
  'unit.problem',
  'unit.link',
  'dbus.service',
  'command',
];

const goFacts: readonly FactKind[] = [
  'go.file',
  'go.function',
  'go.transport',
  'go.response',
  'go.duration',
  'command',
];

/** What resources say, and the documents that they put on the node. */
const puppetFacts: readonly FactKind[] = [
  'command',
  'package',
  'kernel.module',
  'kernel.module-option',
  'kernel.module-setting',
  'kernel.parameters',
  'sysctl.setting',
  'script',
  'puppet.setting',
  'puppet.service',
  'puppet.schedule',
  'puppet.deployed',
  'puppet.limit',
  'environment.variable',
  'docker.daemon',
  'unit.file',
  'unit.assignment',
  'unit.problem',
  'unit.link',
  'kubelet.config',
  'kubelet.setting',
  'kubelet.flag',
  'kubernetes.version',
  'kubernetes.kubeadm-arguments',
  'kube-proxy.setting',
  'runtime.cgroup-driver',
  'swap.device',
];

/** Every kind of fact that some loader states. */
export function factKinds(): readonly FactKind[] {
  return [...new Set(entries.flatMap(({ facts, expansion }) => [...facts, ...(expansion?.facts ?? [])]))];
}

const entries: readonly LoaderEntry[] = [
  {
    kinds: ['puppet'],
    facts: ['syntax.error', 'puppet.manifest'],
    // Those that stand around one that is linted by itself were found by its names.
    companions: { search: ({ paths }) => ({ find: () => new Map(paths.map((path) => [path, ''])) }) },
    expansion: {
      facts: puppetFacts,
      run: async (...given) => (await import('./puppet/expand.ts')).expandManifests(...given),
    },
    hollow: (fact) => (fact.kind === 'puppet.manifest' ? { ...fact, text: '', program: emptyProgram } : fact),
    load: async () => (await import('./puppet/index.ts')).loader,
  },
  {
    kinds: ['module-file'],
    facts: [],
    load: async () => (await import('./puppet/module-file.ts')).loader,
  },
  {
    kinds: ['puppet-conf'],
    facts: ['puppet.setting'],
    load: async () => (await import('./ini/index.ts')).loader,
  },
  {
    kinds: ['unit', 'drop-in', 'dbus-service'],
    facts: systemdFacts,
    expansion: {
      facts: ['script'],
      // No manifest is a unit, or a script that one runs.
      concerns: (path) => !path.endsWith('.pp'),
      run: async (facts, files) => factsByFile(await (await import('./systemd/scripts.ts')).unitScripts(facts, files)),
    },
    isQuick: true,
    load: async () => (await import('./systemd/index.ts')).loader,
  },
  {
    kinds: ['crontab', 'system-crontab'],
    facts: ['command'],
    load: async () => (await import('./cron/index.ts')).loader,
  },
  {
    kinds: ['yaml'],
    facts: [
      'syntax.error',
      'kubelet.config',
      'kubelet.setting',
      'kubelet.flag',
      'kubernetes.version',
      'kubernetes.kubeadm-arguments',
      'kube-proxy.setting',
      'runtime.cgroup-driver',
      'kernel.parameters',
      'kernel.module',
      'swap.device',
      'environment.variable',
      'node',
      ...clusterKinds,
      ...systemdFacts,
    ],
    isOther: isApiDescription,
    words: wordsOf([...kubeletWords.map((word): Sign => [word]), ...clusterWords, ...cloudWords]),
    load: async () => (await import('./nodes-yaml.ts')).loader,
  },
  {
    kinds: ['environment-file'],
    facts: ['environment.variable'],
    load: async () => (await import('./kubelet/environment-file.ts')).loader,
  },
  {
    kinds: ['modules-load', 'grub-default', 'apt-preferences', 'logind-conf', 'fstab', 'zram-generator'],
    facts: ['kernel.module', 'kernel.parameters', 'package', 'logind.inhibit-delay', 'swap.device'],
    load: async () => (await import('./nodes/index.ts')).loader,
  },
  {
    kinds: ['fleet'],
    facts: ['syntax.error', 'node'],
    load: async () => (await import('./kubelet/fleet-file.ts')).loader,
  },
  {
    kinds: ['toml'],
    facts: ['runtime.cgroup-driver', 'kubelet.config', 'kubelet.setting'],
    words: wordsOf([['SystemdCgroup'], ['settings.kubernetes']]),
    load: async () => (await import('./nodes/toml.ts')).loader,
  },
  {
    kinds: ['docker-daemon'],
    facts: ['docker.daemon', 'runtime.cgroup-driver'],
    load: async () => (await import('./docker/index.ts')).loader,
  },
  {
    kinds: ['modprobe'],
    facts: ['kernel.module-option'],
    load: async () => (await import('./nodes/modprobe.ts')).loader,
  },
  {
    kinds: ['sysctl'],
    facts: ['sysctl.setting'],
    load: async () => (await import('./sysctl/index.ts')).loader,
  },
  {
    kinds: ['go'],
    facts: goFacts,
    words: wordsOf(goWords),
    mayHaveFacts: mayHaveGoFacts,
    head: importText,
    isPartial: (facts) => !facts.some(({ kind }) => kind === 'go.file'),
    companions: { others: ['go-mod'], search: (files) => new GoCompanionSearch(files) },
    expansion: {
      facts: ['go.usage'],
      about: true,
      concerns: (path) => path.endsWith('.go') || path.endsWith('go.mod'),
      run: async (facts, files) =>
        factsByFile(facts.length === 0 ? [] : (await import('./go/programs.ts')).packageUsage(facts, files)),
    },
    load: async () => (await import('./go/index.ts')).createGoLoader(),
  },
  {
    kinds: ['go-mod'],
    facts: ['go.module'],
    load: async () => (await import('./go/module.ts')).loader,
  },
  {
    kinds: ['markdown'],
    facts: goFacts,
    words: wordsOf([['http', 'Transport']]),
    mayHaveFacts: mayMakeTransport,
    load: async () => (await import('./go/index.ts')).createGoLoader(),
  },
];

const loaders = entries.map((entry): LoaderEntry => ({ ...entry, load: once(() => entry.load()) }));

const byKind = new Map(loaders.flatMap((loader) => loader.kinds.map((kind) => [kind, loader] as const)));

/** Those whose files may say something only together. */
export const expandingLoaders = loaders.filter(({ expansion }) => expansion !== undefined);

/** Those that read some files wholly only because of what others say. */
export const companionLoaders = loaders.filter(({ companions }) => companions !== undefined);

function factsByFile(facts: readonly Fact[]): ReadonlyMap<string, readonly Fact[]> {
  return groupBy(facts, ({ span }) => span.file);
}

/** The loader of a kind of file. */
export function loaderFor(kind: FileKind): LoaderEntry {
  const entry = byKind.get(kind);
  if (entry === undefined) throw new Error(`No loader reads files of kind '${kind}'.`);
  return entry;
}
