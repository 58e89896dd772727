/** What the path of a unit file, drop-in or link says of it. */
import type { UnitFileFact, UnitLayer, UnitLinkFact, UnitPlace, UnitType } from './facts/systemd.ts';

const unitTypes: ReadonlySet<string> = new Set<UnitType>([
  'service',
  'socket',
  'device',
  'mount',
  'automount',
  'swap',
  'target',
  'path',
  'timer',
  'slice',
  'scope',
]);

/** A unit file or drop-in, as far as its path tells. */
export type UnitLocation = UnitPlace & Pick<UnitFileFact, 'role' | 'fileName'>;

const layers: readonly (readonly [directory: string, layer: UnitLayer])[] = [
  ['etc/', 'etc'],
  ['run/', 'run'],
  ['usr/local/lib/', 'usr-local'],
  ['usr/lib/', 'usr'],
  ['lib/', 'lib'],
];

/** The type that a unit's name ends in; `undefined` for what is no unit name. */
export function unitTypeOf(name: string): UnitType | undefined {
  const ending = name.slice(name.lastIndexOf('.') + 1);
  return unitTypes.has(ending) ? (ending as UnitType) : undefined;
}

/** Endings that template engines and build tools take off: Jinja, ERB, EPP, Go, autoconf, CMake and Meson. */
const templateEnding = /\.(?:j2|jinja2?|erb|epp|in|tmpl|tpl|gotmpl|template|mustache)$/;

/** The path without the ending that says that something fills the file in: `foo.service` of `foo.service.j2`. */
export function withoutTemplateEnding(path: string): string {
  return path.replace(templateEnding, '');
}

/**
 * Reads the place from a path with `/`, of this tree or of a node. `undefined`: neither `NAME.TYPE` nor
 * `NAME.TYPE.d/FILE.conf` nor `TYPE.d/FILE.conf`, each perhaps with the ending of a template.
 */
export function unitLocation(path: string): UnitLocation | undefined {
  const parts = withoutTemplateEnding(path).split('/');
  const fileName = nameOnNode(parts.pop() ?? '', parts.at(-1));
  const parent = parts.at(-1) ?? '';
  const isDropIn = parent.endsWith('.d') && fileName.endsWith('.conf');
  const unit = isDropIn ? parent.slice(0, -2) : fileName;
  const type = unitTypeOf(unit);
  if (type === undefined || (!isDropIn && !unit.includes('.', 1))) return undefined;
  if (isDropIn) parts.pop();
  const directory = parts.length === 0 ? '' : `${parts.join('/')}/`;
  const place = directoryPlace(directory);
  if (place.layer === 'other' && !isDropIn && isOverride.test(unit)) return undefined;
  return { ...place, unit, type, role: isDropIn ? 'drop-in' : 'unit', fileName };
}

/** What is called so outside of systemd's directories is a drop-in under another name: `sssd.override.service`. */
const isOverride = /(?:^|[._-])override\.[a-z]+$/;

/** debhelper installs `debian/PACKAGE.NAME.service` as `NAME.service` (dh_installsystemd(1)). */
function nameOnNode(fileName: string, parent: string | undefined): string {
  if (parent !== 'debian') return fileName;
  const packaged = /^[a-z0-9][a-z0-9+.-]*\.([A-Za-z][\w:@-]*\.[a-z]+)$/.exec(fileName);
  return packaged?.[1] ?? fileName;
}

function directoryPlace(directory: string): Pick<UnitPlace, 'layer' | 'manager' | 'root'> {
  for (const manager of ['system', 'user'] as const) {
    for (const [prefix, layer] of layers) {
      const ending = `${prefix}systemd/${manager}/`;
      if (directory !== ending && !directory.endsWith(`/${ending}`)) continue;
      return { layer, manager, root: directory.slice(0, directory.length - ending.length) };
    }
  }
  return { layer: 'other', manager: directory.endsWith('systemd/user/') ? 'user' : 'system', root: directory };
}

/** The fact of a symbolic link; `undefined` for one that is not in the place of a unit or drop-in. */
export function unitLink(path: string, target: string): UnitLinkFact | undefined {
  const location = unitLocation(path);
  if (location === undefined) return undefined;
  return { kind: 'unit.link', span: { file: path, start: 0, end: 0 }, ...location, target };
}

const ownSections: ReadonlyMap<string, string> = new Map(
  [...unitTypes].map((type) => [type, type.charAt(0).toUpperCase() + type.slice(1)]),
);

/** The section that a type of unit has for itself: `Service`. Targets, slices and devices have one too, with little in it. */
export function sectionOf(type: UnitType): string {
  return ownSections.get(type) ?? type;
}

/** The sections that systemd reads in a unit of this type. */
export function unitSections(type: UnitType): readonly string[] {
  return ['Unit', sectionOf(type), 'Install'];
}

/** The name without its type that systemd gives a path: `mnt-a\x2db` of `/mnt/a-b` (systemd-escape(1)). */
export function escapePath(path: string): string {
  const parts = path.split('/').filter((part) => part !== '');
  if (parts.length === 0) return '-';
  const bytes = new TextEncoder().encode(parts.join('/'));
  return Array.from(bytes, (byte, index) => {
    const character = String.fromCharCode(byte);
    if (character === '/') return '-';
    if (/[A-Za-z0-9:_]/.test(character) || (character === '.' && index > 0)) return character;
    return `\\x${byte.toString(16).padStart(2, '0')}`;
  }).join('');
}
