/** What goes around a run: statistics, timing, progress, completion. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { commandTable } from '../../../src/cli/command-table.ts';
import { options } from '../../../src/cli/options.ts';
import { showProgress } from '../../../src/cli/progress.ts';
import { rules } from '../../../src/rules/index.ts';
import { Session } from '../../../src/session.ts';
import { makeTree, run } from './support.ts';

const exec = "exec { 'name':\n  command => 'hostnamectl set-hostname node-1',\n}\n";

test('--statistics counts by rule, and --timing says where the time went; the report stays as it is', async () => {
  const tree = makeTree({ 'a.pp': exec + exec, 'b.pp': 'class {' });
  const plain = await run(tree, ['-f', 'json']);
  const { status, stdout, stderr } = await run(tree, ['-f', 'json', '--statistics', '--timing']);
  expect({ status, stdout }).toEqual({ status: plain.status, stdout: plain.stdout });
  expect(stderr).toMatch(/^2 {2}dbus\/periodic-activation\n1 {2}puppet\/syntax-error\n/);
  expect(stderr).toMatch(/^ +\d+\.\d ms {2}all together$/m);
});

describe('progress', () => {
  async function shown(isTTY: boolean, slow: boolean): Promise<string> {
    let text = '';
    const session = new Session();
    vi.useFakeTimers({ toFake: ['Date'] });
    session.update(
      Array.from({ length: 5 }, (_, index) => ({
        path: `${String(index)}.service`,
        read: () => {
          if (slow) vi.setSystemTime(Date.now() + 200);
          return '[Service]\nExecStart=/bin/a\n';
        },
      })),
    );
    const streams = {
      stdin: process.stdin,
      stdout: { write: () => true },
      stderr: { isTTY, write: (more: string) => (text += more) },
      env: {},
      cwd: () => '/',
    };
    const progress = showProgress(session, streams);
    await session.run();
    progress.end();
    vi.useRealTimers();
    return text;
  }

  test('shows on a terminal after half a second, and goes again', async () => {
    expect(await shown(true, true)).toBe(
      '\r3 of 5 files\u001b[K\r4 of 5 files\u001b[K\r5 of 5 files\u001b[K\r\u001b[K',
    );
  });

  test.each([
    ['a short run', true, false],
    ['no terminal', false, true],
  ])('%s shows nothing', async (_title, isTTY, slow) => {
    expect(await shown(isTTY, slow)).toBe('');
  });
});

describe('completion', () => {
  test.each(['bash', 'zsh', 'fish'])('%s knows every command, option and rule', async (shell) => {
    const { status, stdout } = await run('/', ['completion', shell]);
    expect(status).toBe(0);
    const flags = Object.keys(options).map((name) => (shell === 'fish' ? `-l ${name}` : `--${name}`));
    for (const word of [...Object.keys(commandTable), ...flags, ...rules.map(({ id }) => id)]) {
      expect(stdout).toContain(word);
    }
  });

  test.each([[[]], [['tcsh']], [['bash', 'zsh']], [['__proto__']]])(
    'completion %j makes no sense',
    async (operands) => {
      expect((await run('/', ['completion', ...operands])).status).toBe(2);
    },
  );

  test.each([
    ['fleetlint exp', 'explain'],
    ['fleetlint --sta', '--staged --statistics'],
    ['fleetlint --fail-on w', 'warning'],
    ['fleetlint explain dbus/p', 'dbus/periodic-activation'],
    ['fleetlint completion z', 'zsh'],
    ['fleetlint --fix =', 'safe all'],
    ['fleetlint --fix = a', 'all'],
    ['fleetlint --diff --fix', '--fix'],
  ])('bash completes %j to %j', async (typed, expected) => {
    const tree = makeTree({});
    writeFileSync(join(tree, 'completion.bash'), (await run('/', ['completion', 'bash'])).stdout);
    const words = typed.split(' ');
    const script = [
      'compopt() { :; }',
      'source ./completion.bash',
      `COMP_WORDS=(${words.join(' ')}); COMP_CWORD=${String(words.length - 1)}`,
      '_fleetlint',
      'echo "${COMPREPLY[*]}"',
    ].join('\n');
    const { stdout, stderr } = spawnSync('bash', ['--norc', '-c', script], { cwd: tree, encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(stdout.trim()).toBe(expected);
  });

  const hasFish = spawnSync('fish', ['--version']).status === 0;
  const hasZsh = spawnSync('zsh', ['--version']).status === 0;

  test.runIf(process.env['CI'] !== undefined)('fish and zsh are there', () => {
    expect({ hasFish, hasZsh }).toEqual({ hasFish: true, hasZsh: true });
  });

  test.skipIf(!hasFish).each([
    ['fleetlint exp', 'explain'],
    ['fleetlint --sta', '--staged --statistics'],
    ['fleetlint --fail-on w', 'warning'],
    ['fleetlint explain dbus/p', 'dbus/periodic-activation'],
    ['fleetlint completion z', 'zsh'],
    ['fleetlint --fix=a', '--fix=all'],
  ])('fish completes %j to %j', async (typed, expected) => {
    const tree = makeTree({});
    writeFileSync(join(tree, 'completion.fish'), (await run('/', ['completion', 'fish'])).stdout);
    const script = `source ./completion.fish; complete -C '${typed}'`;
    const { stdout, stderr } = spawnSync('fish', ['--no-config', '-c', script], { cwd: tree, encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(stdout.replace(/\t.*/g, '').trim().replaceAll('\n', ' ')).toBe(expected);
  });

  test.skipIf(!hasZsh)('zsh reads its completion', async () => {
    const tree = makeTree({});
    writeFileSync(join(tree, '_fleetlint'), (await run('/', ['completion', 'zsh'])).stdout);
    const script =
      'autoload -Uz compinit && compinit -u -D && source ./_fleetlint && echo $_comps[fleetlint] && functions _fleetlint >/dev/null';
    const { status, stdout, stderr } = spawnSync('zsh', ['-f', '-c', script], { cwd: tree, encoding: 'utf8' });
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '_fleetlint\n', stderr: '' });
  });
});
