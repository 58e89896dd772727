import { createConnection, type WatchDog } from 'vscode-languageserver';
import { createProtocolConnection } from 'vscode-languageserver/node';
import { startServer } from './server.ts';

/** After the input has ended, the messages that it held are handled within this time. Milliseconds. */
const patience = 1000;

/**
 * Serves an editor on two streams until it says `exit` or closes its end. `version`: of fleetlint; `allowPlugins`: whether
 * plugins may run. Resolves to the exit status: 0 after an orderly shutdown.
 */
export async function serve(
  input: NodeJS.ReadableStream,
  output: NodeJS.WritableStream,
  version: string,
  allowPlugins: boolean,
): Promise<number> {
  // The library's own watch dog would end the process; this one leaves that to the command line.
  const watchDog: WatchDog = { shutdownReceived: false, initialize: () => undefined, exit: () => undefined };
  let fail = (): void => undefined;
  const connection = createConnection((logger) => {
    const protocol = createProtocolConnection(input, output, logger);
    protocol.onError(([error, message]) => {
      // Nobody knows where the next message begins: an editor that starts the server anew is helped, one that waits is not.
      if (message === undefined && error.message.includes('Content-Length')) fail();
    });
    return protocol;
  }, watchDog);
  const stop = startServer(connection, version, async (...start) => {
    const { startEngine } = await import('./engine.ts');
    return startEngine(version, allowPlugins, ...start);
  });
  let wait: NodeJS.Timeout | undefined;
  const status = await new Promise<number>((resolve) => {
    watchDog.exit = resolve;
    fail = () => {
      resolve(1);
    };
    input.once('end', () => {
      // What came before it is still to be answered, `exit` perhaps among it.
      wait = setTimeout(() => {
        resolve(watchDog.shutdownReceived ? 0 : 1);
      }, patience);
    });
  });
  clearTimeout(wait);
  stop();
  connection.dispose();
  input.pause();
  return status;
}
