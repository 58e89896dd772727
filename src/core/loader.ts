import type { Fact } from './fact.ts';
import type { SourceFile } from './source-file.ts';

/** A format: turns text into facts. It knows nothing of incidents, other files or the file system. */
export interface Loader {
  /** Loads what this file needs besides the loader itself; awaited before `facts` and `ast`. */
  prepare?(file: SourceFile): Promise<void>;
  /** The statements the file makes, in the order of the text. Never throws for bad input: that is a `syntax.error` fact. */
  facts(file: SourceFile): readonly Fact[];
  /** What was read, as plain JSON, for `fleetlint ast`. */
  ast(file: SourceFile): unknown;
}
