import { compareVersions, numbers, type Version } from './version.ts';

/** A kernel release as `uname -r` prints it, taken apart. */
export interface KernelRelease {
  readonly text: string;
  /** Upstream version: `[3, 10, 0]`. */
  readonly version: Version;
  /** The distribution's build, `[1160, 24, 1]` of 3.10.0-1160.24.1.el7.x86_64; empty if there is none. */
  readonly build: Version;
  /** What follows the build: `.el7.x86_64`, `-generic`. */
  readonly rest: string;
  /** The 3.10 kernel of Red Hat Enterprise Linux 7 and its rebuilds; neither ELRepo's nor Oracle's own (UEK). */
  readonly enterpriseLinux7: boolean;
}

/** Takes a release apart; `undefined` if the text does not begin like one. */
export function parseKernelRelease(text: string): KernelRelease | undefined {
  const match = /^(\d{1,9})\.(\d{1,9})(?:\.(\d{1,9}))?(?:-(\d{1,9}(?:\.\d{1,9}){0,9}))?(.*)$/.exec(text.trim());
  if (match === null) return undefined;
  const [, major = '', minor = '', patch = '0', build, rest = ''] = match;
  return {
    text: text.trim(),
    version: [Number(major), Number(minor), Number(patch)],
    build: build === undefined ? [] : numbers(build),
    rest,
    enterpriseLinux7: major === '3' && minor === '10' && /\.el7(?!\.elrepo|uek)/.test(rest),
  };
}

/** Whether the upstream version is older than `major.minor`. */
export function isKernelBelow(release: KernelRelease, major: number, minor: number): boolean {
  return compareVersions(release.version, [major, minor]) < 0;
}
