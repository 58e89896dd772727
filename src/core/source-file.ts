/** What a file is, by its name and a look at its content. */
export type FileKind =
  | 'puppet'
  | 'puppet-conf'
  | 'module-file'
  | 'unit'
  | 'drop-in'
  | 'dbus-service'
  | 'environment-file'
  | 'yaml'
  | 'go'
  | 'go-mod'
  | 'markdown'
  | 'crontab'
  | 'system-crontab'
  | 'modules-load'
  | 'sysctl'
  | 'docker-daemon'
  | 'modprobe'
  | 'grub-default'
  | 'apt-preferences'
  | 'logind-conf'
  | 'fstab'
  | 'zram-generator'
  | 'toml'
  | 'fleet';

/** A file that a loader reads. Offsets count from after a byte order mark, in UTF-16 units. */
export interface SourceFile {
  /** Relative to the session's root, with `/`. */
  readonly path: string;
  readonly kind: FileKind;
  /** Without a byte order mark. */
  readonly text: string;
  /** Offset of the first byte sequence that is not UTF-8; it was read as U+FFFD. */
  readonly invalidUtf8At?: number;
  /** All it says is wanted, not only what matters by itself: other files may make it matter. */
  readonly companion?: boolean;
  /** What of a companion does not matter to the others, as the search for companions of its loader wrote it. */
  readonly leftOut?: string;
}
