import type { Conditional } from './condition.ts';
import type { Span } from '../span.ts';
import type { Answer, Template } from '../template.ts';

/** One simple command, after `sudo`, `env`, `timeout`, `sh -c` and the like have been taken off. */
export interface CommandFact extends Conditional {
  readonly kind: 'command';
  readonly span: Span;
  /** Command name and arguments, unquoted. Never empty. `words[0]` may be a hole or a path. */
  readonly words: readonly Template[];
  /** File that its output is written to (`>`, `>>`), where a shell runs it. */
  readonly output?: Template;
  /**
   * Whether it runs each time its origin runs: `no` is never emitted for dead code, `unknown` stands for the right side of
   * `&&` and `||`, the branches of `if`, loops over unknown lists.
   */
  readonly always: Answer;
  readonly origin: CommandOrigin;
}

/** What makes a command run. The model turns an origin into a rate. */
export type CommandOrigin = PuppetExecOrigin | UnitOrigin | CronOrigin | LoopOrigin;

export interface PuppetExecOrigin {
  readonly type: 'puppet-exec';
  readonly title: string;
  /** Attribute that holds the command; `title` when the title is the command. */
  readonly attribute: 'command' | 'title' | 'unless' | 'onlyif' | 'refresh';
  /** The attribute's value, or the title: where a finding points. */
  readonly at: Span;
  /** The whole resource. */
  readonly resource: Span;
  /** Whether Puppet runs it at every agent run (puppet exec semantics: refreshonly, creates, unless, onlyif in this order). */
  readonly everyRun: Answer;
  /** Why `everyRun` is not `yes`, for `fleetlint trace`. */
  readonly because?: string;
  /** Name of the schedule that may keep Puppet from applying the exec at a run. */
  readonly schedule?: string;
  /** Which of several values that the attribute may have the command stands in. */
  readonly choice?: { readonly index: number; readonly count: number };
}

export interface UnitOrigin {
  readonly type: 'unit';
  /** The `document` of the unit file or drop-in: its path, unless it stands in another file. */
  readonly path: string;
  /** Unit the file belongs to. */
  readonly unit: string;
  /** `ExecStart`, `ExecStartPre` ... */
  readonly directive: string;
  readonly at: Span;
}

export interface CronOrigin {
  readonly type: 'cron';
  /** The entry: where a finding points. */
  readonly at: Span;
  /** Five fields or a nickname such as `@hourly`; `undefined` when a part of it is unknown. */
  readonly schedule: string | undefined;
  /** The schedule as it is written, for messages. */
  readonly written: string;
  /** Puppet `cron` resource with `ensure => absent`: never runs. */
  readonly absent?: boolean;
}

export interface LoopOrigin {
  readonly type: 'go-loop';
  readonly at: Span;
  /** Seconds between two rounds; `undefined` when unknown. */
  readonly intervalSeconds: number | undefined;
  /** The ticker or sleep that sets the pace. */
  readonly pace: Span;
}

export interface CommandFacts {
  command: CommandFact;
}
