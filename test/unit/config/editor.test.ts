import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { serve } from '../../../src/lsp/main.ts';
import { makeTree, run } from '../cli/support.ts';
import { startEditor, until, type Editor } from '../lsp/editor.ts';

const exec = "exec { 'name':\n  command => 'hostnamectl set-hostname node-1',\n}\n";
const error = 1;
const information = 3;

let editor: Editor;
let ended: Promise<number>;

beforeEach(() => {
  editor = startEditor((input, output) => {
    ended = serve(input, output, '1.2.3', false);
  });
});

afterEach(async () => {
  editor.hangUp();
  await ended;
});

const uriOf = (tree: string, path: string): string => pathToFileURL(join(tree, path)).href;
const severities = async (uri: string) => (await editor.next(uri)).diagnostics.map(({ severity }) => severity);

test('an editor has the configuration of the command line, also after it has changed or is wrong', async () => {
  const tree = makeTree({
    'fleetlint.yaml': 'rules: { dbus/periodic-activation: info }\nignore: [old/]\n',
    'a.pp': exec,
    'sub/fleetlint.yaml': 'rules: { dbus/periodic-activation: off }\n',
    'sub/b.pp': exec,
    'old/c.pp': exec,
  });
  await editor.initialize([pathToFileURL(tree).href]);
  for (const path of ['a.pp', 'sub/b.pp', 'old/c.pp']) await editor.open(uriOf(tree, path), exec);
  expect(await severities(uriOf(tree, 'a.pp'))).toEqual([information]);
  expect(await severities(uriOf(tree, 'sub/b.pp'))).toEqual([]);
  expect(await severities(uriOf(tree, 'old/c.pp'))).toEqual([]);
  const tell = (...paths: readonly string[]) =>
    editor.connection.sendNotification('workspace/didChangeWatchedFiles', {
      changes: paths.map((path) => ({ uri: uriOf(tree, path), type: 2 })),
    });

  writeFileSync(join(tree, 'fleetlint.yaml'), 'rules: { dbus/periodic-activation: error }\n');
  await tell('fleetlint.yaml');
  expect(await severities(uriOf(tree, 'a.pp'))).toEqual([error]);
  expect(await severities(uriOf(tree, 'old/c.pp'))).toEqual([error]);

  rmSync(join(tree, 'sub/fleetlint.yaml'));
  await tell('sub/fleetlint.yaml');
  expect(await severities(uriOf(tree, 'sub/b.pp'))).toEqual([error]);
  expect(editor.logged).toEqual([]);

  // The text of the editor counts, and what held before while it is wrong.
  await editor.open(uriOf(tree, 'fleetlint.yaml'), 'rule: {}\n');
  await until(() => editor.logged.length > 0);
  expect(editor.logged).toEqual([expect.stringContaining("fleetlint.yaml:1:1: There is no setting 'rule'.")]);
  await editor.change(uriOf(tree, 'fleetlint.yaml'), 2, { text: 'rules: { dbus/periodic-activation: info }\n' });
  expect(await severities(uriOf(tree, 'a.pp'))).toEqual([information]);
});

test('what is known of the nodes is read again, also where the editor watches nothing', async () => {
  const tree = makeTree({ 'fleetlint.yaml': 'fleet: nodes.json\n', 'nodes.json': nodes('v1.20.0') });
  const text = 'apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nfailCgroupV1: false\n';
  const uri = uriOf(tree, 'kubelet.yaml');
  await editor.initialize([pathToFileURL(tree).href]);
  await editor.open(uri, text);
  const codes = (await editor.next(uri)).diagnostics.map(({ code }) => code);
  expect(codes).toEqual(['kubelet/unknown-field']);
  writeFileSync(join(tree, 'nodes.json'), nodes('v1.33.10'));
  await editor.change(uri, 2, { text: `${text}# changed\n` });
  expect((await editor.next(uri)).diagnostics).toEqual([]);
  await editor.open(uriOf(tree, 'nodes.json'), nodes('v1.20.0'));
  expect((await editor.next(uri)).diagnostics).toHaveLength(1);
});

function nodes(kubeletVersion: string): string {
  const nodeInfo = {
    kubeletVersion,
    kernelVersion: '5.15.0-1',
    osImage: 'Ubuntu 22.04',
    containerRuntimeVersion: 'containerd://1.7.0',
  };
  return JSON.stringify({
    kind: 'List',
    items: [{ kind: 'Node', metadata: { name: 'a' }, status: { nodeInfo } }],
  });
}

test('a baseline holds back what it holds back on the command line', async () => {
  const tree = makeTree({ '.git/HEAD': '', 'sub/a.pp': exec });
  await run(tree, ['--write-baseline']);
  // The folder of the editor is not the top of the repository, and the text is another one.
  await editor.initialize([uriOf(tree, 'sub')]);
  const uri = uriOf(tree, 'sub/a.pp');
  const other = "\nexec { 'other': command => 'hostnamectl status' }\n";
  await editor.open(uri, `# moved\n${exec}${other}`);
  const lines = (await editor.next(uri)).diagnostics.map(({ range }) => range.start.line);
  expect(lines).toEqual([5]);
});

test('an editor may name the configuration and the baseline, or do without', async () => {
  const tree = makeTree({
    '.git/HEAD': '',
    'fleetlint.yaml': 'rules: { dbus/periodic-activation: off }\n',
    'a.pp': exec,
  });
  await run(tree, ['--write-baseline', '--no-config']);
  await editor.initialize([pathToFileURL(tree).href], { initializationOptions: { config: false, baseline: false } });
  await editor.open(uriOf(tree, 'a.pp'), exec);
  expect((await editor.next(uriOf(tree, 'a.pp'))).diagnostics).toHaveLength(1);
});
