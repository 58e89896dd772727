/** Facts of Facter by the variables of old that hold them. */

const legacy: Readonly<Record<string, string>> = {
  osfamily: 'os.family',
  operatingsystem: 'os.name',
  operatingsystemrelease: 'os.release.full',
  operatingsystemmajrelease: 'os.release.major',
  lsbdistid: 'os.distro.id',
  lsbdistcodename: 'os.distro.codename',
  lsbdistrelease: 'os.distro.release.full',
  lsbmajdistrelease: 'os.distro.release.major',
  kernel: 'kernel',
  kernelversion: 'kernelversion',
  kernelrelease: 'kernelrelease',
  kernelmajversion: 'kernelmajversion',
  architecture: 'os.architecture',
  hardwaremodel: 'os.hardware',
  hostname: 'networking.hostname',
  fqdn: 'networking.fqdn',
  domain: 'networking.domain',
  ipaddress: 'networking.ip',
  timezone: 'timezone',
  processorcount: 'processors.count',
  memorysize: 'memory.system.total',
  virtual: 'virtual',
  is_virtual: 'is_virtual',
  puppetversion: 'puppetversion',
  clientcert: 'clientcert',
  service_provider: 'service_provider',
  selinux: 'os.selinux.enabled',
};

/** The structured path of a fact; itself if it has no other. */
export function factPath(name: string): string {
  return Object.hasOwn(legacy, name) ? (legacy[name] ?? name) : name;
}

/** Whether a top-scope variable is a fact that every node has. */
export function isFact(name: string): boolean {
  return Object.hasOwn(legacy, name);
}

/** Whether a value of a fact such as `kernel` or `os.family` is that of a system without Linux. */
export function isOtherSystem(value: string): boolean {
  return /bsd|darwin|windows|solaris|sunos|aix|hp-ux|junos|dragonfly|mac ?os|cumulusrmp|nexus|ios_xr/i.test(value);
}

/** Facts that tell one operating system from another. */
export function tellsSystem(fact: string): boolean {
  return /^(?:kernel|os\.family|os\.name)$/.test(fact);
}
