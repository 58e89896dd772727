import type { Span } from '../span.ts';
import type { Template } from '../template.ts';

export type UnitType =
  'service' | 'socket' | 'device' | 'mount' | 'automount' | 'swap' | 'target' | 'path' | 'timer' | 'slice' | 'scope';

/**
 * Which directory of systemd's load path a unit lies in, strongest first: /etc/systemd/system, /run/systemd/system,
 * /usr/local/lib/systemd/system, /usr/lib/systemd/system, /lib/systemd/system. `other`: a directory that says nothing of it.
 */
export type UnitLayer = 'etc' | 'run' | 'usr-local' | 'usr' | 'lib' | 'other';

/** Where a unit, drop-in or link stands in a tree. */
export interface UnitPlace {
  /** Name the file has or belongs to: `foo.service`, `foo@.service`; for a drop-in also a prefix `foo-.service` or a type `service`. */
  readonly unit: string;
  readonly type: UnitType;
  readonly layer: UnitLayer;
  /** Units of the system manager and those of users' managers never mix. */
  readonly manager: 'system' | 'user';
  /**
   * Directory, with a `/` at its end or empty, in which the load path begins: `roles/a/files/` of
   * `roles/a/files/etc/systemd/system/foo.service`; for layer `other` the directory that holds the unit or the `NAME.d`.
   */
  readonly root: string;
}

/** One unit file or drop-in, also one inside another file. */
export interface UnitFileFact extends UnitPlace {
  readonly kind: 'unit.file';
  /** The whole text. */
  readonly span: Span;
  /** Names this text in all its facts: the path, or `path#offset` for a unit inside another file. */
  readonly document: string;
  readonly role: 'unit' | 'drop-in';
  /** Drop-ins are sorted by it: `10-limits.conf`. Of a unit, its own name. */
  readonly fileName: string;
  /** No text at all: systemd takes the unit as masked. */
  readonly masks: boolean;
  /** `false`: some line is unknown (a hole may be any line), so nothing can be said of what is absent. */
  readonly complete: boolean;
}

/** One `Key=value` line of a known section or of an unknown one, with its continuation lines. */
export interface UnitAssignmentFact {
  readonly kind: 'unit.assignment';
  /** The whole assignment, without the blanks around it. */
  readonly span: Span;
  readonly document: string;
  /** As in the `unit.file` fact of the same document. */
  readonly unit: string;
  /** Without brackets: `Service`. */
  readonly section: string;
  readonly key: string;
  /** Continuations joined, outer blanks stripped; quotes, specifiers and variables untouched. */
  readonly value: Template;
  readonly valueSpan: Span;
  readonly empty: boolean;
}

/** What systemd would say of a line, and of no rule's making. */
export type UnitProblem =
  | 'invalid-section-header'
  | 'unsafe-section-header'
  | 'invalid-utf8'
  | 'line-too-long'
  | 'missing-equals'
  | 'missing-key'
  | 'assignment-outside-section'
  | 'text-outside-section'
  | 'unknown-section'
  | 'nul-character'
  | 'blank-after-backslash'
  | 'comment-in-continuation';

/** A line that systemd refuses (`fatal`: it reads no further and the unit does not load) or skips. */
export interface UnitProblemFact {
  readonly kind: 'unit.problem';
  readonly span: Span;
  readonly document: string;
  readonly unit: string;
  readonly problem: UnitProblem;
  /** Of an unknown section, without brackets. */
  readonly section?: string;
  readonly fatal: boolean;
  /** A sentence that ends in a period. */
  readonly message: string;
}

/** A symbolic link in the place of a unit or drop-in: an alias, or a mask when it leads to /dev/null. `unitLink` makes it. */
export interface UnitLinkFact extends UnitPlace {
  readonly kind: 'unit.link';
  readonly role: 'unit' | 'drop-in';
  readonly fileName: string;
  /** The link's path as `file`, with an empty range. */
  readonly span: Span;
  /** As the link has it: `/dev/null`, `../foo.service`, `/usr/lib/systemd/system/foo.service`. */
  readonly target: string;
}

/** A D-Bus activation file (`/usr/share/dbus-1/system-services/*.service`). */
export interface DbusServiceFact {
  readonly kind: 'dbus.service';
  /** The whole text. */
  readonly span: Span;
  /** Bus name; `undefined` when it is missing or unknown. */
  readonly name: string | undefined;
  readonly nameSpan?: Span;
  /** Unit that systemd starts for it, often an alias (`dbus-org.freedesktop.hostname1.service`). Without it dbus-daemon starts `exec` itself. */
  readonly systemdService?: string;
  readonly systemdServiceSpan?: Span;
  readonly exec?: Template;
  readonly user?: string;
}

export interface SystemdFacts {
  'unit.file': UnitFileFact;
  'unit.assignment': UnitAssignmentFact;
  'unit.problem': UnitProblemFact;
  'unit.link': UnitLinkFact;
  'dbus.service': DbusServiceFact;
}
