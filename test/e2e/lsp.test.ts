/** The language server with the real session, over streams in memory and as the process that editors start. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createProtocolConnection } from 'vscode-languageserver/node';
import type { Diagnostic } from 'vscode-languageserver';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { serve } from '../../src/lsp/main.ts';
import { replace, startEditor, type Editor } from '../unit/lsp/editor.ts';

const RULE = 'dbus/periodic-activation';
const SERVICE = '[Service]\nType=oneshot\nExecStart=/usr/bin/hostnamectl status\n';
const TIMER = '[Timer]\nOnCalendar=*:0/2\n';

let top = '';

beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'fleetlint-lsp-'));
});

afterEach(() => {
  rmSync(top, { recursive: true });
});

/** Writes a file of the workspace; returns its URI. */
function write(path: string, content: string | Uint8Array): string {
  const absolute = join(top, path);
  mkdirSync(dirname(absolute), { recursive: true });
  writeFileSync(absolute, content);
  return pathToFileURL(absolute).href;
}

describe('serve', () => {
  let editor: Editor;
  let status: Promise<number>;

  beforeEach(async () => {
    editor = startEditor((input, output) => {
      status = serve(input, output, '1.2.3', false);
    });
    await Promise.resolve();
  });

  const stop = async (): Promise<number> => {
    await editor.connection.sendRequest('shutdown');
    await editor.connection.sendNotification('exit');
    return status;
  };

  it('follows a chain over an open file, its changes, and the disk again', async () => {
    const service = write('units/name.service', SERVICE);
    const timer = write('units/name.timer', '[Timer]\nOnCalendar=yearly\n');
    await editor.initialize([pathToFileURL(top).href]);

    await editor.open(service, SERVICE);
    expect(await editor.next(service)).toEqual({ uri: service, version: 1, diagnostics: [] });

    await editor.open(timer, TIMER);
    expect((await editor.next(timer)).diagnostics).toEqual([]);
    const [found] = (await editor.next(service)).diagnostics;
    expect(found).toMatchObject({ code: RULE, source: 'fleetlint', range: { start: { line: 2 }, end: { line: 2 } } });
    const locations = found?.relatedInformation?.map(({ location }) => [location.uri, location.range.start.line]);
    expect(locations).toContainEqual([timer, 1]);

    await editor.change(timer, 2, replace(0, 0, 0, '[Unit]\nDescription=x\n'));
    const moved = (await editor.next(service)).diagnostics[0]?.relatedInformation;
    expect(moved?.map(({ location }) => [location.uri, location.range.start.line])).toContainEqual([timer, 3]);

    await editor.close(timer);
    expect((await editor.next(service)).diagnostics).toEqual([]);
    expect(await stop()).toBe(0);
  });

  it('survives what no one should open', async () => {
    const binary = write('a.pp', Uint8Array.from([0, 1, 2, 255, 0]));
    write('b.service', Uint8Array.from([0xff, 0xfe, 0x00]));
    await editor.initialize([pathToFileURL(top).href, 'garbage', 'file:///not/there']);
    await editor.open('garbage', SERVICE);
    await editor.open('untitled:name.service', SERVICE);
    await editor.open(binary, '\0\u0001\ufffd');
    await editor.next(binary);
    const nested = pathToFileURL(join(top, 'nested.pp')).href;
    await editor.open(nested, '['.repeat(10_000));
    await editor.next(nested);
    const long = pathToFileURL(join(top, 'long.service')).href;
    await editor.open(long, `[Service]\nExecStart=${'x'.repeat(1 << 21)}\n`);
    await editor.next(long);
    const service = pathToFileURL(join(top, 'new.service')).href;
    await editor.open(service, SERVICE);
    await editor.next(service);
    expect(new Set(editor.published.map(({ uri }) => uri))).toEqual(new Set([binary, nested, long, service]));
    expect(editor.logged.filter((message) => /^\w*Error\b/.test(message))).toEqual([]);
    expect(await stop()).toBe(0);
  });

  it('has no stale findings and no faults at any beginning of a file that is being typed', async () => {
    write('units/name.timer', TIMER);
    const unit =
      '[Unit]\nDescription=Ä🙂\nAfter=network-online.target\n\n[Service]\r\nType=oneshot\nEnvironment="A=b c" \\\n  D=e\n# fleetlint-ignore[dbus/periodic-activation] It is wanted.\nExecStart=/usr/bin/hostnamectl status\n';
    const manifest =
      "class a::b (String $x = 'é🙂') {\n  exec { \"a ${x}\":\n    command => 'hostnamectl status', # fleetlint-ignore[core/x]\n  }\n  file { '/etc/systemd/system/c.service':\n    content => @(\"END\"/L),\n      [Service]\n      ExecStart=${x} \\\n        b\n      | END\n  }\n}\n";
    const capabilities = { textDocument: { diagnostic: {} } };
    await editor.initialize([pathToFileURL(top).href], { capabilities });
    for (const [path, text] of [
      ['units/name.service', unit],
      ['a.pp', manifest],
    ] as const) {
      const uri = pathToFileURL(join(top, path)).href;
      await editor.open(uri, '');
      const ask = <Result>(method: string, more: object = {}) =>
        editor.connection.sendRequest<Result>(`textDocument/${method}`, { textDocument: { uri }, ...more });
      for (let length = 1; length <= text.length; length++) {
        const part = text.slice(0, length);
        await editor.change(uri, length, { text: part });
        const { items } = await ask<{ items: Diagnostic[] }>('diagnostic');
        const lines = part.split(/\r\n|\n|\r/);
        for (const { range } of items) {
          for (const { line, character } of [range.start, range.end]) {
            expect(character).toBeLessThanOrEqual(lines[line]?.length ?? -1);
          }
        }
        const position = { line: lines.length - 1, character: lines.at(-1)?.length ?? 0 };
        if (length % 7 === 0) {
          await ask('hover', { position });
          await ask('completion', { position });
          await ask('codeAction', { range: { start: position, end: position }, context: { diagnostics: items } });
        }
      }
      await editor.change(uri, text.length + 1, { text: '' });
      expect(await ask('diagnostic')).toEqual({ kind: 'full', items: [] });
    }
    expect(editor.logged).toEqual([]);
    expect(await stop()).toBe(0);
  }, 120_000);

  it('forgets what was deleted, and a folder that is removed while its files are open', async () => {
    const service = write('units/name.service', SERVICE);
    const timer = write('units/name.timer', TIMER);
    const capabilities = { workspace: { workspaceFolders: true } };
    const folder = { uri: pathToFileURL(top).href, name: 'top' };
    await editor.initialize([folder.uri], { capabilities });
    await editor.open(service, SERVICE);
    expect((await editor.next(service)).diagnostics).toHaveLength(1);
    rmSync(join(top, 'units'), { recursive: true });
    // Editors tell of the folder, not of what was in it.
    await editor.connection.sendNotification('workspace/didChangeWatchedFiles', {
      changes: [{ uri: pathToFileURL(join(top, 'units')).href, type: 3 }],
    });
    expect((await editor.next(service)).diagnostics).toEqual([]);
    await editor.open(timer, TIMER);
    expect((await editor.next(service)).diagnostics).toHaveLength(1);
    rmSync(top, { recursive: true });
    mkdirSync(top);
    await editor.connection.sendNotification('workspace/didChangeWorkspaceFolders', {
      event: { added: [], removed: [folder] },
    });
    // Both are open and lie in one directory, so they still meet.
    expect((await editor.next(service)).diagnostics).toHaveLength(1);
    await editor.close(timer);
    expect((await editor.next(service)).diagnostics).toEqual([]);
    expect(editor.logged).toEqual([]);
    expect(await stop()).toBe(0);
  });

  it('ends when the editor is gone, and calls that a failure', async () => {
    await editor.initialize([pathToFileURL(top).href]);
    editor.hangUp();
    expect(await status).toBe(1);
  });

  it('calls an exit without shutdown a failure', async () => {
    await editor.initialize([]);
    await editor.connection.sendNotification('exit');
    expect(await status).toBe(1);
  });
});

describe('fleetlint lsp', () => {
  const message = (content: unknown): string => {
    const body = typeof content === 'string' ? content : JSON.stringify(content);
    return `Content-Length: ${String(Buffer.byteLength(body))}\r\n\r\n${body}`;
  };
  const initialize = { jsonrpc: '2.0', id: 1, method: 'initialize', params: { processId: null, capabilities: {} } };
  /** Its input stays open, as an editor's does, unless `isClosed`. */
  const run = async (input: string, isClosed = false) => {
    const child = spawn(process.execPath, [resolve(import.meta.dirname, '../../bin/fleetlint.js'), 'lsp']);
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
    child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
    child.stdin.write(input);
    if (isClosed) child.stdin.end();
    const [status] = (await once(child, 'exit')) as [number | null];
    return { status, stdout, stderr };
  };

  it('goes on after messages that are none', async () => {
    const uri = 'file:///a.service';
    const place = { textDocument: { uri }, position: { line: 1e9, character: -1 } };
    const wrong = [null, 1, 'x', [], {}, { textDocument: null }, { textDocument: { uri: 5 } }, place];
    const methods = ['textDocument/didOpen', 'textDocument/didChange', 'textDocument/hover', 'textDocument/completion'];
    const others = ['textDocument/codeAction', 'workspace/didChangeWatchedFiles', 'workspace/executeCommand', 'x'];
    const garbage = ['', 'null', '1', '[]', '{}', '{abc', '\ufffd'].map(message);
    for (const method of [...methods, ...others]) {
      for (const params of wrong)
        garbage.push(message({ jsonrpc: '2.0', method, params, id: `${method}-${garbage.length}` }));
    }
    const opened = { textDocument: { uri, languageId: 'systemd', version: 1, text: '[Service]\nType=a\n' } };
    const { status, stdout, stderr } = await run(
      [
        message(initialize),
        message({ jsonrpc: '2.0', method: 'initialized', params: {} }),
        message({ jsonrpc: '2.0', method: 'textDocument/didOpen', params: opened }),
        ...garbage,
        message({
          jsonrpc: '2.0',
          id: 'last',
          method: 'textDocument/documentSymbol',
          params: { textDocument: { uri } },
        }),
        message({ jsonrpc: '2.0', id: 'end', method: 'shutdown' }),
        message({ jsonrpc: '2.0', method: 'exit' }),
      ].join(''),
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/"id":"last","result":\[\{"name":"Service"/);
  }, 20_000);

  it.each([
    ['with what it was told to, though its input ends at once', ['shutdown', 'exit'], 0],
    ['in order after a shutdown', ['shutdown'], 0],
    ['with a failure without one', [], 1],
  ])(
    'ends %s',
    async (_, methods, expected) => {
      const asked = methods.map((method, at) =>
        message({ jsonrpc: '2.0', method, ...(method === 'exit' ? {} : { id: at + 2 }) }),
      );
      const { status, stderr } = await run(`${message(initialize)}${asked.join('')}`, true);
      expect({ status, stderr }).toEqual({ status: expected, stderr: '' });
    },
    20_000,
  );

  it('ends where nobody knows any more where a message begins', async () => {
    const { status } = await run(`${message(initialize)}Content-Type: x\r\n\r\n{}${message(initialize)}`);
    expect(status).toBe(1);
  }, 20_000);

  it('speaks over standard input and output, prints nothing else, and ends', async () => {
    const uri = write('name.service', SERVICE);
    write('name.timer', TIMER);
    const program = resolve(import.meta.dirname, '../../bin/fleetlint.js');
    const child = spawn(process.execPath, [program, 'lsp'], { cwd: top });
    let errors = '';
    child.stderr.on('data', (data: Buffer) => (errors += data.toString()));
    const ended = once(child, 'exit');
    const connection = createProtocolConnection(child.stdout, child.stdin);
    const published = new Promise((settle) => {
      connection.onNotification('textDocument/publishDiagnostics', settle);
    });
    connection.listen();
    const workspaceFolders = [{ uri: pathToFileURL(top).href, name: 'top' }];
    await connection.sendRequest('initialize', { processId: null, rootUri: null, capabilities: {}, workspaceFolders });
    await connection.sendNotification('initialized', {});
    await connection.sendNotification('textDocument/didOpen', {
      textDocument: { uri, languageId: 'systemd', version: 1, text: SERVICE },
    });
    expect(await published).toMatchObject({ uri, diagnostics: [{ code: RULE }] });
    await connection.sendRequest('shutdown');
    await connection.sendNotification('exit');
    expect(await ended).toEqual([0, null]);
    expect(errors).toBe('');
  }, 20_000);
});
