import { CancellationTokenSource, createConnection, LSPErrorCodes, type WatchDog } from 'vscode-languageserver';
import { createProtocolConnection } from 'vscode-languageserver/node';
import { afterEach, describe, expect, it } from 'vitest';
import type { Finding } from '../../../src/core/finding.ts';
import type { Span } from '../../../src/core/span.ts';
import { createLanguage } from '../../../src/lsp/language.ts';
import { startServer } from '../../../src/lsp/server.ts';
import type { WorkspaceFile, WorkspaceServices, WorkspaceSession } from '../../../src/lsp/workspace.ts';
import { makeFinding } from '../reporters/support.ts';
import { pause, replace, startEditor, until, type Editor } from './editor.ts';

/** Short, so that tests are quick; long enough that messages sent together arrive together. */
const DELAY = 60;

/** Finds the word BAD; the evidence is the word CAUSE in any other file. */
class WordSession implements WorkspaceSession {
  readonly files = new Map<string, WorkspaceFile>();
  /** Whether its findings can be fixed. */
  fixes: 'safe' | 'unsafe' | undefined;

  configure(): void {
    // It has no rules that settings are for.
  }

  models(): Promise<readonly []> {
    return Promise.resolve([]);
  }

  update(files: readonly WorkspaceFile[]): void {
    for (const file of files) this.files.set(file.path, file);
  }

  remove(paths: readonly string[]): void {
    for (const path of paths) this.files.delete(path);
  }

  text(path: string): string | undefined {
    return this.files.get(path)?.read().toString();
  }

  run(): Promise<{ findings: readonly Finding[]; notices: readonly [] }> {
    const evidence = this.#places('CAUSE').map((span) => ({ note: `It is caused by ${span.file}.`, span }));
    const findings = this.#places('BAD').map((span) =>
      makeFinding(span, {
        severity: 'error',
        help: 'Make it good.',
        fixes:
          this.fixes === undefined
            ? []
            : [{ title: 'Make it good', safety: this.fixes, edits: [{ span, text: 'GOOD' }] }],
        evidence: [...evidence.filter((step) => step.span.file !== span.file), { note: 'So it is.', source: 'manual' }],
      }),
    );
    return Promise.resolve({ findings, notices: [] });
  }

  #places(word: string): Span[] {
    return [...this.files.keys()].flatMap((file) => {
      const start = this.text(file)?.indexOf(word) ?? -1;
      return start < 0 ? [] : [{ file, start, end: start + word.length }];
    });
  }
}

let editors: Editor[] = [];

afterEach(() => {
  for (const editor of editors) editor.hangUp();
  editors = [];
});

interface Server {
  readonly editor: Editor;
  /** Files under /root, by path. */
  readonly disk: Map<string, string>;
  readonly sessions: WordSession[];
}

function startWith(disk: Record<string, string>, createSession = () => new WordSession(), delay = DELAY): Server {
  const files = new Map(Object.entries(disk));
  const sessions: WordSession[] = [];
  const services: WorkspaceServices = {
    createSession() {
      const session = createSession();
      sessions.push(session);
      return session;
    },
    // As the real one: a path is a file, or a folder that is searched and in which what is ignored is left out.
    discover: (root, [wanted = '.']) =>
      Promise.resolve({
        files: [...files.keys()]
          .filter((path) => root === '/root' && (path === wanted || (wanted === '.' && !path.startsWith('ignored'))))
          .map((path) => ({ path, read: () => files.get(path) ?? '' })),
      }),
    locate: (_root, path) => ({ path, scope: '' }),
    configure: () =>
      Promise.resolve({
        settings: { severityOf: () => undefined, optionsOf: () => ({}), configure: (finding) => finding },
        notices: [],
        isIgnored: () => false,
        given: [],
        narrow: (findings) => findings,
        isStale: () => false,
      }),
    isFile: () => false,
    version: '1.2.3',
    rules: [
      {
        id: 'theme/name',
        severity: 'error',
        confidence: 'high',
        summary: 'It is wrong.',
        needs: [],
        load: () => Promise.reject(new Error('Not asked for.')),
      },
    ],
    page: (rule) => `# ${rule}\n`,
    pageUri: (rule) => `file:///pages/${rule}.md`,
    delay,
  };
  const editor = startEditor((input, output) => {
    const watchDog: WatchDog = { shutdownReceived: false, initialize: () => undefined, exit: () => undefined };
    startServer(
      createConnection((logger) => createProtocolConnection(input, output, logger), watchDog),
      '1.2.3',
      (connection, parameters) => Promise.resolve(createLanguage(connection, parameters, services)),
    );
  });
  editors.push(editor);
  return { editor, disk: files, sessions };
}

const A = 'file:///root/a';
const B = 'file:///root/b';
const C = 'file:///root/c';

describe('language server', () => {
  it('says what it can', async () => {
    const { editor } = startWith({});
    const capabilities = { general: { positionEncodings: ['utf-8', 'utf-32'] } };
    expect(await editor.initialize(['file:///root'], { capabilities })).toMatchObject({
      serverInfo: { name: 'fleetlint', version: '1.2.3' },
      capabilities: { positionEncoding: 'utf-16', textDocumentSync: { openClose: true, change: 2 } },
    });
  });

  it('publishes findings with the chain, of which a part lies in a file that is not open', async () => {
    const { editor } = startWith({ a: '', 'dir/ö b': '\n CAUSE' });
    await editor.initialize(['file:///root/']);
    await editor.open(A, 'é🙂\r\n漢🙂BAD');
    expect(await editor.next(A)).toEqual({
      uri: A,
      version: 1,
      diagnostics: [
        {
          range: { start: { line: 1, character: 3 }, end: { line: 1, character: 6 } },
          severity: 1,
          code: 'theme/name',
          codeDescription: { href: 'https://github.com/fleetlint/fleetlint/blob/v1.2.3/docs/rules/theme/name.md' },
          source: 'fleetlint',
          message: 'It is wrong.\nnote: So it is. (manual)\nhelp: Make it good.',
          relatedInformation: [
            {
              location: {
                uri: 'file:///root/dir/%C3%B6%20b',
                range: { start: { line: 1, character: 1 }, end: { line: 1, character: 6 } },
              },
              message: 'It is caused by dir/ö b.',
            },
          ],
        },
      ],
    });
  });

  it('tells the chain in the message where the editor does not show related information', async () => {
    const { editor } = startWith({ b: 'CAUSE' });
    await editor.initialize(['file:///root'], { capabilities: {} });
    await editor.open(A, 'BAD');
    const [diagnostic] = (await editor.next(A)).diagnostics;
    expect(diagnostic?.message).toBe(
      'It is wrong.\nwhy: It is caused by b.\nnote: So it is. (manual)\nhelp: Make it good.',
    );
    expect(diagnostic).not.toHaveProperty('relatedInformation');
  });

  it('publishes again for every open file that a change touches, and for no other', async () => {
    const { editor } = startWith({ a: '', b: '', c: '' });
    await editor.initialize(['file:///root']);
    for (const [uri, text] of [
      [C, 'fine'],
      [B, 'CAUSE'],
      [A, 'BAD'],
    ] as const) {
      await editor.open(uri, text);
      await editor.next(uri);
    }
    expect(editor.published).toHaveLength(3);

    await editor.change(B, 2, replace(0, 0, 0, '\n\n'));
    const after = await editor.next(A);
    expect(after.diagnostics[0]?.relatedInformation?.[0]?.location).toEqual({
      uri: B,
      range: { start: { line: 2, character: 0 }, end: { line: 2, character: 5 } },
    });
    expect(await editor.next(B)).toEqual({ uri: B, version: 2, diagnostics: [] });
    await pause(3 * DELAY);
    expect(editor.published.slice(3).map(({ uri }) => uri)).toEqual([B, A]);
  });

  it('follows several changes of one message, and clears what is repaired', async () => {
    const { editor } = startWith({});
    await editor.initialize(['file:///root']);
    await editor.open(A, 'one\nBAD\n');
    expect((await editor.next(A)).diagnostics).toHaveLength(1);
    await editor.change(A, 2, replace(0, 0, 3, 'two\nthree'), replace(2, 0, 3, 'good'));
    expect(await editor.next(A)).toEqual({ uri: A, version: 2, diagnostics: [] });
  });

  it('looks once at changes that follow each other quickly', async () => {
    const { editor } = startWith({}, undefined, 10 * DELAY);
    await editor.initialize(['file:///root']);
    await editor.open(A, '');
    await editor.next(A);
    for (let version = 2; version < 12; version++) {
      await editor.change(A, version, replace(0, 0, 0, 'BAD '));
      await pause(5);
    }
    expect((await editor.next(A)).version).toBe(11);
    expect(editor.published).toHaveLength(2);
  });

  it('goes back to the disk when a file is closed', async () => {
    const { editor } = startWith({ a: '', b: 'CAUSE' });
    await editor.initialize(['file:///root']);
    await editor.open(B, 'nothing here, BAD');
    expect((await editor.next(B)).diagnostics).toHaveLength(1);
    await editor.open(A, 'BAD');
    const open = await editor.next(A);
    expect(open.diagnostics[0]).not.toHaveProperty('relatedInformation');

    await editor.close(B);
    expect(await editor.next(B)).toEqual({ uri: B, diagnostics: [] });
    const closed = await editor.next(A);
    expect(closed.diagnostics[0]?.relatedInformation?.[0]?.location.uri).toBe(B);
  });

  it.each([
    ['was never there', (disk: Map<string, string>) => disk.delete('b')],
    ['has been deleted', (disk: Map<string, string>) => disk.delete('b')],
    ['is ignored', (disk: Map<string, string>) => disk.set('ignored.service', 'CAUSE')],
  ])('forgets a closed file that %s', async (why, prepare) => {
    const { editor, disk, sessions } = startWith(why === 'has been deleted' ? { b: 'CAUSE' } : {});
    const uri = why === 'is ignored' ? 'file:///root/ignored.service' : B;
    await editor.initialize(['file:///root']);
    await editor.open(uri, 'CAUSE');
    await editor.next(uri);
    await editor.open(A, 'BAD');
    expect((await editor.next(A)).diagnostics[0]?.relatedInformation).toHaveLength(1);
    prepare(disk);
    await editor.close(uri);
    expect((await editor.next(A)).diagnostics[0]).not.toHaveProperty('relatedInformation');
    expect([...(sessions[0]?.files.keys() ?? [])]).toEqual(['a']);
  });

  it('keeps a new file that was saved before it was closed', async () => {
    const { editor, disk, sessions } = startWith({});
    await editor.initialize(['file:///root']);
    await editor.open(B, 'CAUSE');
    await editor.next(B);
    disk.set('b', 'CAUSE, saved');
    await editor.close(B);
    await until(() => sessions[0]?.text('b') === 'CAUSE, saved');
  });

  it('looks at a file outside all folders, without what lies beside it on disk', async () => {
    const { editor, sessions } = startWith({ b: 'CAUSE' });
    await editor.initialize([]);
    await editor.open('file:///elsewhere/x', 'BAD');
    const { diagnostics } = await editor.next('file:///elsewhere/x');
    expect(diagnostics).toHaveLength(1);
    expect([...(sessions[0]?.files.keys() ?? [])]).toEqual(['x']);
  });

  it('asks the nearest of several folders', async () => {
    const { editor } = startWith({ 'in/b': 'CAUSE', b: 'CAUSE' });
    await editor.initialize(['file:///root', 'file:///root/in']);
    await editor.open('file:///root/in/a', 'BAD');
    const [diagnostic] = (await editor.next('file:///root/in/a')).diagnostics;
    expect(diagnostic).not.toHaveProperty('relatedInformation');
  });

  it('takes the root that older editors send', async () => {
    const { editor } = startWith({ b: 'CAUSE' });
    await editor.initialize([], { workspaceFolders: null, rootUri: 'file:///root' });
    await editor.open(A, 'BAD');
    expect((await editor.next(A)).diagnostics[0]?.relatedInformation).toHaveLength(1);
  });

  it('ignores URIs that name no file, and messages about files that are not open', async () => {
    const { editor } = startWith({});
    await editor.initialize(['file:///root', 'untitled:x', 'garbage']);
    for (const uri of [
      'untitled:Untitled-1',
      'git:/root/a?ref',
      'garbage',
      '',
      'file:///%zz',
      'file:///a%00b',
      'file://',
    ]) {
      await editor.open(uri, 'BAD');
      await editor.change(uri, 2, { text: 'BAD BAD' });
      await editor.close(uri);
    }
    await editor.change(B, 2, { text: 'BAD' });
    await editor.close(B);
    await editor.open(A, 'BAD');
    expect((await editor.next(A)).diagnostics).toHaveLength(1);
    expect(editor.published.map(({ uri }) => uri)).toEqual([A]);
  });

  it('says a fault in the log and goes on', async () => {
    class FailingSession extends WordSession {
      override run(): ReturnType<WordSession['run']> {
        return this.text('a') === 'FAIL' ? Promise.reject(new Error('It broke.')) : super.run();
      }
    }
    const { editor } = startWith({}, () => new FailingSession());
    await editor.initialize(['file:///root']);
    await editor.open(A, 'FAIL');
    await until(() => editor.logged.join().includes('It broke.'));
    expect((await editor.next(A)).diagnostics).toEqual([]);
    await editor.change(A, 2, { text: 'BAD' });
    expect((await editor.next(A)).diagnostics).toHaveLength(1);
  });

  it('never publishes what is out of date, and takes no change while a run is under way', async () => {
    let finish: () => void = () => undefined;
    let isRunning = false;
    class SlowSession extends WordSession {
      override async run(): ReturnType<WordSession['run']> {
        const before = this.text('a');
        if (before?.startsWith('slow') === true) {
          await new Promise<void>((resolve) => {
            finish = resolve;
            isRunning = true;
          });
        }
        expect(this.text('a')).toBe(before);
        return super.run();
      }
    }
    const { editor } = startWith({}, () => new SlowSession());
    await editor.initialize(['file:///root']);
    await editor.open(A, 'slow BAD');
    await until(() => isRunning);
    await editor.change(A, 2, { text: '\n\nBAD' });
    await pause(3 * DELAY);
    expect(editor.published).toEqual([]);
    finish();
    expect(await editor.next(A)).toMatchObject({ version: 2, diagnostics: [{ range: { start: { line: 2 } } }] });
    expect(editor.published).toHaveLength(1);
    expect(editor.logged).toEqual([]);
  });

  it('says nothing after shutdown', async () => {
    const { editor } = startWith({});
    await editor.initialize(['file:///root']);
    await editor.open(A, 'BAD');
    await editor.next(A);
    await editor.change(A, 2, { text: 'good' });
    expect(await editor.connection.sendRequest('shutdown')).toBeNull();
    await pause(3 * DELAY);
    expect(editor.published).toHaveLength(1);
  });
});

describe('an editor that asks for diagnostics', () => {
  const capabilities = {
    textDocument: { diagnostic: { relatedDocumentSupport: false } },
    workspace: { diagnostics: { refreshSupport: true } },
  };
  const ask = (editor: Editor, uri: string) =>
    editor.connection.sendRequest<{ kind: string; items: readonly { range: unknown }[] }>('textDocument/diagnostic', {
      textDocument: { uri },
    });

  it('gets them when it asks, with all changes so far, and nothing is pushed', async () => {
    const { editor } = startWith({ a: '' });
    const { capabilities: server } = await editor.initialize(['file:///root'], { capabilities });
    expect(server.diagnosticProvider).toMatchObject({ interFileDependencies: true });
    await editor.open(A, 'BAD');
    expect((await ask(editor, A)).items).toHaveLength(1);
    await editor.change(A, 2, replace(0, 0, 3, 'fine'));
    expect(await ask(editor, A)).toEqual({ kind: 'full', items: [] });
    expect(await ask(editor, 'file:///elsewhere/x')).toEqual({ kind: 'full', items: [] });
    expect(await ask(editor, 'untitled:x')).toEqual({ kind: 'full', items: [] });
    expect(editor.published).toEqual([]);
  });

  it('may take a question back while the answer is looked for', async () => {
    let finish: () => void = () => undefined;
    class SlowSession extends WordSession {
      override async run(): ReturnType<WordSession['run']> {
        if (this.text('a') !== undefined) await new Promise<void>((resolve) => (finish = resolve));
        return super.run();
      }
    }
    const { editor } = startWith({}, () => new SlowSession());
    await editor.initialize(['file:///root'], { capabilities });
    await editor.open(A, 'BAD');
    const source = new CancellationTokenSource();
    const params = { textDocument: { uri: A } };
    const asked = editor.connection.sendRequest('textDocument/diagnostic', params, source.token);
    await pause(2 * DELAY);
    source.cancel();
    await expect(asked).rejects.toMatchObject({ code: LSPErrorCodes.RequestCancelled });
    finish();
    expect((await ask(editor, A)).items).toHaveLength(1);
  });

  it('is told when a change in one file changes another', async () => {
    const { editor } = startWith({ a: '', b: '' });
    let refreshed = 0;
    editor.connection.onRequest('workspace/diagnostic/refresh', () => {
      refreshed++;
      return null;
    });
    await editor.initialize(['file:///root'], { capabilities });
    await editor.open(A, 'BAD');
    await editor.open(B, '');
    await ask(editor, A);
    await editor.change(B, 2, { text: 'CAUSE' });
    await until(() => refreshed === 1);
  });
});

describe('files that others change', () => {
  it('are read again', async () => {
    const { editor, disk } = startWith({ a: '', b: '' });
    await editor.initialize(['file:///root']);
    await editor.open(A, 'BAD');
    expect((await editor.next(A)).diagnostics[0]?.relatedInformation).toBeUndefined();
    disk.set('b', 'CAUSE');
    await editor.connection.sendNotification('workspace/didChangeWatchedFiles', { changes: [{ uri: B, type: 2 }] });
    expect((await editor.next(A)).diagnostics[0]?.relatedInformation).toHaveLength(1);
    disk.delete('b');
    await editor.connection.sendNotification('workspace/didChangeWatchedFiles', {
      changes: [
        { uri: B, type: 3 },
        { uri: 'untitled:x', type: 2 },
      ],
    });
    expect((await editor.next(A)).diagnostics[0]?.relatedInformation).toBeUndefined();
  });

  it('do not take the place of an open buffer', async () => {
    const { editor, disk } = startWith({ a: '' });
    await editor.initialize(['file:///root']);
    await editor.open(A, 'BAD');
    await editor.next(A);
    disk.set('a', 'fine');
    await editor.connection.sendNotification('workspace/didChangeWatchedFiles', { changes: [{ uri: A, type: 2 }] });
    await pause(3 * DELAY);
    expect(editor.published).toHaveLength(1);
  });
});

it('follows folders that come and go', async () => {
  const { editor, sessions } = startWith({ a: 'BAD' });
  await editor.initialize(['file:///root'], {
    capabilities: { workspace: { workspaceFolders: true }, textDocument: { publishDiagnostics: {} } },
  });
  await editor.open('file:///other/x', 'BAD');
  expect((await editor.next('file:///other/x')).diagnostics).toHaveLength(1);
  const before = sessions.length;
  await editor.connection.sendNotification('workspace/didChangeWorkspaceFolders', {
    event: { added: [{ uri: 'file:///other', name: 'other' }], removed: [{ uri: 'file:///root', name: 'root' }] },
  });
  expect((await editor.next('file:///other/x')).diagnostics).toHaveLength(1);
  expect(sessions.length).toBe(before + 1);
});

describe('actions', () => {
  const startFixable = (safety: 'safe' | 'unsafe') =>
    startWith({ a: '' }, () => {
      const session = new WordSession();
      session.fixes = safety;
      return session;
    });
  const explain = { command: { command: 'fleetlint.explain', arguments: ['theme/name'] } };
  const actions = async (editor: Editor, only?: readonly string[]) => {
    await editor.initialize(['file:///root']);
    await editor.open(A, 'x BAD');
    const { diagnostics } = await editor.next(A);
    return await editor.connection.sendRequest<unknown[]>('textDocument/codeAction', {
      textDocument: { uri: A },
      range: diagnostics[0]?.range,
      context: { diagnostics, ...(only === undefined ? {} : { only }) },
    });
  };
  const edit = {
    changes: {
      [A]: [{ range: { start: { line: 0, character: 2 }, end: { line: 0, character: 5 } }, newText: 'GOOD' }],
    },
  };

  it('offer safe fixes as preferred, and all of them at once', async () => {
    expect(await actions(startFixable('safe').editor)).toMatchObject([
      { title: 'Make it good', kind: 'quickfix', isPreferred: true, edit },
      explain,
      { kind: 'source.fixAll.fleetlint', edit },
    ]);
  });

  it('offer other fixes one by one', async () => {
    const [fix, ...others] = await actions(startFixable('unsafe').editor);
    expect(others).toMatchObject([explain]);
    expect(fix).toMatchObject({ kind: 'quickfix', edit });
    expect(fix).not.toHaveProperty('isPreferred');
  });

  it('offer what is asked for', async () => {
    expect(await actions(startFixable('safe').editor, ['source.fixAll'])).toHaveLength(1);
    expect(await actions(startFixable('safe').editor, ['refactor'])).toEqual([]);
  });

  it('open the page of a rule, where the editor can, or say where it is', async () => {
    for (const support of [true, false]) {
      const { editor } = startWith({});
      const said: unknown[] = [];
      editor.connection.onRequest('window/showDocument', (page) => {
        said.push(page);
        return { success: true };
      });
      editor.connection.onRequest('window/showMessageRequest', (message) => {
        said.push(message);
        return null;
      });
      await editor.initialize([], { capabilities: { window: { showDocument: { support } } } });
      const execute = (command: string, ...args: readonly string[]) =>
        editor.connection.sendRequest('workspace/executeCommand', { command, arguments: args });
      await execute('fleetlint.explain', 'theme/name');
      await until(() => said.length === 1);
      expect(said).toEqual([
        support
          ? { uri: 'file:///pages/theme/name.md', takeFocus: true }
          : { type: 3, message: expect.stringContaining('/docs/rules/theme/name.md') as string, actions: [] },
      ]);
      expect(await execute('fleetlint.explain')).toBeNull();
      expect(await execute('fleetlint.explain', '../x')).toBeNull();
      expect(await execute('other', 'theme/name')).toBeNull();
      expect(said).toHaveLength(1);
    }
  });

  it('are for what is found now, not for what an editor still shows', async () => {
    const { editor } = startFixable('safe');
    await editor.initialize(['file:///root']);
    await editor.open(A, 'x BAD');
    const { diagnostics } = await editor.next(A);
    await editor.change(A, 2, { text: 'xyz BAD' });
    const asked = {
      textDocument: { uri: A },
      range: diagnostics[0]?.range,
      context: { diagnostics, only: ['quickfix'] },
    };
    expect(await editor.connection.sendRequest('textDocument/codeAction', asked)).toEqual([]);
  });

  it('pass over what other servers put into a diagnostic', async () => {
    const { editor } = startWith({ a: '' });
    await editor.initialize(['file:///root']);
    await editor.open(A, 'x');
    const range = { start: { line: 0, character: 0 }, end: { line: 0, character: 1 } };
    const foreign = [null, 1, { fixes: 'no' }].map((data) => ({ range, message: '', source: 'fleetlint', data }));
    const context = { diagnostics: [...foreign, { range, message: '', source: 'other', data: { fixes: [{}] } }] };
    expect(
      await editor.connection.sendRequest('textDocument/codeAction', { textDocument: { uri: A }, range, context }),
    ).toEqual([]);
  });
});

describe('hover and completion', () => {
  const at = (line: number, character: number) => ({ textDocument: { uri: A }, position: { line, character } });
  const text = 'x BAD\n# fleetlint-ignore[theme/name, th] reason';

  it('a finding and a rule id show the page of the rule', async () => {
    const { editor } = startWith({ a: '' });
    await editor.initialize(['file:///root']);
    await editor.open(A, text);
    const hover = (line: number, character: number) =>
      editor.connection.sendRequest('textDocument/hover', at(line, character));
    const page = { contents: { kind: 'markdown', value: '# theme/name\n' } };
    expect(await hover(0, 3)).toMatchObject(page);
    expect(await hover(1, 22)).toMatchObject({
      ...page,
      range: { start: { line: 1, character: 19 }, end: { line: 1, character: 29 } },
    });
    expect(await hover(0, 0)).toBeNull();
    expect(await hover(1, 33)).toBeNull();
    expect(await hover(9, 0)).toBeNull();
  });

  it('rule ids complete between the brackets of a comment', async () => {
    const { editor } = startWith({ a: '' });
    await editor.initialize(['file:///root']);
    await editor.open(A, text);
    const complete = (line: number, character: number) =>
      editor.connection.sendRequest('textDocument/completion', at(line, character));
    expect(await complete(1, 33)).toMatchObject([
      {
        label: 'theme/name',
        textEdit: {
          range: { start: { line: 1, character: 31 }, end: { line: 1, character: 33 } },
          newText: 'theme/name',
        },
      },
    ]);
    expect(await complete(1, 40)).toEqual([]);
    expect(await complete(0, 1)).toEqual([]);
  });
});
