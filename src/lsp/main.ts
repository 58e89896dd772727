import { createConnection, type WatchDog } from 'vscode-languageserver';
import { createProtocolConnection } from 'vscode-languageserver/node';
import { startServer } from './server.ts';

/**
 * Serves an editor on two streams until it says `exit` or closes its end. `version`: of fleetlint. Resolves to the exit
 * status: 0 after an orderly shutdown.
 */
export async function serve(
  input: NodeJS.ReadableStream,
  output: NodeJS.WritableStream,
  version: string,
): Promise<number> {
  // The library's own watch dog would end the process; this one leaves that to the command line.
  const watchDog: WatchDog = { shutdownReceived: false, initialize: () => undefined, exit: () => undefined };
  const connection = createConnection((logger) => createProtocolConnection(input, output, logger), watchDog);
  const stop = startServer(connection, version, async (...start) => {
    const { startEngine } = await import('./engine.ts');
    return startEngine(version, ...start);
  });
  const status = await new Promise<number>((resolve) => {
    watchDog.exit = resolve;
    input.once('end', () => {
      resolve(watchDog.shutdownReceived ? 0 : 1);
    });
  });
  stop();
  connection.dispose();
  input.pause();
  return status;
}
