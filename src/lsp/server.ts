import { dirname } from 'node:path';
import {
  PositionEncodingKind,
  TextDocuments,
  TextDocumentSyncKind,
  type Connection,
  type InitializeParams,
  type InitializeResult,
} from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { pathOfUri, pathWithin } from './uri.ts';
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

  const start = (root: string, used: WorkspaceServices): Workspace =>
    openWorkspace(root, used, {
      publish: (message) => void connection.sendDiagnostics(message),
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
    showsRelated = parameters.capabilities.textDocument?.publishDiagnostics?.relatedInformation === true;
    return {
      serverInfo: { name: 'fleetlint', version: services.version },
      capabilities: {
        positionEncoding: PositionEncodingKind.UTF16,
        textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental },
        workspace: { workspaceFolders: { supported: true } },
      },
    };
  });

  connection.onInitialized(() => {
    for (const root of roots) folders.push(start(root, services));
  });

  documents.onDidChangeContent(({ document }) => {
    const place = placeOf(document.uri);
    place?.workspace.show(place.path, { uri: document.uri, version: document.version, text: document.getText() });
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
  const paths = uris.flatMap((uri) => pathOfUri(uri) ?? []);
  return [...new Set(paths.map((path) => (path.length > 1 ? path.replace(/[/\\]$/, '') : path)))];
}
