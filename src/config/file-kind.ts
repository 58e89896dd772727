import type { FileKind } from '../core/source-file.ts';

const unitTypes = 'service|socket|timer|path|mount|automount|swap|target|slice|scope|device';
/** Endings of files that something fills in before they are installed; those that `unitLocation` takes off. */
const templateEndings = 'j2|jinja|jinja2|erb|epp|in|tmpl|tpl|gotmpl|template|mustache';
const unitName = new RegExp(`\\.(?:${unitTypes})(?:\\.(?:${templateEndings}))?$`);
const dropIn = new RegExp(`(?:^|/)(?:[^/]+\\.)?(?:${unitTypes})\\.d/[^/]+\\.conf(?:\\.(?:${templateEndings}))?$`);

const byExtension: Readonly<Record<string, FileKind>> = {
  pp: 'puppet',
  go: 'go',
  md: 'markdown',
  markdown: 'markdown',
  yaml: 'yaml',
  yml: 'yaml',
  json: 'yaml',
  ign: 'yaml',
  bu: 'yaml',
  toml: 'toml',
  crontab: 'crontab',
};

const byPath: readonly (readonly [RegExp, FileKind])[] = [
  [dropIn, 'drop-in'],
  [unitName, 'unit'],
  [/(?:^|\/)go\.mod$/, 'go-mod'],
  [/(?:^|\/)puppet\.conf$/, 'puppet-conf'],
  [/(?:^|\/)cron\.d\/[\w-]+$/, 'system-crontab'],
  [/(?:^|\/)etc\/crontab$/, 'system-crontab'],
  [/(?:^|\/)crontab$/, 'crontab'],
  [/(?:^|\/)var\/spool\/cron\/(?:crontabs\/)?[\w-]+$/, 'crontab'],
  [/(?:^|\/)modules-load\.d\/[^/]+\.conf$/, 'modules-load'],
  [/(?:^|\/)etc\/modules$/, 'modules-load'],
  [/(?:^|[/._-])daemon\.json$/, 'docker-daemon'],
  [/(?:^|\/)modprobe\.d\/[^/]+\.conf$/, 'modprobe'],
  [/(?:^|\/)sysctl\.d\/[^/]+\.conf$/, 'sysctl'],
  [/(?:^|[/._-])sysctl\.conf$/, 'sysctl'],
  [/(?:^|\/)default\/grub$/, 'grub-default'],
  [/(?:^|\/)logind\.conf(?:\.d\/[^/]+\.conf)?$/, 'logind-conf'],
  [/(?:^|\/)fstab$/, 'fstab'],
  [/(?:^|\/)zram-generator\.conf(?:\.d\/[^/]+\.conf)?$/, 'zram-generator'],
  [/(?:^|\/)preferences\.d\/[\w.-]+$/, 'apt-preferences'],
  [/(?:^|\/)(?:kubelet\.conf|config\.json)\.d\/[^/]+\.conf$/, 'yaml'],
  [/(?:^|\/)(?:sysconfig|default)\/kubelet(?:\.(?:j2|jinja2?|tmpl|tpl))?$/, 'environment-file'],
  [/(?:^|\/)(?:kubeadm-flags|kubelet)\.env(?:\.v\d\w*)?(?:\.(?:j2|jinja2?|tmpl|tpl))?$/, 'environment-file'],
  [/\.(?:ya?ml|json)\.(?:j2|jinja2?|tmpl|tpl|gotmpl)$/, 'yaml'],
];

/** Endings of all that `byPath` tells by its place and name, but for what lies in `preferences.d`; most files have others. */
const placed = new Set([...['', 'conf', 'env', 'json', 'mod'], ...unitTypes.split('|'), ...templateEndings.split('|')]);

/** What a Puppet module has for its manifests, and scripts that units run: read only when something names it. */
const moduleFile = /(?:^|\/)(?:(?:templates|files)\/|s?bin\/[\w.@-]+$)|\.sh$/;

/** Whether a path is that of a template of a Puppet module, or of a file that one copies to the node. */
export function isModuleFile(path: string): boolean {
  return /(?:^|\/)(?:templates|files)\//.test(path);
}

/** What a file is by its path; `undefined` for what no loader reads. */
export function fileKind(path: string): FileKind | undefined {
  const dot = path.lastIndexOf('.');
  const ending = dot > path.lastIndexOf('/') ? path.slice(dot + 1) : '';
  if (ending === 'go') return 'go';
  if (placed.has(ending) || /^v\d/.test(ending) || path.includes('preferences.d/'))
    for (const [pattern, kind] of byPath) if (pattern.test(path)) return kind;
  // A manifest among the templates of a module is a template of one.
  if (/(?:^|\/)templates\/(?:.*\/)?[^/]*\.pp$/.test(path)) return 'module-file';
  if (Object.hasOwn(byExtension, ending)) return byExtension[ending];
  return moduleFile.test(path) ? 'module-file' : undefined;
}
