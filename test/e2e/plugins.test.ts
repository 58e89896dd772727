/** Rules of one's own, with the package as npm installs it. Needs dist/: `npm test` builds it first. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const repository = path.resolve(import.meta.dirname, '../..');
const folder = mkdtempSync(path.join(tmpdir(), 'fleetlint-plugins-'));
const project = path.join(folder, 'project');

function run(cwd: string, command: string, ...commandArguments: string[]) {
  return spawnSync(command, commandArguments, { cwd, encoding: 'utf8', env: { ...process.env, NODE_OPTIONS: '' } });
}

function write(root: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    writeFileSync(path.join(root, name), text);
  }
}

const plugin = `import { defineRule, literalText } from 'fleetlint';

export default defineRule({
  id: 'acme/user',
  severity: 'warning',
  confidence: 'high',
  summary: 'A unit that runs as the wrong user.',
  needs: ['unit.assignment'],
  options: { user: { type: 'string', default: 'app', description: 'The right user.' } },
  messages: { wrong: "'{unit}' runs as '{user}', whom nobody knows." },
  check({ model, options, report, trace }) {
    for (const { key, unit, value, span } of model.facts('unit.assignment')) {
      if (key !== 'User') continue;
      const user = literalText(value);
      if (user === undefined || user === options(span).user) trace(span, 'This is the right user, or not known.');
      else report({ message: 'wrong', data: { unit, user }, at: span, key: unit });
    }
  },
});
`;

const cases = `# acme/user

## Another user

\`a.service\`

\`\`\`ini
[Service]
# expect: acme/user warning "runs as 'web'"
User=web
\`\`\`

## The right one, as it is configured

\`fleetlint.yaml\`

\`\`\`yaml
rules: { acme/user: { user: web } }
\`\`\`

\`a.service\`

\`\`\`ini
[Service]
User=web
\`\`\`
`;

const files = {
  'fleetlint.yaml': 'plugins: [./rules/*.mjs]\n',
  'a.service': '[Unit]\nDescription=A\n\n[Service]\nExecStart=/usr/bin/a\nUser=web\n',
  'rules/user.mjs': plugin,
  'rules/user.md': cases,
  'rules/user.test.mjs': `import { testRule } from 'fleetlint/testing';\nimport rule from './user.mjs';\n\ntestRule(rule, new URL('user.md', import.meta.url));\n`,
};

beforeAll(() => {
  const packed = run(repository, 'npm', 'pack', '--ignore-scripts', '--pack-destination', folder);
  expect(packed.status, packed.stderr).toBe(0);
  const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? '';
  write(project, { ...files, 'package.json': '{ "name": "project", "private": true, "type": "module" }\n' });
  const installed = run(project, 'npm', 'install', '--offline', '--no-audit', path.join(folder, tarball));
  expect(installed.status, installed.stderr).toBe(0);
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const installed = path.join(project, 'node_modules/.bin/fleetlint');
const found = "a.service:6:1: warning[acme/user] 'a.service' runs as 'web', whom nobody knows.\n";

test('a rule of the project runs with the installed package', () => {
  const { status, stdout, stderr } = run(project, installed, '--allow-plugins', '-f', 'compact');
  expect({ status, stdout, stderr }).toEqual({ status: 1, stdout: found, stderr: '' });
});

test('it runs too where the package is installed elsewhere, as by a hook', () => {
  const elsewhere = path.join(folder, 'elsewhere');
  write(elsewhere, files);
  const { status, stdout, stderr } = run(elsewhere, installed, '--allow-plugins', '-f', 'compact');
  expect({ status, stdout, stderr }).toEqual({ status: 1, stdout: found, stderr: '' });
});

test('its cases run under node --test, and fail where they do not hold', () => {
  const passed = run(project, process.execPath, '--test', '--test-reporter=tap', 'rules/');
  expect(passed.status, passed.stdout).toBe(0);
  expect(passed.stdout).toContain('# pass 2');
  write(project, { 'rules/user.md': cases.replace('warning "runs', 'error "runs') });
  const failed = run(project, process.execPath, '--test', '--test-reporter=tap', 'rules/');
  expect(failed.status).toBe(1);
  expect(failed.stdout).toContain(`Missing: a.service:3 acme/user error`);
  expect(failed.stdout).toContain('# fail 1');
});

test('what docs/writing-rules.md shows holds', () => {
  const page = readFileSync(path.join(repository, 'docs/writing-rules.md'), 'utf8');
  const block = (start: string) => {
    const [, , text = ''] = new RegExp(`^(\`{3,})\\w+\\n(${start}[^]*?)^\\1$`, 'm').exec(page) ?? [];
    return text;
  };
  const shown = path.join(project, 'shown');
  const service = '[Service]\nExecStart=/bin/a\nRestartSec=0\n';
  write(shown, {
    'fleetlint.yaml': block('plugins:'),
    'rules/restart-pause.mjs': block('import { defineRule'),
    'rules/restart-pause.md': block('# acme/'),
    'rules/restart-pause.test.mjs': block('import { testRule'),
    'acme-a.service': service,
    'shop-a.service': service,
  });
  const tested = run(shown, process.execPath, '--test', '--test-reporter=tap', 'rules/');
  expect(tested.stdout).toContain('# pass 2');
  const { status, stdout } = run(shown, installed, '--allow-plugins', '-f', 'compact', '--only', 'acme/restart-pause');
  expect({ status, stdout }).toEqual({
    status: 1,
    stdout:
      "shop-a.service:3:1: error[acme/restart-pause] 'shop-a.service' has 'RestartSec=0', so it is back before anybody is told.\n",
  });
});

test('the compiler checks a rule by the types of the package', () => {
  const sources = {
    'good.ts': plugin,
    'data.ts': plugin.replace('{ unit, user }, at', '{ unit }, at'),
    'needs.ts': plugin.replace("'unit.assignment'],", "'unit.asignment'],"),
    'option.ts': plugin.replace('(span).user', '(span).usr'),
    'test.ts':
      "import { testRule } from 'fleetlint/testing';\nimport rule from './good.js';\ntestRule(rule, 'user.md');\n",
  };
  const types = path.join(project, 'types');
  write(types, sources);
  const { stdout } = run(
    types,
    process.execPath,
    path.join(repository, 'node_modules/typescript/bin/tsc'),
    ...['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2023', '--types', 'node'],
    ...['--typeRoots', path.join(repository, 'node_modules/@types')],
    ...Object.keys(sources),
  );
  const faults = stdout.split('\n').filter((line) => /^\S/.test(line));
  const files = new Set(faults.map((line) => line.replace(/\(.*/, '')));
  expect([...files].sort(), stdout).toEqual(['data.ts', 'needs.ts', 'option.ts']);
  expect(stdout).toContain("Property 'user' is missing");
  expect(stdout).toContain('"unit.asignment"');
  expect(stdout).toContain("Property 'usr' does not exist");
}, 180_000);
