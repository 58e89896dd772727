/**
 * Facts of earlier runs, by file. What is kept is believed only if this user's fleetlint of the same build wrote it (`sign.ts`), and only for a
 * file with the content that it was made from. All of it is one file, replaced at once: runs beside each other lose no more than
 * what the other has added.
 */
import { createHash, randomUUID } from 'node:crypto';
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
import type { FactCache, FileInput, FileState, Joint, KeptFacts, Sight } from '../session.ts';
import { cacheFolder } from './folder.ts';
import { signatureOf, verified, type Key } from './sign.ts';

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
  /** By `companion`. */
  own: Kept | undefined;
  companion: Kept | undefined;
  /** Whether it was looked at in this run. */
  seen: boolean;
}

interface Kept {
  readonly read: boolean;
  readonly ignores: boolean;
  /** Facts and notices, serialised; empty if there are none of both. */
  readonly bytes: Uint8Array;
  /** Text. */
  readonly head: Uint8Array | undefined;
}

interface KeptJoint {
  /** Digest of everything that it was made from. */
  readonly key: string;
  readonly bytes: Uint8Array;
  seen: boolean;
}

/** A file as the index lists it: of each of the two kept, `read` and `ignores` as bits (-1 if there is none), and the lengths of its bytes and of its head (-1 if there is none). */
type Row = readonly [
  path: string,
  digest: string,
  size: number,
  modified: number,
  changed: number,
  inode: number,
  own: number,
  ownLength: number,
  ownHead: number,
  companion: number,
  companionLength: number,
  companionHead: number,
];

interface Index {
  readonly files: readonly Row[];
  readonly joints: readonly (readonly [name: string, key: string, length: number])[];
}

const empty = new Uint8Array();

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
    const state = input.path.startsWith('../') ? undefined : input.state?.();
    if (state === undefined) return undefined;
    let content: Uint8Array | undefined;
    const before = files.get(input.path);
    let known: Known;
    if (before?.state !== undefined && isSame(before.state, state)) known = before;
    else {
      content = bytesOf(input);
      known = learn(input.path, content, state);
    }
    known.seen = true;
    return {
      get digest() {
        return known.digest;
      },
      read: () => {
        // It was not read, as it looked the same; now that it is, what it says belongs to the content that it has.
        if (content === undefined) {
          content = bytesOf(input);
          known = learn(input.path, content, undefined);
        }
        return content;
      },
      kept: (companion) => {
        const kept = companion ? known.companion : known.own;
        if (kept === undefined) return undefined;
        const { facts, notices } =
          kept.bytes.length === 0
            ? { facts: [], notices: [] }
            : (deserialize(kept.bytes) as Pick<KeptFacts, 'facts' | 'notices'>);
        const { head, read, ignores } = kept;
        const text = head === undefined ? {} : { head: () => Buffer.from(head).toString() };
        return { facts, notices, read, ignores, ...text };
      },
      keep: (companion, { facts, notices, read, ignores, head }) => {
        const bytes = facts.length + notices.length === 0 ? empty : serialize({ facts, notices });
        known[companion ? 'companion' : 'own'] = { read, ignores, bytes, head: head && Buffer.from(head()) };
        isStale = true;
      },
    };
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
      if (isStale) write(root, folder, build, key, files, joints);
    },
  };
}

function bytesOf(input: FileInput): Uint8Array {
  const content = input.read();
  return typeof content === 'string' ? Buffer.from(content) : content;
}

function digestOf(content: Uint8Array | string): string {
  return createHash('sha256').update(content).digest('base64');
}

function isSame(one: FileState, other: FileState): boolean {
  return (
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
    const length = content.readUInt32LE(0);
    const index = JSON.parse(content.toString('utf8', 4, 4 + length)) as Index;
    let at = 4 + length;
    const take = (size: number): Uint8Array => content.subarray(at, (at += size));
    const kept = (bits: number, size: number, head: number): Kept | undefined =>
      bits < 0
        ? undefined
        : {
            read: (bits & 1) !== 0,
            ignores: (bits & 2) !== 0,
            bytes: take(size),
            head: head < 0 ? undefined : take(head),
          };
    for (const [
      path,
      digest,
      size,
      modified,
      changed,
      inode,
      own,
      ownSize,
      ownHead,
      companion,
      companionSize,
      companionHead,
    ] of index.files) {
      const state = size < 0 ? undefined : { size, modified, changed, inode };
      files.set(path, {
        digest,
        state,
        own: kept(own, ownSize, ownHead),
        companion: kept(companion, companionSize, companionHead),
        seen: false,
      });
    }
    for (const [name, jointKey, size] of index.joints)
      joints.set(name, { key: jointKey, bytes: take(size), seen: false });
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
function write(
  root: string,
  folder: string,
  build: string,
  key: Key,
  files: ReadonlyMap<string, Known>,
  joints: ReadonlyMap<string, KeptJoint>,
): void {
  const index: { files: Row[]; joints: (readonly [string, string, number])[] } = { files: [], joints: [] };
  const blobs: Uint8Array[] = [];
  const bits = (kept: Kept | undefined): number =>
    kept === undefined ? -1 : (kept.read ? 1 : 0) + (kept.ignores ? 2 : 0);
  const put = (kept: { readonly bytes: Uint8Array } | undefined): number => {
    if (kept === undefined) return 0;
    blobs.push(kept.bytes);
    return kept.bytes.length;
  };
  const putHead = (kept: Kept | undefined): number => (kept?.head === undefined ? -1 : put({ bytes: kept.head }));
  for (const [path, { digest, state, own, companion, seen }] of files) {
    if (!seen && !isThere(join(root, path))) continue;
    const { size, modified, changed, inode } = state ?? { size: -1, modified: 0, changed: 0, inode: 0 };
    index.files.push([
      path,
      digest,
      size,
      modified,
      changed,
      inode,
      bits(own),
      put(own),
      putHead(own),
      bits(companion),
      put(companion),
      putHead(companion),
    ]);
  }
  for (const [name, joint] of joints) {
    if (joint.seen || isThere(join(root, name.slice(name.indexOf(':') + 1))))
      index.joints.push([name, joint.key, put(joint)]);
  }
  const text = Buffer.from(JSON.stringify(index));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(text.length);
  const temporary = join(folder, `${cacheFile}.${randomUUID()}`);
  try {
    mkdirSync(folder, { recursive: true });
    if (!lstatSync(folder).isDirectory()) return;
    writeIfMissing(
      join(folder, '.gitignore'),
      '# What fleetlint keeps between runs; it may be deleted at any time.\n*\n',
    );
    const parts = [length, text, ...blobs];
    const file = openSync(temporary, 'wx');
    try {
      for (const part of [signatureOf(parts, build, key), ...parts]) if (part.length > 0) writeFileSync(file, part);
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
