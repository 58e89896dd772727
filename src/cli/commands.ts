/** The commands, as one chunk: what they share is read once, and the start of the command line stays small. */
export { ast } from './ast.ts';
export { environmentInfo } from './env-info.ts';
export { completion } from './completion.ts';
export { explain } from './explain.ts';
export { facts } from './facts.ts';
export { init } from './init.ts';
export { lint } from './lint.ts';
export { listRules } from './rules.ts';
export { trace } from './trace.ts';
