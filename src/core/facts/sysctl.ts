/** What a file says about kernel parameters under /proc/sys. */
import type { Span } from '../span.ts';
import type { Template } from '../template.ts';

/**
 * One kernel parameter that the configuration sets. What shell commands set (`sysctl -w`) is in `command` facts; the model
 * joins both.
 */
export interface SysctlSettingFact {
  readonly kind: 'sysctl.setting';
  /** The value; the key where the value is empty. */
  readonly span: Span;
  /** The whole line or resource. */
  readonly entry: Span;
  /** Path below /proc/sys, as `sysctlKey` makes it: `net/ipv4/conf/eth0.1/rp_filter`. It may be a pattern with `*`. */
  readonly key: string;
  /** Without the blanks around it. */
  readonly value: Template;
  /** A sysctl.d file, or what writes one; `deployment` for the text of one in YAML of any tool. */
  readonly source: 'sysctl.d' | 'puppet' | 'hiera' | 'ansible' | 'talos' | 'deployment';
  /**
   * Name of the file it stands in, or is written to, without its folder: systemd-sysctl applies all files in the order of
   * their names. `undefined` if that is not known.
   */
  readonly fileName: string | undefined;
  /** A `-` before the key: systemd-sysctl does not fail if the kernel refuses it. */
  readonly ignoreErrors: boolean;
}

export interface SysctlFacts {
  'sysctl.setting': SysctlSettingFact;
}
