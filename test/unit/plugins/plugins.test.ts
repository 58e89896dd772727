/** Plugins here import nothing: `fleetlint` itself is imported in test/e2e/plugins.test.ts. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeTree, run } from '../cli/support.ts';

/** A rule that reports every unit whose user is another than the option says. */
const rule = (id: string, more = '') => `export default {
  id: '${id}',
  severity: 'warning',
  confidence: 'high',
  summary: 'A unit that runs as the wrong user.',
  needs: ['unit.assignment'],
  options: { user: { type: 'string', default: 'app', description: 'The right user.' } },
  messages: { wrong: "'{unit}' does not run as '{user}'." },
  check({ model, options, report }) {
    for (const { key, unit, value, span } of model.facts('unit.assignment')) {
      const { user } = options(span);
      if (key === 'User' && value.text !== user) report({ message: 'wrong', data: { unit, user }, at: span, key: unit });
    }
  },
  ${more}
};
`;

const unit = '[Service]\nExecStart=/usr/bin/a\nUser=app\n';
const config = 'plugins: [./rules/*.mjs]\nrules:\n  acme/user: { severity: error, user: web }\n';
const tree = { 'fleetlint.yaml': config, 'rules/user.mjs': rule('acme/user'), 'a.service': unit };
const notAllowed =
  "fleetlint.yaml: Its plugins are not run, because they are programs. If you trust them, '--allow-plugins' or FLEETLINT_ALLOW_PLUGINS=1 in the environment runs them.";

describe('leave', () => {
  const loud = {
    ...tree,
    'rules/user.mjs': `${rule('acme/user')}import { writeFileSync } from 'node:fs';\nwriteFileSync(new URL('ran', import.meta.url), '');\n`,
  };

  test('without it nothing of a plugin runs, the user is told how to give it, and the job is not done in full', async () => {
    const root = makeTree(loud);
    const { status, stdout, stderr } = await run(root, ['-f', 'compact']);
    expect({ status, stdout, stderr }).toEqual({ status: 2, stdout: '', stderr: `fleetlint: ${notAllowed}\n` });
    expect((await run(root, [], { env: { FLEETLINT_ALLOW_PLUGINS: '0' } })).status).toBe(2);
    expect((await run(root, ['rules'])).status).toBe(2);
    expect((await run(root, ['trace', 'acme/user', 'a.service'])).stderr).toContain(notAllowed);
    expect(existsSync(join(root, 'rules/ran'))).toBe(false);
  });

  test.each([
    ['the option', ['--allow-plugins'], {}],
    ['the environment', [], { FLEETLINT_ALLOW_PLUGINS: '1' }],
  ])('%s gives it', async (_, args, env) => {
    const root = makeTree(loud);
    const { status, stdout } = await run(root, ['-f', 'compact', ...args], { env });
    expect({ status, stdout }).toEqual({
      status: 1,
      stdout: "a.service:3:1: error[acme/user] 'a.service' does not run as 'web'.\n",
    });
    expect(existsSync(join(root, 'rules/ran'))).toBe(true);
  });
});

describe('a rule of a plugin', () => {
  test('is listed, explained, traced, chosen and held back as any other', async () => {
    const root = makeTree({ ...tree, 'rules/user.md': '# acme/user\n\nAsk the platform team.\n' });
    const allowed = (...args: string[]) => run(root, [...args, '--allow-plugins']);
    expect((await allowed('rules')).stdout).toContain('acme/user');
    expect((await allowed('explain', 'acme/user')).stdout).toContain('Ask the platform team.');
    expect((await allowed('trace', 'acme/user', 'a.service')).stdout).toContain('a.service:3:1: reports:');
    expect((await allowed('--only', 'acme/user')).status).toBe(1);
    expect((await allowed('--only', 'puppet/syntax-error')).status).toBe(0);
    expect((await allowed('--print-config', 'a.service')).stdout).toContain('"user": "web"');
    const comment = '# fleetlint-ignore[acme/user] It is moved next week.\n';
    const held = makeTree({ ...tree, 'a.service': unit.replace('User', `${comment}User`) });
    expect(await run(held, ['--allow-plugins', '-f', 'compact'])).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  test('holds only for the files whose configuration names its plugin', async () => {
    const root = makeTree({
      'a.service': unit,
      'b/fleetlint.yaml': config,
      'b/rules/user.mjs': rule('acme/user'),
      'b/b.service': unit,
    });
    const { stdout } = await run(root, ['--allow-plugins', '-f', 'compact']);
    expect(stdout).toBe("b/b.service:3:1: error[acme/user] 'b.service' does not run as 'web'.\n");
  });

  test('has its options checked', async () => {
    const root = makeTree({
      ...tree,
      'fleetlint.yaml': 'plugins: [./rules/user.mjs]\nrules: { acme/user: { usr: web } }\n',
    });
    const { status, stderr } = await run(root, ['--allow-plugins']);
    expect(status).toBe(2);
    expect(stderr).toBe("fleetlint: fleetlint.yaml:2:23: There is no setting 'usr'. Did you mean 'user'?\n");
  });

  test('has no link to a page of fleetlint in reports', async () => {
    const root = makeTree(tree);
    for (const format of ['html', 'markdown', 'sarif']) {
      const { stdout } = await run(root, ['--allow-plugins', '-f', format]);
      expect(stdout).toContain('acme/user');
      expect(stdout).not.toContain('docs/rules/acme');
    }
  });
});

describe('a fault of a plugin costs its rules, not the run', () => {
  const broken = 'package { \n';

  test.each([
    [
      'that throws while it is loaded',
      "throw new Error('no network');\n",
      'rules/user.mjs: This plugin could not be loaded: no network',
    ],
    ['that cannot be parsed', 'export default {\n', 'rules/user.mjs: This plugin could not be loaded: '],
    ['that imports what is not there', "import 'no-such-package';\n", "Cannot find package 'no-such-package'"],
    ['without a rule', 'export const rule = 1;\n', 'It must export by default a rule'],
    ['whose rule has no theme', rule('user'), "must be of the form 'theme/name' in small letters, not 'user'."],
    [
      'with a rule in one of our themes',
      rule('systemd/user'),
      "must have a theme of its own: 'systemd' is one of fleetlint's.",
    ],
    [
      'that needs no fact there is',
      rule('acme/user', "needs: ['unit.asignment'],"),
      "which is no kind of fact. Did you mean 'unit.assignment'?",
    ],
    [
      'of no known severity',
      rule('acme/user', "severity: 'fatal',"),
      "has the severity 'fatal'; it must be error, warning, info.",
    ],
    [
      'with an option without a default',
      rule('acme/user', "options: { user: { type: 'string' } },"),
      "has an option 'user' that is not",
    ],
    [
      'that throws in check',
      rule('acme/user', "check() { throw new Error('oops'); },"),
      "Rule 'acme/user' failed because of a fault of the plugin 'rules/user.mjs': Error: oops",
    ],
    [
      'that answers later',
      rule('acme/user', "async check() { throw new Error('late'); },"),
      "'check' returns a promise",
    ],
    [
      'that reports without a place',
      rule('acme/user', "check({ report }) { report({ message: 'wrong', key: 'a' }); },"),
      "without a span 'at'",
    ],
    [
      'that reports an unknown message',
      rule('acme/user', "check({ report }) { report({ message: 'no' }); },"),
      "It has no message 'no'.",
    ],
  ])('one %s', async (_, text, message) => {
    const root = makeTree({ ...tree, 'rules/user.mjs': text, 'b.pp': broken });
    const { status, stdout, stderr } = await run(root, ['--allow-plugins', '-f', 'compact']);
    expect(status).toBe(2);
    expect(stdout).toContain('puppet/syntax-error');
    expect(stderr).toContain(message);
    expect(stderr).not.toContain('fault of fleetlint');
  });

  test('two with the same rule, and none at all', async () => {
    const twice = makeTree({ ...tree, 'rules/other.mjs': rule('acme/user') });
    expect((await run(twice, ['--allow-plugins'])).stdout).toContain(
      "Its rule 'acme/user' is also one of 'rules/other.mjs'.",
    );
    const none = makeTree({ ...tree, 'fleetlint.yaml': 'plugins: [./none/*.mjs]\n' });
    expect((await run(none, ['--allow-plugins'])).stdout).toContain("There is no plugin './none/*.mjs'.");
  });

  test('tests beside the plugins are none', async () => {
    const root = makeTree({ ...tree, 'rules/user.test.mjs': "throw new Error('a test');\n" });
    expect((await run(root, ['--allow-plugins', '-f', 'compact'])).stderr).toBe('');
  });
});
