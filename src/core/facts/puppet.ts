import type { Program } from '../puppet-ast.ts';
import type { Span } from '../span.ts';
import type { Template } from '../template.ts';

/** A line of puppet.conf. */
export interface PuppetSettingFact {
  readonly kind: 'puppet.setting';
  /** The whole line, without the blanks around it. */
  readonly span: Span;
  /** `main` for what stands before the first section. */
  readonly section: string;
  readonly key: string;
  readonly value: Template;
}

/** A file of the tree that a resource copies to the node: what it says holds at its place there, not at the one in the tree. */
export interface PuppetDeployedFact {
  readonly kind: 'puppet.deployed';
  /** The resource. */
  readonly span: Span;
  /** The file of the tree. */
  readonly path: string;
  /** On the node; holes as they stand in the source. */
  readonly destination: string;
}

/** Not all that a manifest says was worked out. */
export interface PuppetLimitFact {
  readonly kind: 'puppet.limit';
  /** The beginning of the manifest. */
  readonly span: Span;
  /** What was left out, as a sentence. */
  readonly message: string;
}

/** A `service` resource: what Puppet sees to at each run. */
export interface PuppetServiceFact {
  readonly kind: 'puppet.service';
  /** The title. */
  readonly span: Span;
  /** As in the resource, so perhaps without `.service`. */
  readonly name: string;
  /** Whether it is to run; `undefined` if that is left alone or not known. */
  readonly running: boolean | undefined;
  /** Whether it is to start at boot. */
  readonly enabled: boolean | 'mask' | 'manual' | undefined;
}

/** A `schedule` resource: when Puppet may apply the resources that name it. */
export interface PuppetScheduleFact {
  readonly kind: 'puppet.schedule';
  /** The resource. */
  readonly span: Span;
  readonly name: string;
  /** `hourly`, `daily`, `weekly`, `monthly` or `never`; `undefined` if each run may apply them. */
  readonly period: string | undefined;
  /** How many times in a period. */
  readonly repeat: number;
  /** Hours of the day, such as `22:00 - 04:00`; empty for all. */
  readonly ranges: readonly string[];
  /** Days of the week as Puppet takes them (`Sat`, `6`); empty for all. */
  readonly weekdays: readonly string[];
  /** Whether all that the resource says is known. */
  readonly complete: boolean;
}

/** What modprobe is told of a kernel module besides its options, which are `kernel.module-option` facts. */
export interface ModprobeFact {
  readonly kind: 'kernel.module-setting';
  /** The resource's title. */
  readonly span: Span;
  /** With `_`, never `-`. */
  readonly module: string;
  readonly directive: 'blacklist' | 'install' | 'alias';
  /** The command of `install`; `undefined` where the directive takes none. */
  readonly value: Template | undefined;
}

/** A manifest as it is parsed; what its resources say comes of the evaluation of all manifests together. */
export interface PuppetManifestFact {
  readonly kind: 'puppet.manifest';
  /** The whole text. */
  readonly span: Span;
  readonly path: string;
  readonly text: string;
  /** The syntax tree: plain data. */
  readonly program: Program;
}

export interface PuppetFacts {
  'puppet.manifest': PuppetManifestFact;
  'puppet.setting': PuppetSettingFact;
  'puppet.deployed': PuppetDeployedFact;
  'puppet.limit': PuppetLimitFact;
  'puppet.service': PuppetServiceFact;
  'puppet.schedule': PuppetScheduleFact;
  'kernel.module-setting': ModprobeFact;
}
