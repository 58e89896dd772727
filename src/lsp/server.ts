import { dirname } from 'node:path';
import {
  DidChangeWatchedFilesNotification,
  DocumentDiagnosticReportKind,
  MarkupKind,
  PositionEncodingKind,
  TextDocuments,
  TextDocumentSyncKind,
  type Connection,
  type Diagnostic,
  type InitializeParams,
  type InitializeResult,
  type Position,
} from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { fileKind } from '../config/file-kind.ts';
import { actionKinds, codeActions } from './actions.ts';
import { definitionPaths } from './definitions.ts';
import { completeRuleIds, ruleIdAt } from './rule-ids.ts';
import { completeSettings, settingHover } from './settings.ts';
import { documentSymbols } from './symbols.ts';
import { absolutePath, pathOfUri, pathWithin, uriOfPath } from './uri.ts';
import { openWorkspace, type Workspace, type WorkspaceServices } from './workspace.ts';

/** A file, and the workspace that knows it by a path. */
interface Place {
  readonly workspace: Workspace;
  readonly path: string;
}

/**
 * Serves an editor: diagnostics are pushed for every open file that a change touches, open buffers count instead of what is
 * on disk, and all other files of the workspace folders are part of the analysis. Returns what ends all work.
 */
export function startServer(connection: Connection, services: WorkspaceServices): () => void {
  const documents = new TextDocuments(TextDocument);
  const folders: Workspace[] = [];
  /** Files outside all folders, by the directory they lie in. */
  const directories = new Map<string, Workspace>();
  let roots: readonly string[] = [];
  let showsRelated = false;
  /** The editor asks for diagnostics; where it cannot, they are pushed. */
  let pulls = false;
  let can: InitializeParams['capabilities'] = {};

  const start = (root: string, used: WorkspaceServices): Workspace =>
    openWorkspace(root, used, {
      publish: pulls ? undefined : (message) => void connection.sendDiagnostics(message),
      refresh: () => {
        if (!pulls || can.workspace?.diagnostics?.refreshSupport !== true) return;
        // An editor that refuses shows the old ones until it asks again.
        connection.languages.diagnostics.refresh().catch(() => undefined);
      },
      log: (message) => {
        connection.console.warn(message);
      },
      showsRelated,
    });

  /** The folder with the nearest root; a file outside all folders is looked at with those open beside it. */
  const placeOf = (uri: string): Place | undefined => {
    const absolute = pathOfUri(uri);
    if (absolute === undefined) return undefined;
    const [nearest] = folders
      .flatMap((workspace) => placeIn(workspace, absolute))
      .sort((a, b) => b.workspace.root.length - a.workspace.root.length);
    if (nearest !== undefined) return nearest;
    const directory = dirname(absolute);
    const workspace = directories.get(directory) ?? start(directory, { ...services, discover: findNothing });
    directories.set(directory, workspace);
    return placeIn(workspace, absolute)[0];
  };

  connection.onInitialize((parameters): InitializeResult => {
    roots = rootsOf(parameters);
    can = parameters.capabilities;
    pulls = can.textDocument?.diagnostic !== undefined;
    showsRelated = (can.textDocument?.diagnostic ?? can.textDocument?.publishDiagnostics)?.relatedInformation === true;
    return {
      serverInfo: { name: 'fleetlint', version: services.version },
      capabilities: {
        positionEncoding: PositionEncodingKind.UTF16,
        textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental },
        codeActionProvider: { codeActionKinds: actionKinds },
        completionProvider: { triggerCharacters: ['[', '='] },
        hoverProvider: true,
        definitionProvider: true,
        documentSymbolProvider: true,
        ...(pulls
          ? {
              diagnosticProvider: { identifier: 'fleetlint', interFileDependencies: true, workspaceDiagnostics: false },
            }
          : {}),
        workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
      },
    };
  });

  connection.onInitialized(() => {
    for (const root of roots) folders.push(start(root, services));
    if (can.workspace?.didChangeWatchedFiles?.dynamicRegistration === true) {
      const watchers = [{ globPattern: '**/*' }];
      // An editor that refuses to watch is asked for nothing more; open files are followed all the same.
      connection.client.register(DidChangeWatchedFilesNotification.type, { watchers }).catch(() => undefined);
    }
    if (can.workspace?.workspaceFolders === true) {
      connection.workspace.onDidChangeWorkspaceFolders(({ added, removed }) => {
        for (const { uri } of removed) {
          const root = rootOf(uri);
          const at = folders.findIndex((workspace) => workspace.root === root);
          if (at >= 0) folders.splice(at, 1)[0]?.dispose();
        }
        for (const { uri } of added) {
          const root = rootOf(uri);
          if (root !== undefined) folders.push(start(root, services));
        }
        for (const document of documents.all()) show(document);
      });
    }
  });

  connection.onDidChangeWatchedFiles(({ changes }) => {
    for (const workspace of folders) {
      workspace.touch(changes.flatMap(({ uri }) => pathWithin(workspace.root, pathOfUri(uri) ?? '') ?? []));
    }
  });

  const show = (document: TextDocument): void => {
    const place = placeOf(document.uri);
    place?.workspace.show(place.path, { uri: document.uri, version: document.version, text: document.getText() });
  };

  /** An open file, with what a request about a place in it needs. */
  const textOf = (uri: string) => {
    const document = documents.get(uri);
    const place = document === undefined ? undefined : placeOf(uri);
    if (document === undefined || place === undefined) return undefined;
    const text = document.getText();
    return { ...place, kind: fileKind(place.path), text, lines: text.split(/\r\n|\n|\r/) };
  };

  const diagnosticsOf = async (uri: string): Promise<readonly Diagnostic[]> => {
    const place = placeOf(uri);
    return place === undefined ? [] : await place.workspace.diagnostics(place.path);
  };

  connection.languages.diagnostics.on(async ({ textDocument }) => ({
    kind: DocumentDiagnosticReportKind.Full,
    items: [...(await diagnosticsOf(textDocument.uri))],
  }));

  connection.onCodeAction(async (parameters) =>
    codeActions(parameters, await diagnosticsOf(parameters.textDocument.uri)),
  );

  connection.onCompletion(({ textDocument, position }) => {
    const place = textOf(textDocument.uri);
    if (place === undefined) return [];
    const ids = completeRuleIds(place.lines[position.line] ?? '', position, services.rules);
    return ids.length > 0 || place.kind === undefined ? ids : completeSettings(place.kind, place.lines, position);
  });

  connection.onDocumentSymbol(({ textDocument }) => {
    const place = textOf(textDocument.uri);
    return place?.kind === undefined ? [] : documentSymbols(place.kind, place.path, place.text);
  });

  connection.onDefinition(({ textDocument, position }) => {
    const place = textOf(textDocument.uri);
    if (place?.kind === undefined) return [];
    const { kind, path, lines, workspace } = place;
    const found = definitionPaths(kind, path, lines[position.line] ?? '', position, workspace.paths());
    const start = { line: 0, character: 0 };
    return found.map((each) => ({
      uri: uriOfPath(absolutePath(workspace.root, each)),
      range: { start, end: start },
    }));
  });

  connection.onHover(async ({ textDocument, position }) => {
    const place = textOf(textDocument.uri);
    if (place === undefined) return null;
    const named = ruleIdAt(place.lines[position.line] ?? '', position);
    const id = named?.id;
    if (named !== undefined && services.rules.some((rule) => rule.id === id)) {
      return { range: named.range, contents: { kind: MarkupKind.Markdown, value: services.page(named.id) } };
    }
    const [found] = (await diagnosticsOf(textDocument.uri)).filter(({ range }) => isIn(range, position));
    if (typeof found?.code !== 'string') {
      const known = place.kind === undefined ? undefined : settingHover(place.kind, place.lines, position);
      if (known === undefined) return null;
      return { range: known.range, contents: { kind: MarkupKind.Markdown, value: known.markdown } };
    }
    return { range: found.range, contents: { kind: MarkupKind.Markdown, value: services.page(found.code) } };
  });

  documents.onDidChangeContent(({ document }) => {
    show(document);
  });

  documents.onDidClose(({ document }) => {
    const place = placeOf(document.uri);
    place?.workspace.hide(place.path);
  });

  const stop = (): void => {
    for (const workspace of [...folders, ...directories.values()]) workspace.dispose();
  };
  connection.onShutdown(stop);

  documents.listen(connection);
  connection.listen();
  return stop;
}

function placeIn(workspace: Workspace, absolute: string): Place[] {
  const path = pathWithin(workspace.root, absolute);
  return path === undefined ? [] : [{ workspace, path }];
}

const findNothing: WorkspaceServices['discover'] = () => Promise.resolve({ files: [] });

/** The folders an editor works in, by the newest way it may say so. */
function rootsOf(parameters: InitializeParams): readonly string[] {
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

function isIn({ start, end }: Diagnostic['range'], { line, character }: Position): boolean {
  const isAfterStart = line > start.line || (line === start.line && character >= start.character);
  return isAfterStart && (line < end.line || (line === end.line && character <= end.character));
}
