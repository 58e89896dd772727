import { chmodSync, lstatSync, readFileSync, readdirSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Finding, Fix, TextEdit } from '../../../src/core/finding.ts';
import { applyEdits, compatible, editsByFile, proposals } from '../../../src/core/fix.ts';
import { fixSession } from '../../../src/fixer.ts';
import { Session, type Result } from '../../../src/session.ts';
import { makeTree, run } from '../cli/support.ts';

const unit = '[Unit]\nDescription=Report\n[Service]\nExecStart=/usr/bin/one\n';
const dropIn = '# Ours.\n[Service]\nExecStart=/usr/bin/two\n';
const mended = dropIn.replace('ExecStart', 'ExecStart=\nExecStart');
const place = 'a.service.d/10-two.conf';
const files = { 'a.service': unit, [place]: dropIn };

function edit(file: string, start: number, end: number, text: string): TextEdit {
  return { span: { file, start, end }, text };
}

function finding(key: string, edits: readonly TextEdit[], safety: Fix['safety'] = 'safe'): Finding {
  return {
    rule: 'test/rule',
    severity: 'warning',
    confidence: 'high',
    message: 'A.',
    help: '',
    span: { file: edits[0]?.span.file ?? 'a', start: 0, end: 0 },
    evidence: [],
    fixes: [{ title: `Mend ${key}`, safety, edits }],
    key,
    fingerprint: key,
  };
}

describe('putting fixes together', () => {
  test('an edit that several findings ask for is made once', () => {
    const same = [finding('1', [edit('a', 1, 2, 'x')]), finding('2', [edit('a', 1, 2, 'x')])];
    const made = compatible(proposals(same, 'safe'));
    expect(made).toHaveLength(2);
    expect(editsByFile(made).get('a')).toHaveLength(1);
  });

  test('of two that overlap the first one is made, in all its files, and nothing of the other', () => {
    const first = finding('1', [edit('a', 0, 4, 'x'), edit('b', 0, 0, 'new ')]);
    const second = finding('2', [edit('a', 3, 5, 'y'), edit('c', 0, 0, 'never')]);
    const third = finding('3', [edit('a', 4, 4, 'z')]);
    const edits = editsByFile(compatible(proposals([first, second, third], 'safe')));
    expect([...edits.keys()]).toEqual(['a', 'b']);
    expect(applyEdits('0123456', edits.get('a') ?? [])?.text).toBe('xz456');
  });

  test('unsafe fixes are for those who ask', () => {
    const unsafe = [finding('1', [edit('a', 0, 0, 'x')], 'unsafe')];
    expect(proposals(unsafe, 'safe')).toEqual([]);
    expect(proposals(unsafe, 'all')).toHaveLength(1);
  });

  test('what is put in has the line ends of the file', () => {
    expect(applyEdits('a\r\nb\r\n', [edit('a', 3, 3, 'x\n')])?.text).toBe('a\r\nx\r\nb\r\n');
    expect(applyEdits('a\nb\n', [edit('a', 2, 2, 'x\r\n')])?.text).toBe('a\nx\nb\n');
  });

  test('edits outside of the text are refused', () => {
    expect(applyEdits('ab', [edit('a', 1, 3, '')])).toBeUndefined();
  });
});

describe('checking fixes', () => {
  async function attempt(files: Readonly<Record<string, string>>, findings: readonly Finding[]) {
    const session = new Session();
    session.update(Object.entries(files).map(([path, text]) => ({ path, read: () => text })));
    const real = await session.run();
    const result: Result = { ...real, findings };
    const fixes = await fixSession(session, result, 'all');
    return { fixes, text: (path: string) => session.text(path), session };
  }

  test.each([
    ['a.pp', "exec { 'a': command => '/bin/true' }\n", edit('a.pp', 35, 36, ''), 'would add a fault'],
    ['a.service', unit, edit('a.service', 36, 46, 'ExecStart'), 'would add a fault'],
    ['a.service', unit, edit('a.service', 25, 36, '['), 'what is read elsewhere'],
    ['a.go', 'package a\n\nfunc f() {}\n', edit('a.go', 21, 22, ''), 'syntax error'],
    ['a.pp', "notice('a')\n", edit('b.pp', 0, 0, 'x'), 'not among the files'],
  ])('%s: an edit that does harm is refused, and the rest is made', async (path, text, bad, reason) => {
    const good = edit('good.service', 0, 0, '# a comment\n');
    const outcome = await attempt({ [path]: text, 'good.service': unit }, [
      finding('bad', [bad]),
      finding('good', [good]),
    ]);
    expect(outcome.text(path)).toBe(text);
    expect(outcome.fixes.notices.map((notice) => notice.message)).toEqual([expect.stringContaining(reason)]);
    expect(outcome.text('good.service')).toBe(`# a comment\n${unit}`);
    expect(outcome.fixes.files.map((file) => file.path)).toEqual(['good.service']);
    outcome.fixes.restore();
    expect(outcome.text('good.service')).toBe(unit);
  });

  test('one fix in several files is made in all or in none', async () => {
    const both = finding('both', [edit('a.service', 0, 0, '# one\n'), edit('b.pp', 0, 0, "'")]);
    const outcome = await attempt({ 'a.service': unit, 'b.pp': "notice('a')\n" }, [both]);
    expect(outcome.text('a.service')).toBe(unit);
    expect(outcome.fixes.files).toEqual([]);
    const fine = finding('fine', [edit('a.service', 0, 0, '# one\n'), edit('b.pp', 0, 0, '# two\n')]);
    const other = await attempt({ 'a.service': unit, 'b.pp': "notice('a')\n" }, [fine]);
    expect(other.fixes.files.map((file) => file.path)).toEqual(['a.service', 'b.pp']);
  });
});

describe('--fix', () => {
  test('mends the file and reports what is left', async () => {
    const tree = makeTree(files);
    expect(await run(tree, ['--fix'])).toMatchObject({ status: 1, stderr: '' });
    expect(readFileSync(join(tree, place), 'utf8')).toBe(dropIn);
    expect(await run(tree, ['--fix=all'])).toEqual({
      status: 0,
      stdout: 'No problems in 2 files.\n',
      stderr: 'fleetlint: 1 fix made in 1 file.\n',
    });
    expect(readFileSync(join(tree, place), 'utf8')).toBe(mended);
    expect(readdirSync(join(tree, 'a.service.d'))).toEqual(['10-two.conf']);
  });

  test('keeps mode, line ends and byte order mark', async () => {
    const tree = makeTree({ 'a.service': unit, [place]: '\uFEFF' + dropIn.replaceAll('\n', '\r\n') });
    chmodSync(join(tree, place), 0o754);
    expect((await run(tree, ['--fix=all'])).status).toBe(0);
    expect(readFileSync(join(tree, place), 'utf8')).toBe('\uFEFF' + mended.replaceAll('\n', '\r\n'));
    expect(statSync(join(tree, place)).mode & 0o777).toBe(0o754);
  });

  test('does not write through a symbolic link out of the tree', async () => {
    const outside = makeTree({ 'two.conf': dropIn });
    const tree = makeTree({ 'a.service': unit, 'a.service.d/keep': '' });
    symlinkSync(join(outside, 'two.conf'), join(tree, place));
    const outcome = await run(tree, ['--fix=all', 'a.service', place]);
    expect(outcome.stdout).toContain('A symbolic link leads out of');
    expect(outcome.status).toBe(2);
    expect(readFileSync(join(outside, 'two.conf'), 'utf8')).toBe(dropIn);
  });

  test('does not write where a directory is a link out of the tree', async () => {
    const outside = makeTree({ '10-two.conf': dropIn });
    const tree = makeTree({ 'a.service': unit });
    symlinkSync(outside, join(tree, 'a.service.d'));
    expect((await run(tree, ['--fix=all', 'a.service', place])).status).toBe(2);
    expect(readFileSync(join(outside, '10-two.conf'), 'utf8')).toBe(dropIn);
  });

  test('writes through one within the tree, and the link stays one', async () => {
    const tree = makeTree({ 'a.service': unit, 'a.service.d/keep': '', 'real/two.conf': dropIn });
    symlinkSync('../real/two.conf', join(tree, place));
    expect((await run(tree, ['--fix=all', 'a.service', place])).status).toBe(0);
    expect(readFileSync(join(tree, 'real/two.conf'), 'utf8')).toBe(mended);
    expect(lstatSync(join(tree, place)).isSymbolicLink()).toBe(true);
  });

  test('leaves a file alone that is not UTF-8', async () => {
    const bytes = Buffer.concat([Buffer.from(dropIn), Buffer.from([0x23, 0xff, 0x0a])]);
    const tree = makeTree({ 'a.service': unit, [place]: bytes });
    expect((await run(tree, ['--fix=all'])).stdout).toContain('is not UTF-8');
    expect(readFileSync(join(tree, place))).toEqual(bytes);
  });

  test('--diff prints a diff and writes nothing', async () => {
    const tree = makeTree(files);
    const outcome = await run(tree, ['--diff', '--fix=all']);
    expect(outcome.status).toBe(1);
    expect(outcome.stdout).toBe(
      `--- a/${place}\n+++ b/${place}\n@@ -1,3 +1,4 @@\n # Ours.\n [Service]\n+ExecStart=\n ExecStart=/usr/bin/two\n`,
    );
    expect(readFileSync(join(tree, place), 'utf8')).toBe(dropIn);
    expect(await run(tree, ['--diff'])).toMatchObject({ status: 1, stdout: '' });
  });

  test('a value of --fix must be joined to it, and must be known', async () => {
    const tree = makeTree(files);
    expect((await run(tree, ['--fix', 'all'])).status).toBe(2);
    expect((await run(tree, ['--fix=most'])).status).toBe(2);
  });
});
