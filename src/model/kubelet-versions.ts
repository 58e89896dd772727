/** Which kubelet versions a place of the tree is for, and on how many nodes. */
import type { Evidence } from '../core/finding.ts';
import { groupBy } from '../core/lists.ts';
import type { Span } from '../core/span.ts';
import { parseVersion, type Version } from '../core/version.ts';
import { groupNodes, nodeNames, type Fleet } from './fleet.ts';
import type { Kubelets, StatedVersion } from './kubelets.ts';
import { onNodes } from './node-groups.ts';

/** What makes a rule speak that is silent for lack of a version: for its trace. */
export const howToSayVersion =
  "name the version with '--fleet', in kubeadm's 'kubernetesVersion' or as a package's version";

/** The same for the kernel. */
export const howToSayKernel = "name the nodes' kernel with '--fleet' or as the version of a 'kernel' package";

/** A version that kubelets run, or will run. */
export interface KubeletVersionUse {
  readonly stated: StatedVersion;
  /** Empty if the tree asks for the version without naming nodes. */
  readonly nodes: readonly string[];
}

/** The versions for which something holds. */
export interface VersionMatch {
  /** The newest of them. */
  readonly stated: StatedVersion;
  /** ` on 12 of 40 nodes (a, b)`; empty if no nodes are known. */
  readonly nodes: string;
  /** One step for each version. */
  readonly evidence: readonly Evidence[];
}

interface VersionModel {
  readonly fleet: Fleet;
  readonly kubelets: Kubelets;
}

/**
 * The versions of the nodes that the user gave; else the version that the same file states; else those of the tree whose
 * files stand nearest; else those of the nodes that the tree describes. Empty if nothing says it.
 */
export function kubeletVersionsAt({ fleet, kubelets }: VersionModel, at: Span): readonly KubeletVersionUse[] {
  const ofNodes = (): readonly KubeletVersionUse[] =>
    groupNodes(fleet.nodes, 'kubeletVersion', parseVersion).map(({ value, stated, names }) => ({
      stated: { name: 'kubelet', version: value, ...stated },
      nodes: names,
    }));
  if (fleet.given) {
    const given = ofNodes();
    if (given.length > 0) return given;
  }
  const sameFile = placesOf(kubelets).byFile.get(at.file);
  const ofTree = sameFile ?? nearest(kubelets, at);
  return ofTree.length > 0 ? ofTree.map((stated) => ({ stated, nodes: [] })) : ofNodes();
}

/**
 * The versions for which something holds: of given nodes any, of what the tree says all or none, for one of them may be a
 * leftover. `undefined` if it holds for none.
 */
export function versionsWhere(
  model: VersionModel,
  at: Span,
  holds: (version: Version) => boolean,
): VersionMatch | undefined {
  const uses = kubeletVersionsAt(model, at);
  const matching = uses.filter(({ stated }) => holds(stated.version));
  const [first] = matching;
  if (first === undefined) return undefined;
  const isOfNodes = first.nodes.length > 0;
  if (!isOfNodes && matching.length < uses.length) return undefined;
  const newest = matching.reduce((a, b) => (compare(a.stated.version, b.stated.version) >= 0 ? a : b));
  const names = matching.flatMap(({ nodes }) => nodes);
  return {
    stated: newest.stated,
    nodes: onNodes(model.fleet, names),
    evidence: matching.slice(0, 5).map(({ stated, nodes }) => ({
      span: stated.span,
      note:
        nodes.length === 0
          ? `The kubelet version is '${stated.text}' here.`
          : `${nodeNames(nodes)} ${nodes.length === 1 ? 'runs' : 'run'} kubelet '${stated.text}'.`,
    })),
  };
}

function compare(a: Version, b: Version): number {
  return (a[0] ?? 0) - (b[0] ?? 0) || (a[1] ?? 0) - (b[1] ?? 0) || (a[2] ?? 0) - (b[2] ?? 0);
}

/** Of several versions in a tree those that share the longest directory with a file: one of many examples or clusters. */
function nearest(kubelets: Kubelets, at: Span): readonly StatedVersion[] {
  const distinct = kubelets.versions();
  if (distinct.length < 2) return distinct;
  const { byDirectory } = placesOf(kubelets);
  const near = directoriesOf(at.file).findLast((directory) => byDirectory.has(directory));
  return near === undefined ? [] : (byDirectory.get(near) ?? []);
}

interface VersionPlaces {
  readonly byFile: ReadonlyMap<string, readonly StatedVersion[]>;
  /** In a directory or below it. */
  readonly byDirectory: ReadonlyMap<string, readonly StatedVersion[]>;
}

const places = new WeakMap<Kubelets, VersionPlaces>();

function placesOf(kubelets: Kubelets): VersionPlaces {
  let known = places.get(kubelets);
  if (known === undefined) {
    const all = kubelets.allVersions();
    const below = all.flatMap((stated) =>
      directoriesOf(stated.span.file).map((directory) => [directory, stated] as const),
    );
    const byDirectory = [...groupBy(below, ([directory]) => directory)].map(
      ([directory, pairs]) => [directory, pairs.map(([, stated]) => stated)] as const,
    );
    known = { byFile: groupBy(all, ({ span }) => span.file), byDirectory: new Map(byDirectory) };
    places.set(kubelets, known);
  }
  return known;
}

/** The directories a file lies in, outermost first: of `a/b/c` '', `a/` and `a/b/`. */
function directoriesOf(file: string): readonly string[] {
  const directories = [''];
  for (let end = file.indexOf('/'); end >= 0; end = file.indexOf('/', end + 1))
    directories.push(file.slice(0, end + 1));
  return directories;
}
