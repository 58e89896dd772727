import type { Diagnostic, PublishDiagnosticsParams } from 'vscode-languageserver';
import { posix } from 'node:path';
import type { Finding } from '../core/finding.ts';
import { lineIndexes } from '../core/line-index.ts';
import type { Notice } from '../core/notice.ts';
import { diagnosticOf } from './diagnostics.ts';
import type { RuleEntry } from '../rules/entry.ts';
import { absolutePath, uriOfPath } from './uri.ts';

/** A file of the session, as `src/session.ts` takes it. */
export interface WorkspaceFile {
  /** Relative to the root, with `/`. */
  readonly path: string;
  readonly scope?: string;
  read(): Uint8Array | string;
}

/** The part of a session that the language server needs. */
export interface WorkspaceSession {
  update(files: readonly WorkspaceFile[]): void;
  remove(paths: readonly string[]): void;
  run(): Promise<{ readonly findings: readonly Finding[]; readonly notices: readonly Notice[] }>;
  text(path: string): string | undefined;
}

export interface WorkspaceServices {
  createSession(root: string): WorkspaceSession;
  /** Files under a root; paths are relative to it. A file named by itself is taken whatever ignores it. */
  discover(root: string, paths: readonly string[]): Promise<{ readonly files: readonly WorkspaceFile[] }>;
  /** The repository that a file belongs to, whether it is on disk or not. */
  scopeOf(root: string, path: string): string;
  /** Version of fleetlint. */
  readonly version: string;
  /** Every rule, without its code. */
  readonly rules: readonly RuleEntry[];
  /** The page of a rule, Markdown. */
  page(rule: string): string;
  /** How long the editor must be quiet before a change is looked at, in milliseconds. */
  readonly delay: number;
}

/** What a workspace tells the editor. */
export interface WorkspaceEvents {
  /** Takes the diagnostics of an open file; not called where the editor asks for them. */
  readonly publish: ((message: PublishDiagnosticsParams) => void) | undefined;
  /** Says that diagnostics of open files may be others than those asked for, by a change outside the editor. */
  readonly refresh: () => void;
  readonly log: (message: string) => void;
  readonly showsRelated: boolean;
}

/** A file that is open in the editor. */
export interface OpenFile {
  readonly uri: string;
  readonly version: number;
  readonly text: string;
}

/** All files below one root: those on disk, and over them those open in the editor. */
export interface Workspace {
  readonly root: string;
  /** Takes the editor's text of a file, at opening and after each change. */
  show(path: string, file: OpenFile): void;
  /** Goes back to what is on disk. */
  hide(path: string): void;
  /** Looks again at what is on disk: a file was written, made or removed by somebody else. */
  touch(paths: readonly string[]): void;
  /** The diagnostics of an open file, with all changes so far taken in. */
  diagnostics(path: string): Promise<readonly Diagnostic[]>;
  /** All files that are known, on disk and open. */
  paths(): readonly string[];
  /** Says nothing more. */
  dispose(): void;
}

/**
 * Loads what is on disk and keeps the diagnostics of all open files up to date.
 *
 * Changes wait until the editor has been quiet for a moment and no run is under way; then they go into the session
 * together, so that findings and texts always belong to each other. A run whose result is already out of date says nothing.
 */
export function openWorkspace(root: string, services: WorkspaceServices, events: WorkspaceEvents): Workspace {
  const session = services.createSession(root);
  /** What was found on disk, open or not. */
  const onDisk = new Map<string, WorkspaceFile>();
  const open = new Map<string, OpenFile>();
  /** Paths that changed since the last run began. */
  const changed = new Set<string>();
  /** Paths whose diagnostics go out even if they are the same: an editor may have moved them with the text. */
  const due = new Set<string>();
  const published = new Map<string, string>();
  const incomplete = new Set<string>();
  /** Diagnostics of the open files, by the newest run. */
  let current: ReadonlyMap<string, readonly Diagnostic[]> = new Map();
  /** Those who wait for a run that has taken in all changes. */
  const waiting: (() => void)[] = [];
  let isUpToDate = false;
  let timer: NodeJS.Timeout | undefined;
  let isRunning = false;
  let isDisposed = false;
  let isSearched = false;

  function schedule(delay: number): void {
    isUpToDate = false;
    clearTimeout(timer);
    timer = setTimeout(() => void run(), delay);
  }

  async function run(): Promise<void> {
    if (isRunning || isDisposed) return;
    isRunning = true;
    try {
      if (!isSearched) await search();
      await takeChanges();
      const { findings, notices } = await session.run();
      logIncomplete(notices);
      if (changed.size === 0) publish(findings);
    } catch (error) {
      events.log(error instanceof Error ? (error.stack ?? error.message) : String(error));
    } finally {
      isRunning = false;
      if (changed.size > 0) schedule(waiting.length > 0 ? 0 : services.delay);
      else {
        isUpToDate = true;
        for (const go of waiting.splice(0)) go();
      }
    }
  }

  async function search(): Promise<void> {
    isSearched = true;
    const { files } = await services.discover(root, ['.']);
    for (const file of files) onDisk.set(file.path, file);
    session.update(files);
  }

  async function takeChanges(): Promise<void> {
    const paths = [...changed];
    changed.clear();
    for (const path of paths) {
      const file = open.get(path);
      if (file === undefined) await readAgain(path);
      else session.update([overlay(path, file.text)]);
    }
  }

  function overlay(path: string, text: string): WorkspaceFile {
    const base = onDisk.get(path) ?? { path, scope: services.scopeOf(root, path) };
    return { path, ...(base.scope === undefined ? {} : { scope: base.scope }), read: () => text };
  }

  /** A file that was not there before may be ignored, so its folder is asked for it; one that was may be gone. */
  async function readAgain(path: string): Promise<void> {
    const { files } = await services.discover(root, [onDisk.has(path) ? path : posix.dirname(path)]);
    const file = files.find((candidate) => candidate.path === path);
    if (file === undefined) {
      onDisk.delete(path);
      session.remove([path]);
    } else {
      onDisk.set(path, file);
      session.update([file]);
    }
  }

  function logIncomplete(notices: readonly Notice[]): void {
    for (const notice of notices) {
      const text = `${notice.file ?? root}: ${notice.message}`;
      if (notice.incomplete !== true || incomplete.has(text)) continue;
      incomplete.add(text);
      events.log(text);
    }
  }

  function publish(findings: readonly Finding[]): void {
    if (isDisposed) return;
    const context = {
      lines: lineIndexes((file) => session.text(file)),
      uri: (file: string) => open.get(file)?.uri ?? uriOfPath(absolutePath(root, file)),
      version: services.version,
      showsRelated: events.showsRelated,
    };
    const found = new Map<string, readonly Diagnostic[]>();
    let toldOthers = false;
    for (const [path, { uri, version }] of open) {
      const diagnostics = findings
        .filter((finding) => finding.span.file === path)
        .map((finding) => diagnosticOf(finding, context));
      found.set(path, diagnostics);
      const text = JSON.stringify(diagnostics);
      if (published.get(path) === text && !due.has(path)) continue;
      // The editor asks for the files it has changed by itself; for others it must be told.
      if (published.get(path) !== text && !due.has(path)) toldOthers = true;
      published.set(path, text);
      events.publish?.({ uri, version, diagnostics });
    }
    if (toldOthers) events.refresh();
    current = found;
    due.clear();
  }

  schedule(0);
  return {
    root,
    show(path, file) {
      const isNew = !open.has(path);
      open.set(path, file);
      changed.add(path);
      due.add(path);
      schedule(isNew ? 0 : services.delay);
    },
    hide(path) {
      const file = open.get(path);
      if (file === undefined) return;
      open.delete(path);
      published.delete(path);
      changed.add(path);
      events.publish?.({ uri: file.uri, diagnostics: [] });
      schedule(services.delay);
    },
    touch(paths) {
      const outside = paths.filter((path) => !open.has(path));
      for (const path of outside) changed.add(path);
      if (outside.length > 0) schedule(services.delay);
    },
    async diagnostics(path) {
      if (!isUpToDate && !isDisposed) {
        if (!isRunning) schedule(0);
        await new Promise<void>((resolve) => waiting.push(resolve));
      }
      return current.get(path) ?? [];
    },
    paths: () => [...new Set([...onDisk.keys(), ...open.keys()])],
    dispose() {
      isDisposed = true;
      for (const go of waiting.splice(0)) go();
      clearTimeout(timer);
    },
  };
}
