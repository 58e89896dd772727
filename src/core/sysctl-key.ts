/** Names of kernel parameters, which are written with `.` or with `/`. */

/**
 * A key as a path below /proc/sys: whichever of `.` and `/` comes first separates its parts, the other one belongs to them
 * (sysctl.d(5)). `net.ipv4.conf.eth0/1.rp_filter` and `net/ipv4/conf/eth0.1/rp_filter` are the same.
 */
export function sysctlKey(written: string): string {
  const separator = /[./]/.exec(written)?.[0];
  if (separator !== '.') return written;
  return written.replace(/[./]/g, (character) => (character === '.' ? '/' : '.'));
}

/** A path below /proc/sys as people know it: `vm.drop_caches`. */
export function sysctlName(key: string): string {
  return key.replace(/[./]/g, (character) => (character === '.' ? '/' : '.'));
}
