/**
 * The protocol's side of the language server: says what it can, keeps the texts of open files, and passes all else on. What
 * knows the formats and the rules is loaded once the editor has its first answer, for that is what an editor waits for.
 */
import {
  CodeActionKind,
  DocumentDiagnosticReportKind,
  LSPErrorCodes,
  PositionEncodingKind,
  ResponseError,
  TextDocuments,
  TextDocumentSyncKind,
  type CancellationToken,
  type Connection,
  type InitializeParams,
  type InitializeResult,
} from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { explainCommand, fixAllKind } from './names.ts';
import type { Language } from './language.ts';

/** Loads what answers questions about files. */
export type StartLanguage = (connection: Connection, parameters: InitializeParams) => Promise<Language>;

/**
 * Serves an editor: diagnostics are pushed for every open file that a change touches, open buffers count instead of what is
 * on disk, and all other files of the workspace folders are part of the analysis. Returns what ends all work.
 *
 * @param version of fleetlint
 */
export function startServer(connection: Connection, version: string, startLanguage: StartLanguage): () => void {
  const documents = new TextDocuments(TextDocument);
  let parameters: InitializeParams | undefined;
  let starting: Promise<Language> | undefined;
  let running: Language | undefined;
  let isStopped = false;

  /** Starts the work, the first time it is asked for; files that were opened before are shown then. */
  const language = (): Promise<Language> => (starting ??= start());

  async function start(): Promise<Language> {
    if (parameters === undefined) throw new ResponseError(LSPErrorCodes.RequestFailed, "There was no 'initialize'.");
    running = await startLanguage(connection, parameters);
    for (const document of documents.all()) show(document);
    if (isStopped) running.stop();
    return running;
  }

  function show(document: TextDocument): void {
    running?.show(document.uri, { version: document.version, text: document.getText() });
  }

  /** Answers a request, unless the editor takes it back before. */
  function answer<Parameters, Result>(ask: (language: Language, parameters: Parameters) => Result | Promise<Result>) {
    return async (asked: Parameters, token: CancellationToken): Promise<Result> => {
      const cancelled = new Promise<never>((_, reject) => {
        token.onCancellationRequested(() => {
          reject(new ResponseError(LSPErrorCodes.RequestCancelled, 'It was cancelled.'));
        });
      });
      // The text of the answer is made from what came before the request.
      const found = language().then((started) => ask(started, asked));
      return await Promise.race([found, cancelled]);
    };
  }

  connection.onInitialize((asked): InitializeResult => {
    parameters = asked;
    return {
      serverInfo: { name: 'fleetlint', version },
      capabilities: {
        // Every client must be able to count in these.
        positionEncoding: PositionEncodingKind.UTF16,
        textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental, save: true },
        codeActionProvider: { codeActionKinds: [CodeActionKind.QuickFix, fixAllKind] },
        completionProvider: { triggerCharacters: ['[', '='] },
        definitionProvider: true,
        documentSymbolProvider: true,
        executeCommandProvider: { commands: [explainCommand] },
        hoverProvider: true,
        ...(asked.capabilities.textDocument?.diagnostic === undefined
          ? {}
          : {
              diagnosticProvider: { identifier: 'fleetlint', interFileDependencies: true, workspaceDiagnostics: false },
            }),
        workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
      },
    };
  });

  connection.onInitialized(async () => {
    const started = await language();
    started.watch();
    if (parameters?.capabilities.workspace?.workspaceFolders !== true) return;
    connection.workspace.onDidChangeWorkspaceFolders(({ added, removed }) => {
      started.changeFolders(added, removed);
    });
  });

  connection.languages.diagnostics.on(
    answer(async (started, { textDocument }) => ({
      kind: DocumentDiagnosticReportKind.Full,
      items: [...(await started.diagnostics(textDocument.uri))],
    })),
  );
  connection.onCodeAction(answer((started, asked) => started.actions(asked)));
  connection.onCompletion(answer((started, asked) => started.completion(asked)));
  connection.onDefinition(answer((started, asked) => started.definition(asked)));
  connection.onDocumentSymbol(answer((started, asked) => started.symbols(asked)));
  connection.onHover(answer((started, asked) => started.hover(asked)));
  connection.onExecuteCommand(answer((started, asked) => started.execute(asked)));
  connection.onDidChangeWatchedFiles(({ changes }) => {
    running?.changeFiles(changes.map(({ uri }) => uri));
  });

  documents.onDidChangeContent(({ document }) => {
    show(document);
  });
  documents.onDidSave(({ document }) => {
    running?.changeFiles([document.uri]);
  });
  documents.onDidClose(({ document }) => {
    running?.hide(document.uri);
  });

  const stop = (): void => {
    isStopped = true;
    running?.stop();
  };
  connection.onShutdown(stop);

  documents.listen(connection);
  connection.listen();
  return stop;
}
