import type { FileKind } from '../core/source-file.ts';
import { readIgnores, type Ignore } from '../core/suppress.ts';
import { mayMakeTransport } from '../loaders/go/prefilter.ts';
import { commentsOf } from './comments.ts';

/** The comments of a file that hold findings back. */
export async function ignoresOf(path: string, kind: FileKind, text: string): Promise<readonly Ignore[]> {
  // Documentation shows such comments in its examples; those that no rule would look at hold nothing back.
  if (kind === 'markdown' && !mayMakeTransport(text)) return [];
  return readIgnores(path, text, await commentsOf({ path, kind, text }));
}
