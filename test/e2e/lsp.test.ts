/** The language server with the real session, over streams in memory and as the process that editors start. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createProtocolConnection } from 'vscode-languageserver/node';
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
      status = serve(input, output, '1.2.3');
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
