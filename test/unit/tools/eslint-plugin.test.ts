import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { RuleTester, type RunTests } from '@typescript-eslint/rule-tester';
import { afterAll, describe, it } from 'vitest';
import { rules } from '../../../tools/eslint-plugin-fleetlint/index.ts';

RuleTester.afterAll = afterAll;
RuleTester.describe = describe;
RuleTester.it = it;

const tester = new RuleTester();

/** The tester comes with types of its own release, which need not be that of the plugin's. */
type TestedRule = Parameters<typeof tester.run<string, readonly unknown[]>>[1];

function run(name: keyof typeof rules, tests: RunTests<string, readonly unknown[]>): void {
  tester.run(name, rules[name] as unknown as TestedRule, tests);
}

const root = path.resolve(import.meta.dirname, '../../..');
const inSource = (file: string) => path.join(root, 'src', file);

const rule = inSource('rules/systemd/example.ts');
const loader = inSource('loaders/systemd/facts.ts');
const reporter = inSource('reporters/json.ts');

run('no-io-in-rules', {
  valid: [
    { filename: rule, code: "import { literalText } from '../../core/template.ts';" },
    { filename: rule, code: "import path from 'node:path';" },
    { filename: rule, code: "import type { Stats } from 'node:fs';" },
    { filename: inSource('config/discovery.ts'), code: "import { readFileSync } from 'node:fs';" },
    { filename: path.join(root, 'tools/build.ts'), code: "import { readFile } from 'node:fs/promises';" },
  ],
  invalid: [
    { filename: rule, code: "import { readFileSync } from 'node:fs';", errors: [{ messageId: 'reachesOut' }] },
    { filename: rule, code: "import { exec } from 'child_process';", errors: [{ messageId: 'reachesOut' }] },
    { filename: loader, code: "const net = await import('node:net');", errors: [{ messageId: 'reachesOut' }] },
    {
      filename: inSource('model/units.ts'),
      code: "export * from 'node:fs/promises';",
      errors: [{ messageId: 'reachesOut', data: { source: 'node:fs/promises', folder: 'model' } }],
    },
    { filename: reporter, code: "export { get } from 'node:https';", errors: [{ messageId: 'reachesOut' }] },
  ],
});

run('layers', {
  valid: [
    { filename: rule, code: "import { everyText } from '../../model/rate.ts';" },
    { filename: rule, code: "import { shared } from './_shared.ts';" },
    { filename: rule, code: "import yaml from 'yaml';" },
    { filename: inSource('core/define-rule.ts'), code: "import type { Model } from '../model/model.ts';" },
    { filename: inSource('model/units.ts'), code: "import type { Unit } from '../loaders/systemd/ast.ts';" },
    { filename: loader, code: "import { words } from '../shell/words.ts';" },
    { filename: inSource('session.ts'), code: "import { rules } from './rules/index.ts';" },
  ],
  invalid: [
    {
      filename: rule,
      code: "import { parse } from '../../loaders/puppet/parser.ts';",
      errors: [{ messageId: 'wrongWay' }],
    },
    {
      filename: rule,
      code: "import type { Ast } from '../../loaders/puppet/ast.ts';",
      errors: [{ messageId: 'wrongWay' }],
    },
    {
      filename: loader,
      code: "import rule from '../../rules/systemd/example.ts';",
      errors: [{ messageId: 'wrongWay' }],
    },
    {
      filename: loader,
      code: "import { createModel } from '../../model/model.ts';",
      errors: [{ messageId: 'wrongWay' }],
    },
    { filename: reporter, code: "import { rules } from '../rules/index.ts';", errors: [{ messageId: 'wrongWay' }] },
    { filename: reporter, code: "const go = import('../loaders/go/loader.ts');", errors: [{ messageId: 'wrongWay' }] },
    {
      filename: inSource('core/span.ts'),
      code: "import { createModel } from '../model/model.ts';",
      errors: [{ messageId: 'wrongWay' }],
    },
    {
      filename: inSource('model/units.ts'),
      code: "import { parse } from '../loaders/systemd/parser.ts';",
      errors: [{ messageId: 'wrongWay' }],
    },
  ],
});

run('no-process-exit', {
  valid: ['process.exitCode = 1;', "process.once('exit', done);", 'server.exit();'],
  invalid: [
    { code: 'process.exit(1);', errors: [{ messageId: 'exit' }] },
    { code: 'const leave = process.exit;', errors: [{ messageId: 'exit' }] },
    { code: "import { exit } from 'node:process';", errors: [{ messageId: 'exit' }] },
  ],
});

run('message-ends-with-period', {
  valid: [
    { filename: rule, code: "defineRule({ summary: 'One sentence.', messages: { lost: \"'{key}' is lost.\" } });" },
    {
      filename: rule,
      code: 'report({ evidence: [{ note: `Every ${rate}.` }, { note: text }, { note: `${sentence}` }] });',
    },
    { filename: rule, code: "trace(span, known ? 'It is known.' : why);" },
    { filename: inSource('cli/help.ts'), code: "const option = { help: 'the file' };" },
  ],
  invalid: [
    { filename: rule, code: "defineRule({ summary: 'One sentence' });", errors: [{ messageId: 'period' }] },
    {
      filename: rule,
      code: "defineRule({ messages: { lost: \"'{key}' is lost\", kept: 'Kept.', 'not-known': 'Not ' + 'known' } });",
      errors: [{ messageId: 'period' }, { messageId: 'period' }],
    },
    {
      filename: rule,
      code: 'report({ evidence: [{ note: `Every ${rate} minutes` }] });',
      errors: [{ messageId: 'period' }],
    },
    {
      filename: rule,
      code: "const step = { note: old ? 'Old kernel' : 'New kernel.' };",
      errors: [{ messageId: 'period' }],
    },
    { filename: rule, code: "trace(span, 'It is not known');", errors: [{ messageId: 'period' }] },
  ],
});

// A repository in which `systemd/whole` has all its files and `systemd/bare` only the rule.
const other = mkdtempSync(path.join(tmpdir(), 'fleetlint-plugin-'));
afterAll(() => {
  rmSync(other, { recursive: true });
});
for (const folder of ['docs/rules/systemd', 'test/cases/systemd']) {
  mkdirSync(path.join(other, folder), { recursive: true });
  writeFileSync(path.join(other, folder, 'whole.md'), '# systemd/whole\n');
}

run('rule-has-page-and-cases', {
  valid: [
    {
      filename: path.join(other, 'src/rules/systemd/whole.ts'),
      code: "export default defineRule({ id: 'systemd/whole' });",
    },
    { filename: path.join(other, 'src/rules/entry.ts'), code: 'export interface RuleEntry {}' },
    { filename: path.join(other, 'test/unit/rule.ts'), code: "defineRule({ id: 'theme/name' });" },
  ],
  invalid: [
    {
      filename: path.join(other, 'src/rules/systemd/bare.ts'),
      code: "export default defineRule({ id: 'systemd/bare' });",
      errors: [
        { messageId: 'missing', data: { file: 'docs/rules/systemd/bare.md' } },
        { messageId: 'missing', data: { file: 'test/cases/systemd/bare.md' } },
      ],
    },
    {
      filename: path.join(other, 'src/rules/systemd/whole.ts'),
      code: "export default defineRule({ id: 'whole' });",
      errors: [{ messageId: 'otherPath', data: { expected: 'systemd/whole' } }],
    },
    {
      filename: path.join(other, 'src/rules/systemd/whole.ts'),
      code: 'export default defineRule({ summary: "No id." });',
      errors: [{ messageId: 'otherPath' }],
    },
  ],
});
