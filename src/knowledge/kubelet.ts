/** What kubelets of each version know: flags that are gone, and the settings of a KubeletConfiguration. */
import { parseVersion, type Version } from '../core/version.ts';
import constraints from './kubelet-constraints.json' with { type: 'json' };
import removedFlags from './kubelet-removed-flags.json' with { type: 'json' };
import settings from './kubelet-settings.json' with { type: 'json' };

/** A flag that the kubelet no longer knows. */
export interface RemovedFlag {
  /** Without dashes. */
  readonly flag: string;
  /** The first version that refuses it: `1.24`. */
  readonly removed: string;
  readonly version: Version;
  /** Whether release notes or the change itself say so. */
  readonly verified: boolean;
  readonly source: string;
  readonly replacement?: string;
}

/** A setting of a KubeletConfiguration. */
export interface KubeletSettingKnowledge {
  /** Dotted; `[]` for the items of a list. */
  readonly path: string;
  /** `bool`, `int`, `float`, `string`, `duration`, `list<...>`, `map<...>`, `object`, or a type of Kubernetes'. */
  readonly kind: string;
  /** First version that has it; `1.12` also for those before. `undefined`: no release has it yet. */
  readonly since: Version | undefined;
  readonly sinceText: string;
  /** Flag that beats it, without dashes. */
  readonly flag?: string;
  /** What the newest kubelet takes if it is not set. */
  readonly default?: string;
}

/** By name, without dashes. */
export const removedKubeletFlags: ReadonlyMap<string, RemovedFlag> = new Map(
  removedFlags.flags.map((each) => [each.flag, { ...each, version: parseVersion(each.removed) ?? [] }]),
);

/** By path. */
export const kubeletSettings: ReadonlyMap<string, KubeletSettingKnowledge> = new Map(
  settings.fields.map(({ since, ...rest }) => [rest.path, { ...rest, since: parseVersion(since), sinceText: since }]),
);

/** The words that a setting may be, by its path; some may be empty too. */
export const kubeletWords: ReadonlyMap<string, readonly string[]> = new Map(Object.entries(constraints.words));

/** The flag that beats a setting, without dashes. */
export function flagOfSetting(path: string): string | undefined {
  return kubeletSettings.get(path)?.flag;
}
