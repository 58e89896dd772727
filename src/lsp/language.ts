/** Answers what an editor asks about files: which workspace knows a file, and what is known of a place in it. */
import { dirname } from 'node:path';
import type {
  CodeAction,
  CodeActionParams,
  CompletionItem,
  CompletionParams,
  Connection,
  DefinitionParams,
  Diagnostic,
  DocumentSymbol,
  DocumentSymbolParams,
  ExecuteCommandParams,
  Hover,
  HoverParams,
  InitializeParams,
  Location,
  PublishDiagnosticsParams,
  WorkspaceFolder,
} from 'vscode-languageserver';
import { fileKind } from '../config/file-kind.ts';
import type { FileKind } from '../core/source-file.ts';
import { rulePageUrl } from '../reporters/rule-page-url.ts';
import { codeActions } from './actions.ts';
import { activationHover } from './activation-hover.ts';
import { definitionPaths } from './definitions.ts';
import { editorLines, isInside, offsetAt } from './diagnostics.ts';
import { explainCommand } from './names.ts';
import { completeRuleIds, ruleIdAt } from './rule-ids.ts';
import { completeSettings, settingHover } from './settings.ts';
import { documentSymbols } from './symbols.ts';
import { absolutePath, pathOfUri, pathWithin, uriOfPath } from './uri.ts';
import { openWorkspace, type OpenFile, type Workspace, type WorkspaceServices } from './workspace.ts';

/** What the server passes on. Files that are not open have no answers. */
export interface Language {
  show(uri: string, document: Pick<OpenFile, 'version' | 'text'>): void;
  hide(uri: string): void;
  changeFolders(added: readonly WorkspaceFolder[], removed: readonly WorkspaceFolder[]): void;
  /** Takes what was written, made or removed on disk. */
  changeFiles(uris: readonly string[]): void;
  /** Asks the editor to say what changes on disk, where it can. */
  watch(): void;
  diagnostics(uri: string): Promise<readonly Diagnostic[]>;
  actions(asked: CodeActionParams): Promise<CodeAction[]>;
  completion(asked: CompletionParams): CompletionItem[];
  definition(asked: DefinitionParams): Location[];
  symbols(asked: DocumentSymbolParams): Promise<DocumentSymbol[]>;
  hover(asked: HoverParams): Promise<Hover | null>;
  execute(asked: ExecuteCommandParams): Promise<null>;
  stop(): void;
}

/** An open file, and the workspace that knows it by a path. */
interface Place {
  readonly workspace: Workspace;
  readonly path: string;
  readonly kind: FileKind | undefined;
  readonly text: string;
}

export function createLanguage(
  connection: Connection,
  { capabilities: can, ...parameters }: InitializeParams,
  services: WorkspaceServices,
): Language {
  /** The editor asks for diagnostics; where it does not, they are pushed. */
  const pulls = can.textDocument?.diagnostic !== undefined;
  const showsRelated =
    (can.textDocument?.diagnostic ?? can.textDocument?.publishDiagnostics)?.relatedInformation === true;
  const folders: Workspace[] = [];
  /** Files outside all folders, by the directory they lie in. */
  const directories = new Map<string, Workspace>();
  const places = new Map<string, Place & OpenFile>();

  let isStopped = false;
  /** Says something to the editor, unless it is gone. */
  const say = (speak: () => unknown): void => {
    if (isStopped) return;
    Promise.resolve()
      .then(speak)
      .catch(() => undefined);
  };
  const send = (message: PublishDiagnosticsParams): void => {
    say(() => connection.sendDiagnostics(message));
  };

  const start = (root: string, onlyOpen: boolean): Workspace =>
    openWorkspace(
      root,
      services,
      {
        publish: pulls ? undefined : send,
        refresh: () => {
          if (!pulls || can.workspace?.diagnostics?.refreshSupport !== true) return;
          // An editor that refuses shows the old ones until it asks again.
          say(() => connection.languages.diagnostics.refresh());
        },
        log: (message) => {
          say(() => {
            connection.console.warn(message);
          });
        },
        showsRelated,
      },
      { onlyOpen },
    );

  /** The folder with the nearest root; a file outside all folders is looked at with those open beside it. */
  const workspaceOf = (absolute: string): Workspace => {
    const [nearest] = folders
      .filter(({ root }) => pathWithin(root, absolute) !== undefined)
      .sort((a, b) => b.root.length - a.root.length);
    if (nearest !== undefined) return nearest;
    const directory = dirname(absolute);
    const workspace = directories.get(directory) ?? start(directory, true);
    directories.set(directory, workspace);
    return workspace;
  };

  /** Takes a file out of the workspace that had it. */
  const leave = ({ workspace, path }: Place): void => {
    if (workspace.hide(path) || directories.get(workspace.root) !== workspace) return;
    workspace.dispose();
    directories.delete(workspace.root);
  };

  const show: Language['show'] = (uri, { version, text }) => {
    const absolute = pathOfUri(uri);
    if (absolute === undefined) return;
    const workspace = workspaceOf(absolute);
    const path = pathWithin(workspace.root, absolute);
    if (path === undefined) return;
    const before = places.get(uri);
    if (before !== undefined && before.workspace !== workspace) leave(before);
    places.set(uri, { workspace, path, kind: fileKind(path), uri, version, text });
    workspace.show(path, { uri, version, text });
  };

  const diagnosticsOf = async (uri: string): Promise<readonly Diagnostic[]> => {
    const place = places.get(uri);
    return place === undefined ? [] : await place.workspace.diagnostics(place.path);
  };

  const pageHover = (range: Hover['range'], rule: string): Hover => ({
    ...(range && { range }),
    contents: { kind: 'markdown', value: services.page(rule) },
  });

  for (const root of rootsOf(parameters)) folders.push(start(root, false));

  return {
    show,
    hide(uri) {
      const place = places.get(uri);
      if (place === undefined) return;
      places.delete(uri);
      leave(place);
      if (!pulls) send({ uri, diagnostics: [] });
    },
    changeFolders(added, removed) {
      for (const { uri } of removed) {
        const root = rootOf(uri);
        const at = folders.findIndex((workspace) => workspace.root === root);
        if (at >= 0) folders.splice(at, 1)[0]?.dispose();
      }
      for (const { uri } of added) {
        const root = rootOf(uri);
        if (root !== undefined && !folders.some((workspace) => workspace.root === root))
          folders.push(start(root, false));
      }
      for (const { uri, version, text } of [...places.values()]) show(uri, { version, text });
    },
    changeFiles(uris) {
      for (const workspace of folders) {
        workspace.touch(uris.flatMap((uri) => pathWithin(workspace.root, pathOfUri(uri) ?? '') ?? []));
      }
    },
    watch() {
      if (can.workspace?.didChangeWatchedFiles?.dynamicRegistration !== true) return;
      const registrations = [
        {
          id: 'fleetlint.files',
          method: 'workspace/didChangeWatchedFiles',
          registerOptions: { watchers: [{ globPattern: '**/*' }] },
        },
      ];
      // An editor that refuses to watch is asked for nothing more; open files are followed all the same.
      say(() => connection.sendRequest('client/registerCapability', { registrations }));
    },
    diagnostics: diagnosticsOf,
    async actions(asked) {
      const { uri } = asked.textDocument;
      const found = await diagnosticsOf(uri);
      const place = places.get(uri);
      return place === undefined ? [] : await codeActions(asked, found, place, services.rules);
    },
    completion({ textDocument, position }) {
      const place = places.get(textDocument.uri);
      if (place === undefined) return [];
      const lines = linesOf(place.text);
      const ids = completeRuleIds(lines[position.line] ?? '', position, services.rules);
      return ids.length > 0 || place.kind === undefined ? ids : completeSettings(place.kind, lines, position);
    },
    definition({ textDocument, position }) {
      const place = places.get(textDocument.uri);
      if (place?.kind === undefined) return [];
      const { kind, path, text, workspace } = place;
      const line = linesOf(text)[position.line] ?? '';
      const beginning = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };
      return definitionPaths(kind, path, line, position, workspace.paths(), (each) =>
        services.isFile(absolutePath(workspace.root, each)),
      ).map((each) => ({ uri: uriOfPath(absolutePath(workspace.root, each)), range: beginning }));
    },
    async symbols({ textDocument }) {
      const place = places.get(textDocument.uri);
      return place?.kind === undefined ? [] : await documentSymbols(place.kind, place.path, place.text);
    },
    async hover({ textDocument: { uri }, position }) {
      const place = places.get(uri);
      if (place === undefined) return null;
      const { kind, path, text, workspace } = place;
      const lines = linesOf(text);
      const named = ruleIdAt(lines[position.line] ?? '', position);
      if (named !== undefined && services.rules.some(({ id }) => id === named.id))
        return pageHover(named.range, named.id);
      const found = (await diagnosticsOf(uri)).find(({ range }) => isInside(range, position));
      if (typeof found?.code === 'string') return pageHover(found.range, found.code);
      if (kind === undefined) return null;
      const setting = settingHover(kind, lines, position);
      const models = await workspace.models();
      const activation = activationHover(models, path, offsetAt(editorLines(text), position), workspace.context());
      const range = setting?.range ?? activation?.range;
      if (range === undefined) return null;
      const parts = [setting?.markdown, activation?.markdown].filter((part) => part !== undefined);
      return { range, contents: { kind: 'markdown', value: parts.join('\n\n---\n\n') } };
    },
    async execute({ command, arguments: [rule] = [] }) {
      const known = services.rules.find(({ id }) => id === rule);
      if (command !== explainCommand || known === undefined) return null;
      const { id, summary } = known;
      if (can.window?.showDocument?.support === true) {
        const { success } = await connection.window.showDocument({ uri: services.pageUri(id), takeFocus: true });
        if (success) return null;
      }
      connection.window.showInformationMessage(`${id}: ${summary} ${rulePageUrl(id, services.version)}`);
      return null;
    },
    stop() {
      isStopped = true;
      for (const workspace of [...folders, ...directories.values()]) workspace.dispose();
    },
  };
}

function linesOf(text: string): readonly string[] {
  return text.split(/\r\n|\n|\r/);
}

/** The folders an editor works in, by the newest way it may say so. */
function rootsOf(parameters: Omit<InitializeParams, 'capabilities'>): readonly string[] {
  const folders = parameters.workspaceFolders?.map((folder) => folder.uri);
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- what older editors send
  const uris = folders ?? (parameters.rootUri == null ? [] : [parameters.rootUri]);
  return [...new Set(uris.flatMap((uri) => rootOf(uri) ?? []))];
}

/** A folder's path, without a separator at its end. */
function rootOf(uri: string): string | undefined {
  const path = pathOfUri(uri);
  return path !== undefined && path.length > 1 ? path.replace(/[/\\]$/, '') : path;
}
