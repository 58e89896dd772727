import { commands, workspace, type ExtensionContext } from 'vscode';
import { LanguageClient, TransportKind } from 'vscode-languageclient/node';

let client: LanguageClient | undefined;

/** Starts `fleetlint lsp` for the workspace; everything else is the server's work. */
export async function activate(context: ExtensionContext): Promise<void> {
  context.subscriptions.push(
    commands.registerCommand('fleetlint.restart', async () => {
      await deactivate();
      await start();
    }),
    workspace.onDidChangeConfiguration(async (change) => {
      if (!change.affectsConfiguration('fleetlint.path')) return;
      await deactivate();
      await start();
    }),
  );
  await start();
}

export async function deactivate(): Promise<void> {
  const running = client;
  client = undefined;
  await running?.stop();
}

async function start(): Promise<void> {
  const command = workspace.getConfiguration('fleetlint').get<string>('path') ?? 'fleetlint';
  client = new LanguageClient(
    'fleetlint',
    'fleetlint',
    { command, args: ['lsp'], transport: TransportKind.stdio },
    // Which files matter is known to the server; it answers quickly for those that do not.
    { documentSelector: [{ scheme: 'file' }] },
  );
  await client.start();
}
