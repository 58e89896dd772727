/**
 * Measures the language server as an editor meets it: how long it takes to answer `initialize`, as a multiple of what Node itself
 * costs to start, and what a keystroke costs in a large tree. `npm run bench:lsp -- [FOLDER]`; without a folder, in one that it makes.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { createProtocolConnection } from 'vscode-languageserver/node';
import { discover } from '../src/config/discovery.ts';

/** What the server may take: `initialize` in starts of Node, a keystroke in milliseconds of CPU, growth as a part of the memory. */
const budgets = { start: 4, keystroke: 50, idle: 0, growth: 0.1 } as const;

const starts = 20;
const keystrokes = 40;
const edits = 2000;
const idleSeconds = 5;

/** Of a folder that is made. */
const manifests = 2000;

/** Ticks of a CPU's time in /proc, in a second. */
const ticksPerSecond = 100;

/** Prints a table. Returns 1 if a figure is over its budget. */
export async function main(root: string, [given]: readonly string[]): Promise<number> {
  const program = path.join(root, 'bin/fleetlint.js');
  const folder = given === undefined ? makeTree() : path.resolve(given);
  const isGood: boolean[] = [];
  const say = (what: string, figure: string, isWithin = true): void => {
    isGood.push(isWithin);
    process.stdout.write(`${what.padEnd(46)}${figure.padStart(14)}${isWithin ? '' : '  over'}\n`);
  };
  try {
    const ratio = await startRatio(program);
    say(
      `initialize, in starts of Node (at most ${String(budgets.start)})`,
      `${ratio.toFixed(2)} x`,
      ratio <= budgets.start,
    );

    const server = startServer(program, folder);
    const { files } = await discover(folder, ['.']);
    const [file] = files.filter(({ path: name }) => name.endsWith('.pp'));
    if (file === undefined) throw new Error(`There is no manifest in '${folder}'.`);
    const text = new TextDecoder().decode(file.read() as Uint8Array);
    const edit = await server.open(pathToFileURL(path.join(folder, file.path)).href, text);
    say(`first look at ${String(files.length)} files, CPU`, milliseconds(server.cpu()));
    for (let count = 0; count < 10; count++) await edit();
    const costs: number[] = [];
    for (let count = 0; count < keystrokes; count++) {
      const before = server.cpu();
      await edit();
      costs.push(server.cpu() - before);
    }
    // A tick is coarse, a mean is not.
    const cost = costs.reduce((sum, each) => sum + each, 0) / costs.length;
    say(`a keystroke, CPU (at most ${String(budgets.keystroke)} ms)`, milliseconds(cost), cost <= budgets.keystroke);

    const quiet = server.cpu();
    await new Promise((resolve) => setTimeout(resolve, idleSeconds * 1000));
    const idle = server.cpu() - quiet;
    say(`idle for ${String(idleSeconds)} s, CPU`, milliseconds(idle), idle <= budgets.idle);

    const sizes: number[] = [];
    for (let count = 0; count < edits; count++) {
      await edit();
      if (count % (edits / 20) === edits / 20 - 1) sizes.push(server.memory());
    }
    // The garbage collector comes and goes, for the first time late, as a keystroke leaves little: the middle of the last quarter is
    // compared with that of the one before.
    const [first, second] = [sizes.slice(10, 15), sizes.slice(15)].map(median);
    const growth = (second ?? 0) / (first ?? 1) - 1;
    say(`memory over ${String(edits)} edits, MB`, sizes.map((size) => String(Math.round(size / 1024))).join(' '));
    say('growth of the last quarter over the third', `${(growth * 100).toFixed(1)} %`, growth <= budgets.growth);
    await server.end();
  } finally {
    if (given === undefined) rmSync(folder, { recursive: true, force: true });
  }
  return isGood.includes(false) ? 1 : 0;
}

/** Median time until `initialize` is answered, by that of `node -e 0`; measured in turns, so that both meet the same machine. */
async function startRatio(program: string): Promise<number> {
  const node: number[] = [];
  const server: number[] = [];
  for (let count = 0; count < starts; count++) {
    let before = performance.now();
    spawnSync(process.execPath, ['-e', '0'], { env: environment() });
    node.push(performance.now() - before);
    before = performance.now();
    const { connection, child } = connect(program);
    await connection.sendRequest('initialize', { processId: null, rootUri: null, capabilities: {} });
    server.push(performance.now() - before);
    connection.dispose();
    child.kill();
  }
  return median(server) / median(node);
}

function startServer(program: string, folder: string) {
  const { connection, child } = connect(program);
  const pid = String(child.pid ?? 0);
  return {
    /** Opens a file; what it returns changes it and waits for the diagnostics. */
    async open(uri: string, text: string): Promise<() => Promise<void>> {
      const workspaceFolders = [{ uri: pathToFileURL(folder).href, name: 'bench' }];
      const capabilities = { textDocument: { diagnostic: {} } };
      await connection.sendRequest('initialize', { processId: null, rootUri: null, capabilities, workspaceFolders });
      await connection.sendNotification('initialized', {});
      await connection.sendNotification('textDocument/didOpen', {
        textDocument: { uri, languageId: 'puppet', version: 0, text },
      });
      const ask = () => connection.sendRequest('textDocument/diagnostic', { textDocument: { uri } });
      await ask();
      let version = 0;
      const start = { line: 0, character: 0 };
      return async () => {
        version++;
        // A letter is typed, then taken back.
        const [end, typed] = version % 2 === 1 ? [start, '#'] : [{ line: 0, character: 1 }, ''];
        await connection.sendNotification('textDocument/didChange', {
          textDocument: { uri, version },
          contentChanges: [{ range: { start, end }, text: typed }],
        });
        await ask();
      };
    },
    /** CPU time so far, in milliseconds, by steps of ten. */
    cpu(): number {
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ');
      return ((Number(fields[11]) + Number(fields[12])) * 1000) / ticksPerSecond;
    },
    /** Resident, in kilobytes. */
    memory: (): number => Number(/^VmRSS:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]),
    async end(): Promise<void> {
      await connection.sendRequest('shutdown');
      await connection.sendNotification('exit');
    },
  };
}

function connect(program: string) {
  const child = spawn(process.execPath, [program, 'lsp'], { env: environment(), stdio: ['pipe', 'pipe', 'inherit'] });
  const connection = createProtocolConnection(child.stdout, child.stdin);
  connection.listen();
  return { connection, child };
}

/** Node 20 reads these certificates at each start; as a part of both figures they would flatter us. */
function environment(): NodeJS.ProcessEnv {
  return { ...process.env, NODE_EXTRA_CA_CERTS: undefined };
}

/** Manifests of many modules, with the units that they install, some of which have findings. */
function makeTree(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'fleetlint-bench-'));
  for (let index = 0; index < manifests; index++) {
    const name = `m${String(Math.floor(index / 10))}`;
    const part = index % 10 === 0 ? 'init' : `part${String(index % 10)}`;
    const module = path.join(folder, 'modules', name);
    mkdirSync(path.join(module, 'manifests'), { recursive: true });
    mkdirSync(path.join(module, 'files'), { recursive: true });
    const qualified = part === 'init' ? name : `${name}::${part}`;
    writeFileSync(
      path.join(module, 'manifests', `${part}.pp`),
      `# Part of a made tree.
class ${qualified} (
  String $version = '1.0',
  Boolean $enabled = true,
) {
  package { '${qualified}': ensure => $version }
  file { '/etc/${name}/${part}.conf':
    content => "version = \${version}\\n",
    require => Package['${qualified}'],
  }
  exec { 'reload ${qualified}':
    command     => '/usr/bin/systemctl reload ${name}.service',
    refreshonly => true,
    subscribe   => File['/etc/${name}/${part}.conf'],
  }
  if $enabled {
    exec { 'name of ${qualified}':
      command => '/usr/bin/hostnamectl --static',
      unless  => '/usr/bin/test -e /etc/${name}/${part}.conf',
    }
  }
}
`,
    );
    if (part === 'init') {
      writeFileSync(
        path.join(module, 'files', `${name}.service`),
        `[Service]\nExecStart=/usr/bin/${name}\nRestart=always\n`,
      );
    }
  }
  return folder;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? NaN;
}

function milliseconds(value: number): string {
  return `${value.toFixed(1)} ms`;
}
