import knowledge from './kernel-distributions.json' with { type: 'json' };

const systemdVersions = knowledge.systemd.map(({ osImage, version }) => ({ pattern: new RegExp(osImage), version }));

/** Major version of the systemd that an operating system ships, by its name and release such as `CentOS Linux 7 (Core)`. */
export function systemdVersionOf(osImage: string): number | undefined {
  return systemdVersions.find(({ pattern }) => pattern.test(osImage))?.version;
}

/** Whether this is Red Hat Enterprise Linux 7 or a rebuild of it. */
export function isEnterpriseLinux7(osImage: string): boolean {
  return systemdVersions[0]?.pattern.test(osImage) === true;
}

const cgroupVersions = knowledge.cgroup.map(({ osImage, version }) => ({ pattern: new RegExp(osImage), version }));

/** Version of the control groups that an operating system boots with unless told otherwise, by its name and release. */
export function cgroupVersionOf(osImage: string): number | undefined {
  return cgroupVersions.find(({ pattern }) => pattern.test(osImage))?.version;
}
