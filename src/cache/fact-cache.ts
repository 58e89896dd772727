/**
 * Facts of earlier runs, by file. What is kept is believed only if this user's fleetlint of the same build wrote it (`sign.ts`), and only for a
 * file with the content that it was made from. All of it is one file, replaced at once: runs beside each other lose no more than
 * what the other has added.
 */
import { hash, randomUUID } from 'node:crypto';
import {
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  closeSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  constants,
} from 'node:fs';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import type { FactCache, FileInput, FileState, Joint, KeptFacts, Look, Sight } from '../session.ts';
import { cacheFolder } from './folder.ts';
import { RecordReader, RecordWriter } from './records.ts';
import { verified, type Key } from './sign.ts';

const cacheFile = 'facts';

/**
 * A file that changed less than so long before it was looked at may change again without a sign of it: file systems count time
 * in steps, up to two seconds. Milliseconds.
 */
const settlingTime = 2500;

/** No run takes so long to write. Milliseconds. */
const leftoverAge = 3_600_000;

/** What is known of a file by its path. */
interface Known {
  /** SHA-256 of its content. */
  digest: string;
  /** How it looked when it had that content; `undefined` if it might have changed since without looking different. */
  state: FileState | undefined;
  own: Kept | undefined;
  companion: Kept | undefined;
  /** Whether it was looked at in this run. */
  seen: boolean;
}

interface Kept {
  readonly read: boolean;
  readonly ignores: boolean;
  readonly head: string;
  /** Of a companion. */
  readonly leftOut: string;
  /** Facts and notices, serialised; empty if there are none of both. */
  readonly bytes: Uint8Array;
}

type Told = Pick<KeptFacts, 'facts' | 'notices'>;

interface KeptJoint {
  /** Digest of everything that it was made from. */
  readonly key: string;
  readonly bytes: Uint8Array;
  seen: boolean;
}

const empty = new Uint8Array();

/** Characters of a SHA-256 in base64. */
const digestLength = 44;

/** Stands for no state in the file. */
const unknown: FileState = { size: -1, modified: 0, changed: 0, inode: 0 };

/**
 * Reads what earlier runs have kept; nothing where there is nothing or where it cannot be believed.
 *
 * @param root absolute path of the working directory
 * @param build what tells this build of fleetlint from all others
 */
export function openCache(root: string, build: string, key: Key): FactCache & { save(): void } {
  const folder = join(root, cacheFolder);
  const { files, joints } = read(folder, build, key);
  let isStale = false;

  const look = (input: FileInput): Sight | undefined => {
    // What lies elsewhere is not this folder's.
    if (input.path.startsWith('../')) return undefined;
    const before = files.get(input.path);
    if (before?.state !== undefined && isSame(before.state, input.state?.())) return sightOf(input, before);
    const now = lookAt(input);
    return now && sightOf(input, learn(input.path, now.bytes, now.state), now.bytes);
  };

  /** @param content if it has been read already */
  const sightOf = (input: FileInput, first: Known, content?: Uint8Array): Sight => {
    let known = first;
    known.seen = true;
    const sight: { -readonly [Part in keyof Sight]: Sight[Part] } = {
      digest: known.digest,
      read: () => {
        if (content !== undefined) return content;
        // It was not read, as it looked the same; now that it is, what it says belongs to the content that it has.
        const bytes = bytesOf(input);
        known = learn(input.path, bytes, undefined);
        sight.digest = known.digest;
        return bytes;
      },
      kept: (leftOut) => {
        const kept = leftOut === undefined ? known.own : known.companion;
        if (kept === undefined || kept.leftOut !== (leftOut ?? '')) return undefined;
        const { read, ignores, head, bytes } = kept;
        const told = bytes.length === 0 ? { facts: [], notices: [] } : (deserialize(bytes) as Told);
        return { ...told, read, ignores, head };
      },
      keep: (leftOut, { facts, notices, read, ignores, head }) => {
        const bytes = facts.length + notices.length === 0 ? empty : serialize({ facts, notices });
        known[leftOut === undefined ? 'own' : 'companion'] = { read, ignores, head, leftOut: leftOut ?? '', bytes };
        isStale = true;
      },
    };
    return sight;
  };

  /** @param state as it was before it was read; `undefined` if it was read again since */
  const learn = (path: string, content: Uint8Array, state: FileState | undefined): Known => {
    const digest = digestOf(content);
    let known = files.get(path);
    const settled = state !== undefined && isSettled(state) ? state : undefined;
    if (known?.digest !== digest) {
      known = { digest, state: settled, own: undefined, companion: undefined, seen: true };
      files.set(path, known);
      isStale = true;
    } else if (settled !== undefined) {
      known.state = settled;
      isStale = true;
    }
    return known;
  };

  return {
    look,
    joint: (name, inputs) => {
      const joint = joints.get(name);
      if (joint?.key !== digestOf(inputs)) return undefined;
      joint.seen = true;
      return deserialize(joint.bytes) as Joint;
    },
    keepJoint: (name, inputs, value) => {
      joints.set(name, { key: digestOf(inputs), bytes: serialize(value), seen: true });
      isStale = true;
    },
    save: () => {
      if (isStale) write(root, folder, build, key, { files, joints });
    },
  };
}

/** `undefined` for what does not lie on the disk. */
function lookAt(input: FileInput): Look | undefined {
  if (input.look !== undefined) return input.look();
  const state = input.state?.();
  return state && { bytes: bytesOf(input), state };
}

function bytesOf(input: FileInput): Uint8Array {
  const content = input.look?.().bytes ?? input.read();
  return typeof content === 'string' ? Buffer.from(content) : content;
}

function digestOf(content: Uint8Array | string): string {
  return hash('sha256', content, 'base64');
}

function isSame(one: FileState, other: FileState | undefined): boolean {
  return (
    other !== undefined &&
    one.size === other.size &&
    one.modified === other.modified &&
    one.changed === other.changed &&
    one.inode === other.inode
  );
}

function isSettled({ modified, changed }: FileState): boolean {
  return Date.now() - Math.max(modified, changed) > settlingTime;
}

interface Content {
  readonly files: Map<string, Known>;
  readonly joints: Map<string, KeptJoint>;
}

function read(folder: string, build: string, key: Key): Content {
  const files = new Map<string, Known>();
  const joints = new Map<string, KeptJoint>();
  try {
    // Nothing outside the root is read: neither folder nor file may be a symbolic link.
    if (!lstatSync(folder).isDirectory()) return { files, joints };
    const content = verified(readOwn(join(folder, cacheFile)), build, key);
    if (content === undefined) return { files, joints };
    const records = new RecordReader(content);
    const kept = (bits: number): Kept | undefined =>
      bits < 0
        ? undefined
        : {
            read: (bits & 1) !== 0,
            ignores: (bits & 2) !== 0,
            head: records.text(),
            leftOut: records.text(),
            bytes: records.bytes(),
          };
    const [fileCount = 0, jointCount = 0] = records.numbers(2);
    for (let count = 0; count < fileCount; count++) {
      const name = records.text();
      const [size = -1, modified = 0, changed = 0, inode = 0, own = -1, companion = -1] = records.numbers(6);
      files.set(name.slice(digestLength), {
        digest: name.slice(0, digestLength),
        state: size < 0 ? undefined : { size, modified, changed, inode },
        own: kept(own),
        companion: kept(companion),
        seen: false,
      });
    }
    for (let count = 0; count < jointCount; count++)
      joints.set(records.text(), { key: records.text(), bytes: records.bytes(), seen: false });
    return { files, joints };
  } catch {
    // There is none, or it cannot be read: it is made anew.
    return { files: new Map(), joints: new Map() };
  }
}

/** A regular file that is no symbolic link. */
function readOwn(path: string): Buffer {
  const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    return readFileSync(file);
  } finally {
    closeSync(file);
  }
}

/** Writes beside it and renames, so that who reads at the same time sees the old or the new one. What cannot be written is not kept. */
function write(root: string, folder: string, build: string, key: Key, { files, joints }: Content): void {
  // What was not asked for in this run may be of another one, on another part of the tree.
  for (const [path, { seen }] of files) if (!seen && !isThere(join(root, path))) files.delete(path);
  for (const [name, { seen }] of joints)
    if (!seen && !isThere(join(root, name.slice(name.indexOf(':') + 1)))) joints.delete(name);
  const temporary = join(folder, `${cacheFile}.${randomUUID()}`);
  try {
    mkdirSync(folder, { recursive: true });
    if (!lstatSync(folder).isDirectory()) return;
    writeIfMissing(
      join(folder, '.gitignore'),
      '# What fleetlint keeps between runs; it may be deleted at any time.\n*\n',
    );
    const file = openSync(temporary, 'wx');
    try {
      const records = new RecordWriter(file, build, key);
      const bits = (kept: Kept | undefined): number =>
        kept === undefined ? -1 : (kept.read ? 1 : 0) + (kept.ignores ? 2 : 0);
      records.numbers(files.size, joints.size);
      for (const [path, { digest, state = unknown, own, companion }] of files) {
        records.text(digest + path);
        records.numbers(state.size, state.modified, state.changed, state.inode, bits(own), bits(companion));
        for (const kept of [own, companion]) {
          if (kept === undefined) continue;
          records.text(kept.head);
          records.text(kept.leftOut);
          records.bytes(kept.bytes);
        }
      }
      for (const [name, joint] of joints) {
        records.text(name);
        records.text(joint.key);
        records.bytes(joint.bytes);
      }
      records.end();
    } finally {
      closeSync(file);
    }
    renameSync(temporary, join(folder, cacheFile));
    removeLeftovers(folder);
  } catch {
    // It is only not kept.
  }
}

/** What runs have left that were stopped while they wrote. */
function removeLeftovers(folder: string): void {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (name.startsWith(`${cacheFile}.`) && Date.now() - lstatSync(path).mtimeMs > leftoverAge) rmSync(path);
  }
}

function writeIfMissing(path: string, text: string): void {
  try {
    writeFileSync(path, text, { flag: 'wx' });
  } catch {
    // It is there already.
  }
}

function isThere(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}
