import { spawnSync } from 'node:child_process';
import path from 'node:path';

/** What is run to know which functions a start needs: arguments and standard input. The first run of a file counts. */
const commonRuns: readonly { readonly arguments: readonly string[]; readonly input: string }[] = [
  { arguments: ['--no-config', '--no-cache', 'bench/samples'], input: '' },
  {
    arguments: ['lsp'],
    input: [
      { id: 1, method: 'initialize', params: { processId: null, rootUri: null, capabilities: {} } },
      { id: 2, method: 'shutdown' },
      { method: 'exit' },
    ]
      .map((message) => JSON.stringify({ jsonrpc: '2.0', ...message }))
      .map((body) => `Content-Length: ${body.length}\r\n\r\n${body}`)
      .join(''),
  },
];

/** Leaves compiled code in dist/ for this version of V8, which bin/fleetlint.js takes instead of compiling anew. */
export function compileCommonRuns(root: string, dist: string): void {
  for (const { arguments: programArguments, input } of commonRuns) {
    const { status, stderr } = spawnSync(
      process.execPath,
      [path.join(root, 'tools/code-cache.cjs'), dist, ...programArguments],
      { cwd: root, input, encoding: 'utf8' },
    );
    // A server whose input ends says 1.
    if (status !== 0 && status !== 1)
      throw new Error(`The fresh build does not run: fleetlint ${programArguments.join(' ')}\n${stderr}`);
  }
}
