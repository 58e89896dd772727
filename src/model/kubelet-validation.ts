/** What makes a kubelet refuse its configuration: values of a wrong type, out of range, or that do not go together. */
import type { KubeletSettingFact } from '../core/facts/kubelet.ts';
import { literalText } from '../core/template.ts';
import constraints from '../knowledge/kubelet-constraints.json' with { type: 'json' };
import { kubeletSettings } from '../knowledge/kubelet.ts';
import type { KubeletDocument } from './kubelets.ts';

/** A fault of one setting. */
export interface SettingFault {
  readonly setting: KubeletSettingFact;
  /** What is wrong; the predicate of a sentence whose subject is the setting: `must be at least 1`. */
  readonly fault: string;
  /** The setting that it does not go together with. */
  readonly other?: KubeletSettingFact;
}

const ranges: Readonly<Record<string, readonly (number | null)[]>> = constraints.ranges;
const words: Readonly<Record<string, readonly string[]>> = constraints.words;

/** Marks of values that some program or person still fills in. */
const placeholder = /[$@{}<>%]|__|^[A-Z][A-Z0-9_]+$/;

/** What the kubelet refuses of a document, each setting by itself. */
export function valueFaults(document: KubeletDocument): readonly SettingFault[] {
  return document.settings.flatMap((setting) => {
    const fault = valueFault(setting);
    return fault === undefined ? [] : [{ setting, fault }];
  });
}

function valueFault({ path, value, quoted }: KubeletSettingFact): string | undefined {
  const general = path.replace(/\[\d+\]/g, '[]');
  const kind = kindOf(general);
  const text = value === undefined ? undefined : literalText(value);
  if (kind === undefined || text === undefined || placeholder.test(text)) return undefined;
  const allowed = Object.hasOwn(words, general) ? words[general] : undefined;
  if (allowed !== undefined && !allowed.includes(text)) {
    const list = allowed.filter((each) => each !== '').map((each) => `'${each}'`);
    return `must be ${list.slice(0, -1).join(', ')} or ${list.at(-1) ?? ''}`;
  }
  if (kind === 'bool') {
    return !quoted && /^(?:true|false|yes|no|on|off|y|n)$/i.test(text)
      ? undefined
      : `must be true or false, without quotes`;
  }
  if (kind === 'int') {
    if (quoted || !/^[-+]?(?:\d[\d_]*|0x[\da-f]+|0o[0-7]+|\d+e\d+|\d+\.0*)$/i.test(text)) {
      return 'must be a whole number, without quotes';
    }
    return rangeFault(general, Number(text));
  }
  if (kind === 'duration') {
    if (goDuration(text) === undefined || (!quoted && /^[-+]?[\d.]+$/.test(text))) {
      return "must be a duration with a unit, such as '10s'";
    }
    return undefined;
  }
  if (kind === 'string') {
    return !quoted && /^(?:[-+]?\d+(?:\.\d+)?|true|false)$/.test(text) ? 'must be text: put it in quotes' : undefined;
  }
  if (kind.startsWith('list<')) return text === '' ? undefined : 'must be a list';
  return kind.startsWith('map<') || kind === 'object' ? 'must be a map' : undefined;
}

/** The type of a path: of a setting, of a value of a map, or of an item of a list. */
function kindOf(general: string): string | undefined {
  const own = kubeletSettings.get(general);
  if (own !== undefined) return own.kind;
  const list = general.endsWith('[]') ? kubeletSettings.get(general.slice(0, -2))?.kind : undefined;
  if (list !== undefined) return /^list<(\w+)>$/.exec(list)?.[1];
  const [name = ''] = general.split('.');
  return /^map<string,(string|bool)>$/.exec(kubeletSettings.get(name)?.kind ?? '')?.[1];
}

function rangeFault(path: string, value: number): string | undefined {
  const [from, to] = (Object.hasOwn(ranges, path) ? ranges[path] : undefined) ?? [];
  if (from === undefined || from === null) return undefined;
  if (to === undefined || to === null) return value < from ? `must be at least ${from}` : undefined;
  return value < from || value > to ? `must be between ${from} and ${to}` : undefined;
}

/** Nanoseconds of a duration as Go writes it: `1h30m`, `-1.5s`, `0`. `undefined` for what Go refuses. */
export function goDuration(text: string): number | undefined {
  if (/^[-+]?0$/.test(text)) return 0;
  if (!/^[-+]?(?:(?:\d{1,15}(?:\.\d{0,15})?|\.\d{1,15})(?:ns|us|µs|μs|ms|s|m|h)){1,10}$/.test(text)) return undefined;
  const units: Readonly<Record<string, number>> = {
    ns: 1,
    us: 1e3,
    µs: 1e3,
    μs: 1e3,
    ms: 1e6,
    s: 1e9,
    m: 6e10,
    h: 3.6e12,
  };
  let sum = 0;
  for (const [, amount = '', unit = ''] of text.matchAll(/(?<![\d.])([\d.]+)([a-zµμ]+)/g))
    sum += Number(amount) * (units[unit] ?? 0);
  return text.startsWith('-') ? -sum : sum;
}

/** Settings of a whole document that do not go together. Flags may change what is in force, so those are asked for too. */
export function combinationFaults(
  document: KubeletDocument,
  inForce: (path: string) => string | undefined,
): readonly SettingFault[] {
  const faults: SettingFault[] = [];
  const add = (path: string, fault: string, otherPath?: string): void => {
    const setting = document.setting(path);
    const other = otherPath === undefined ? undefined : document.setting(otherPath);
    if (setting !== undefined) faults.push({ setting, fault, ...(other === undefined ? {} : { other }) });
  };
  const number = (path: string): number => Number(inForce(path) ?? NaN);
  const duration = (path: string): number => goDuration(inForce(path) ?? '') ?? NaN;
  const isSet = (path: string): boolean => !['', undefined].includes(document.setting(path)?.value?.text);

  const [low, high] = ['imageGCLowThresholdPercent', 'imageGCHighThresholdPercent'] as const;
  if (number(low) >= number(high)) {
    if (isSet(low)) add(low, `must be below '${high}', which is ${number(high)}`, high);
    else add(high, `must be above '${low}', which is ${number(low)}`);
  }
  if (duration('imageMaximumGCAge') > 0 && duration('imageMaximumGCAge') <= duration('imageMinimumGCAge')) {
    add('imageMaximumGCAge', "must be longer than 'imageMinimumGCAge'", 'imageMinimumGCAge');
  }
  const [total, critical] = ['shutdownGracePeriod', 'shutdownGracePeriodCriticalPods'] as const;
  const totalTime = isSet(total) ? duration(total) : 0;
  if (duration(critical) > totalTime) add(critical, `must be at most '${total}'`, total);
  if (
    (isSet(total) || isSet(critical)) &&
    document.below('shutdownGracePeriodByPodPriority').size > 0 &&
    totalTime > 0
  ) {
    add(total, "must not be set together with 'shutdownGracePeriodByPodPriority'");
  }
  if (number('maxParallelImagePulls') > 1 && document.setting('serializeImagePulls')?.value?.text === 'true') {
    add('maxParallelImagePulls', "must be 1 while 'serializeImagePulls' is true", 'serializeImagePulls');
  }
  const enforced = [...document.below('enforceNodeAllocatable').values()].map(({ value }) => value?.text ?? '');
  const isEmpty = document.setting('enforceNodeAllocatable') !== undefined;
  if (inForce('cgroupsPerQOS') === 'false' && !isEmpty && !enforced.includes('none')) {
    add('cgroupsPerQOS', "must be true unless 'enforceNodeAllocatable' is empty or 'none'");
  }
  for (const cgroup of ['systemReservedCgroup', 'kubeReservedCgroup']) {
    if (isSet('reservedSystemCPUs') && isSet(cgroup))
      add(cgroup, "must not be set together with 'reservedSystemCPUs'", 'reservedSystemCPUs');
  }
  if (isSet('systemCgroups') && !isSet('cgroupRoot')) add('systemCgroups', "needs 'cgroupRoot'");
  const grace = document.below('evictionSoftGracePeriod');
  for (const [signal, setting] of document.below('evictionSoft')) {
    if (!grace.has(signal)) faults.push({ setting, fault: `needs the same signal in 'evictionSoftGracePeriod'` });
  }
  return faults;
}
