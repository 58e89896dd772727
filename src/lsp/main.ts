import { createConnection, type WatchDog } from 'vscode-languageserver';
import { createProtocolConnection } from 'vscode-languageserver/node';
import { scopeOf } from '../config/discovery.ts';
import { rulePage } from '../cli/package.ts';
import { rules } from '../rules/index.ts';
import { configuredServices } from './configured.ts';
import { startServer } from './server.ts';

/** Milliseconds without a change before an open file is looked at again: less flickers, more feels slow. */
const DELAY = 150;

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
  const services = {
    ...configuredServices((message) => {
      connection.console.error(message);
    }),
    scopeOf,
    version,
    rules,
    page: (rule: string) => rulePage(rule).replace(/^<!--.*?-->\n/gm, ''),
    delay: DELAY,
  };
  const stop = startServer(connection, services);
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
