import { statSync, type Stats } from 'node:fs';
import { isAbsolute, resolve, sep } from 'node:path';
import type { FileKind } from '../core/source-file.ts';
import type { FileInput, FileState, Look } from '../session.ts';
import { glanceAt, lookAt, readWhole } from './read-file.ts';

/** Where a file is, for a session. */
export type Location = Required<Pick<FileInput, 'path' | 'scope' | 'repositoryPath'>> & Pick<FileInput, 'kind'>;

/** A file on the disk. A large tree has very many, so each holds little. */
export class DiskFile implements FileInput {
  readonly path: string;
  readonly scope: string;
  readonly repositoryPath: string;
  readonly kind: FileKind | undefined;
  readonly link?: string;
  readonly context?: boolean;
  readonly #root: string;

  /** @param root absolute path that the path is relative to */
  constructor(root: string, { path, scope, repositoryPath, kind }: Location, link?: string, isContext = false) {
    this.path = path;
    this.scope = scope;
    this.repositoryPath = repositoryPath;
    this.kind = kind;
    this.#root = root;
    if (link !== undefined) this.link = link;
    if (isContext) this.context = true;
  }

  #absolute(): string {
    // Most lie below, which needs no look at each part.
    const isBelow = !this.path.startsWith('../') && !isAbsolute(this.path);
    return isBelow ? this.#root + sep + this.path : resolve(this.#root, this.path);
  }

  read(): Uint8Array {
    return readWhole(this.#absolute());
  }

  glance(): Uint8Array {
    return glanceAt(this.#absolute());
  }

  look(): Look {
    const { bytes, stats } = lookAt(this.#absolute());
    return { bytes, state: stateOf(stats) };
  }

  state(): FileState | undefined {
    const stats = statSync(this.#absolute(), { throwIfNoEntry: false });
    return stats?.isFile() === true ? stateOf(stats) : undefined;
  }
}

function stateOf({ size, mtimeMs, ctimeMs, ino }: Stats): FileState {
  return { size, modified: mtimeMs, changed: ctimeMs, inode: ino };
}
