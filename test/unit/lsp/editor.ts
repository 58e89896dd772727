import { PassThrough } from 'node:stream';
import {
  createProtocolConnection,
  type DidOpenTextDocumentParams,
  type InitializeParams,
  type InitializeResult,
  type ProtocolConnection,
  type PublishDiagnosticsParams,
  type TextDocumentContentChangeEvent,
} from 'vscode-languageserver/node';

/** An editor in memory: it speaks the protocol over two streams, as a real one does over a process's. */
export interface Editor {
  readonly connection: ProtocolConnection;
  /** Everything the server published, in order. */
  readonly published: readonly PublishDiagnosticsParams[];
  /** What the server logged. */
  readonly logged: readonly string[];
  initialize(folders: readonly string[], more?: Partial<InitializeParams>): Promise<InitializeResult>;
  open(uri: string, text: string): Promise<void>;
  change(uri: string, version: number, ...changes: TextDocumentContentChangeEvent[]): Promise<void>;
  close(uri: string): Promise<void>;
  /** The next list for a file that has not been asked for yet. */
  next(uri: string): Promise<PublishDiagnosticsParams>;
  /** Ends the streams. */
  hangUp(): void;
}

/** In milliseconds: a hang ends here, on however busy a machine. */
const LONGEST_WAIT = 15_000;

export function startEditor(server: (input: PassThrough, output: PassThrough) => void): Editor {
  const toServer = new PassThrough();
  const toEditor = new PassThrough();
  server(toServer, toEditor);
  const connection = createProtocolConnection(toEditor, toServer);
  const published: PublishDiagnosticsParams[] = [];
  const logged: string[] = [];
  const asked = new Map<string, number>();
  const waiting = new Set<() => void>();
  connection.onNotification('textDocument/publishDiagnostics', (message: PublishDiagnosticsParams) => {
    published.push(message);
    for (const look of waiting) look();
  });
  connection.onNotification('window/logMessage', ({ message }: { message: string }) => {
    logged.push(message);
  });
  connection.onRequest('client/registerCapability', () => null);
  connection.listen();
  return {
    connection,
    published,
    logged,
    async initialize(folders, more = {}) {
      const result = await connection.sendRequest<InitializeResult>('initialize', {
        processId: null,
        rootUri: null,
        capabilities: { textDocument: { publishDiagnostics: { relatedInformation: true } } },
        workspaceFolders: folders.map((uri) => ({ uri, name: uri })),
        ...more,
      });
      await connection.sendNotification('initialized', {});
      return result;
    },
    open: (uri, text) =>
      connection.sendNotification('textDocument/didOpen', {
        textDocument: { uri, languageId: 'plaintext', version: 1, text },
      } satisfies DidOpenTextDocumentParams),
    change: (uri, version, ...contentChanges) =>
      connection.sendNotification('textDocument/didChange', { textDocument: { uri, version }, contentChanges }),
    close: (uri) => connection.sendNotification('textDocument/didClose', { textDocument: { uri } }),
    next: (uri) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          waiting.delete(look);
          reject(
            new Error(`Nothing was published for ${uri}; in all: ${JSON.stringify(published)} ${logged.join('\n')}`),
          );
        }, LONGEST_WAIT);
        const look = (): void => {
          const mine = published.filter((message) => message.uri === uri);
          const at = asked.get(uri) ?? 0;
          const message = mine[at];
          if (message === undefined) return;
          asked.set(uri, at + 1);
          waiting.delete(look);
          clearTimeout(timer);
          resolve(message);
        };
        waiting.add(look);
        look();
      }),
    hangUp() {
      connection.dispose();
      toServer.end();
    },
  };
}

/** What an editor sends for one replaced range. */
export function replace(line: number, from: number, to: number, text: string): TextDocumentContentChangeEvent {
  return { range: { start: { line, character: from }, end: { line, character: to } }, text };
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Waits for something that must come to be. */
export async function until(condition: () => boolean): Promise<void> {
  const end = Date.now() + LONGEST_WAIT;
  while (!condition()) {
    if (Date.now() > end) throw new Error(`It did not come to be: ${condition.toString()}`);
    await pause(5);
  }
}
