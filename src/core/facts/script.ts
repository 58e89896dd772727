import type { Span } from '../span.ts';
import type { Answer, Template } from '../template.ts';

/** A shell script that the configuration puts on the node; what runs it is a `command` fact with its path as the command. */
export interface ScriptFact {
  readonly kind: 'script';
  /** The whole text. */
  readonly span: Span;
  /** On the node: `/usr/local/bin/report`. */
  readonly path: string;
  /** The simple commands in it, as in `command` facts. */
  readonly commands: readonly ScriptCommand[];
}

export interface ScriptCommand {
  readonly span: Span;
  readonly words: readonly Template[];
  /** Whether it runs each time the script runs. */
  readonly always: Answer;
}

export interface ScriptFacts {
  script: ScriptFact;
}
