import { posix } from 'node:path';
import type { Diagnostic, PublishDiagnosticsParams } from 'vscode-languageserver';
import { fileKind } from '../config/file-kind.ts';
import { isOwnFile } from '../config/own-files.ts';
import type { Finding } from '../core/finding.ts';
import { lineIndexes } from '../core/line-index.ts';
import type { Notice } from '../core/notice.ts';
import type { Model } from '../model/model.ts';
import type { RuleEntry } from '../rules/entry.ts';
import type { FileInput, Settings } from '../session.ts';
import { diagnosticOf, editorLines, withoutMark, type DiagnosticContext } from './diagnostics.ts';
import { absolutePath, pathWithin, uriOfPath } from './uri.ts';

/** A file of the session, as `src/session.ts` takes it. */
export type WorkspaceFile = FileInput;

/** The part of a session that the language server needs. */
export interface WorkspaceSession {
  configure(settings: Settings): void;
  update(files: readonly WorkspaceFile[]): void;
  remove(paths: readonly string[]): void;
  run(): Promise<{ readonly findings: readonly Finding[]; readonly notices: readonly Notice[] }>;
  models(): Promise<readonly Model[]>;
  text(path: string): string | undefined;
}

/** What is configured for the files of a root. */
export interface Configured {
  readonly settings: Settings;
  /** What is to be said of the configuration. */
  readonly notices: readonly Notice[];
  isIgnored(path: string): boolean;
  /** What is known of the nodes, as by `--fleet`. */
  readonly given: readonly WorkspaceFile[];
  /** Takes out what the baseline holds. */
  narrow(findings: readonly Finding[]): readonly Finding[];
  /** Whether a file that it was made from has been written since. */
  isStale(): boolean;
}

export interface WorkspaceServices {
  createSession(): WorkspaceSession;
  /** Files under a root; paths are relative to it. A file named by itself is taken whatever ignores it. */
  discover(
    root: string,
    paths: readonly string[],
    options?: { readonly context?: boolean; readonly again?: boolean },
  ): Promise<{ readonly files: readonly WorkspaceFile[] }>;
  /** What is known of a file by its path, whether it is on disk or not. */
  locate(root: string, path: string): Omit<WorkspaceFile, 'read'>;
  /**
   * What is configured for these files.
   *
   * @param openText the text of a file that is open in the editor, by its absolute path
   * @throws Error whose message tells the user what is wrong with a file
   */
  configure(
    root: string,
    paths: readonly string[],
    openText: (absolute: string) => string | undefined,
  ): Promise<Configured>;
  /** Whether such a file is on disk. */
  isFile(absolute: string): boolean;
  /** Version of fleetlint. */
  readonly version: string;
  /** Every rule, without its code. */
  readonly rules: readonly RuleEntry[];
  /** The page of a rule, Markdown. */
  page(rule: string): string;
  /** Where that page is. */
  pageUri(rule: string): string;
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
  /** Goes back to what is on disk. Returns whether other files are still open. */
  hide(path: string): boolean;
  /** Looks again at what is on disk: a file or folder was written, made or removed by somebody else. */
  touch(paths: readonly string[]): void;
  /** The diagnostics of an open file, with all changes so far taken in. */
  diagnostics(path: string): Promise<readonly Diagnostic[]>;
  /** The node as configured, by each repository, with all changes so far taken in. */
  models(): Promise<readonly Model[]>;
  /** What turns places of the files into those of the editor. */
  context(): DiagnosticContext;
  /** All files that are known, on disk and open. */
  paths(): readonly string[];
  /** Says nothing more. */
  dispose(): void;
}

export interface WorkspaceOptions {
  /** Only what is open counts, and what it cannot be judged without: for files outside all folders. */
  readonly onlyOpen?: boolean;
}

const nothingConfigured: Configured = {
  settings: { severityOf: () => undefined, optionsOf: () => ({}), configure: (finding) => finding },
  notices: [],
  isIgnored: () => false,
  given: [],
  narrow: (findings) => findings,
  isStale: () => false,
};

/**
 * Loads what is on disk and keeps the diagnostics of all open files up to date.
 *
 * Changes wait until the editor has been quiet for a moment and no run is under way; then they go into the session
 * together, so that findings and texts always belong to each other. A run whose result is already out of date says nothing.
 */
export function openWorkspace(
  root: string,
  services: WorkspaceServices,
  events: WorkspaceEvents,
  { onlyOpen = false }: WorkspaceOptions = {},
): Workspace {
  const session = services.createSession();
  /** What was found on disk, open or not. */
  const onDisk = new Map<string, WorkspaceFile>();
  const open = new Map<string, OpenFile>();
  /** Where those lie, which is not looked up at each keystroke. */
  const places = new Map<string, Omit<WorkspaceFile, 'read'>>();
  /** What the session has. */
  const held = new Set<string>();
  let configured = nothingConfigured;
  let isConfigured = false;
  /** Files that `configured` gives, in place of those of the tree. */
  let given: ReadonlyMap<string, WorkspaceFile> = new Map();
  /** Paths that changed since the last run began. */
  const changed = new Set<string>();
  /** Paths whose diagnostics go out even if they are the same: an editor may have moved them with the text. */
  const due = new Set<string>();
  const published = new Map<string, string>();
  const logged = new Set<string>();
  /** Diagnostics of the open files, by the newest run. */
  let current: ReadonlyMap<string, readonly Diagnostic[]> = new Map();
  let models: Promise<readonly Model[]> | undefined;
  /** Those who wait for a run that has taken in all changes. */
  const waiting: (() => void)[] = [];
  let isUpToDate = false;
  let timer: NodeJS.Timeout | undefined;
  let isRunning = false;
  let isDisposed = false;
  let isSearched = onlyOpen;

  function schedule(delay: number): void {
    isUpToDate = false;
    clearTimeout(timer);
    if (!isDisposed) timer = setTimeout(() => void run(), delay);
  }

  async function run(): Promise<void> {
    if (isRunning || isDisposed) return;
    isRunning = true;
    try {
      await models?.catch(() => undefined);
      models = undefined;
      if (!isSearched) await search();
      await takeChanges();
      if (!isConfigured || configured.isStale()) await configure();
      const { findings, notices } = await session.run();
      for (const { incomplete, file, message } of notices) if (incomplete === true) log(`${file ?? root}: ${message}`);
      if (changed.size === 0) publish(configured.narrow(findings));
    } catch (error) {
      events.log(error instanceof Error ? (error.stack ?? error.message) : String(error));
      // What was found before is of a text that is no more.
      if (changed.size === 0) publish([]);
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
  }

  async function takeChanges(): Promise<void> {
    const paths = [...changed];
    changed.clear();
    const asked = new Set<string>();
    for (const path of paths) {
      // A file in another folder, or one of the configuration itself, may change what is configured.
      if (isOwnFile(path) || given.has(path) || !(held.has(path) || onDisk.has(path))) isConfigured = false;
      if (!open.has(path) || (onlyOpen && !onDisk.has(path))) asked.add(path);
    }
    if (asked.size > 0) for (const path of await readAgain(asked)) hold(path);
    for (const path of paths) hold(path);
  }

  /** A file that was not there before may be ignored, so its folder is asked for it; one that was may be gone. */
  async function readAgain(asked: Set<string>): Promise<ReadonlySet<string>> {
    const searched = new Set<string>();
    for (const path of [...asked]) {
      if (onDisk.has(path) || onlyOpen) searched.add(path);
      else {
        searched.add(fileKind(path) === undefined ? path : posix.dirname(path));
        for (const below of onDisk.keys()) {
          if (!below.startsWith(`${path}/`)) continue;
          asked.add(below);
          searched.add(below);
        }
      }
    }
    const { files } = await services.discover(root, [...searched], { context: onlyOpen, again: true });
    const found = new Map(files.map((file) => [file.path, file]));
    for (const path of asked) if (!found.has(path)) onDisk.delete(path);
    for (const [path, file] of found) {
      if (onDisk.has(path) && !asked.has(path)) continue;
      onDisk.set(path, file);
      asked.add(path);
    }
    return asked;
  }

  /** What the session is to have at a path. */
  function fileAt(path: string): WorkspaceFile | undefined {
    if (isOwnFile(path)) return undefined;
    const fixed = given.get(path);
    if (fixed !== undefined || configured.isIgnored(path)) return fixed;
    const base = onDisk.get(path);
    const file = open.get(path);
    if (file === undefined) return onlyOpen && base?.context !== true ? undefined : base;
    const text = withoutMark(file.text);
    let place = places.get(path);
    if (place === undefined) places.set(path, (place = services.locate(root, path)));
    return { ...place, read: () => text };
  }

  function hold(path: string): void {
    const file = fileAt(path);
    if (file === undefined) {
      session.remove([path]);
      held.delete(path);
    } else {
      session.update([file]);
      held.add(path);
    }
  }

  async function configure(): Promise<void> {
    isConfigured = true;
    const paths = new Set([...onDisk.keys(), ...open.keys()]);
    try {
      configured = await services.configure(root, [...paths], (absolute) => {
        const path = pathWithin(root, absolute);
        return path === undefined ? undefined : open.get(path)?.text;
      });
    } catch (error) {
      // While it is being written, what held before goes on to hold.
      log(error instanceof Error ? error.message : String(error));
    }
    session.configure(configured.settings);
    for (const { file, message } of configured.notices) log(`${file ?? root}: ${message}`);
    const before = given;
    given = new Map(configured.given.map((file) => [file.path, file]));
    for (const path of new Set([...paths, ...before.keys(), ...given.keys()])) {
      const isGiven = before.has(path) || given.has(path);
      if (isGiven || held.has(path) !== (fileAt(path) !== undefined)) hold(path);
    }
  }

  /** Says the same once. */
  function log(text: string): void {
    if (logged.has(text) || isDisposed) return;
    logged.add(text);
    events.log(text);
  }

  function context(): DiagnosticContext {
    const closed = lineIndexes((file) => session.text(file));
    return {
      lines: (file) => {
        const shown = open.get(file);
        return shown === undefined ? closed(file) : editorLines(shown.text);
      },
      uri: (file) => open.get(file)?.uri ?? uriOfPath(absolutePath(root, file)),
      hasPage: (rule) => services.rules.some(({ id }) => id === rule),
      version: services.version,
      showsRelated: events.showsRelated,
    };
  }

  function publish(findings: readonly Finding[]): void {
    if (isDisposed) return;
    const places = context();
    const found = new Map<string, readonly Diagnostic[]>();
    let toldOthers = false;
    for (const [path, { uri, version }] of open) {
      const diagnostics = findings
        .filter((finding) => finding.span.file === path)
        .map((finding) => diagnosticOf(finding, places));
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

  async function upToDate(): Promise<void> {
    if (isUpToDate || isDisposed) return;
    if (!isRunning) schedule(0);
    await new Promise<void>((resolve) => waiting.push(resolve));
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
      if (open.delete(path)) {
        published.delete(path);
        places.delete(path);
        changed.add(path);
        schedule(services.delay);
      }
      return open.size > 0;
    },
    touch(paths) {
      const outside = paths.filter((path) => !open.has(path) && !/(?:^|\/)(?:\.git|node_modules)(?:\/|$)/.test(path));
      for (const path of outside) changed.add(path);
      if (outside.length > 0) schedule(services.delay);
    },
    async diagnostics(path) {
      await upToDate();
      return current.get(path) ?? [];
    },
    async models() {
      await upToDate();
      if (isRunning || isDisposed) return [];
      return await (models ??= session.models());
    },
    context,
    paths: () => [...new Set([...onDisk.keys(), ...open.keys()])],
    dispose() {
      isDisposed = true;
      for (const go of waiting.splice(0)) go();
      clearTimeout(timer);
    },
  };
}
