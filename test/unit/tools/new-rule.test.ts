import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { copyRepository } from './copy-repository.ts';

type Runner = typeof import('../../../src/testing/cases.ts');

const id = 'systemd/started-today';
let copy: string;

beforeAll(() => {
  copy = copyRepository();
});
afterAll(() => {
  rmSync(copy, { recursive: true, force: true });
});

function run(...command: string[]): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { cwd: copy, encoding: 'utf8' });
  return { status, output: stdout + stderr };
}

const read = (file: string) => readFileSync(path.join(copy, file), 'utf8');

test('a new rule is entered everywhere and passes the checks of this repository', () => {
  const made = run('tools/run.js', 'tools/new-rule.ts', id);
  expect(made).toMatchObject({ status: 0 });
  expect(made.output).toContain(`src/rules/${id}.ts`);

  expect(read('src/rules/index.ts')).toContain(`load: () => import('./${id}.ts')`);
  expect(read('README.md')).toContain(`[${id}](docs/rules/${id}.md)`);
  expect(read('docs/rules/README.md')).toContain(`[${id}](${id}.md)`);
  expect(read(`docs/rules/${id}.md`)).toMatch(/\| info +\| high +\| systemd units \|/);
  expect(run('tools/run.js', 'tools/generate.ts', '--check')).toEqual({ status: 0, output: '' });

  const files = [`src/rules/${id}.ts`, `docs/rules/${id}.md`, `test/cases/${id}.md`];
  expect(run('node_modules/prettier/bin/prettier.cjs', '--check', ...files)).toMatchObject({ status: 0 });
  expect(run('node_modules/eslint/bin/eslint.js', `src/rules/${id}.ts`)).toEqual({ status: 0, output: '' });
  expect(run('node_modules/typescript/bin/tsc', '--noEmit')).toEqual({ status: 0, output: '' });
}, 120_000);

test('the cases and the page of a new rule hold', async () => {
  const { parseCases, runCase } = (await import(path.join(copy, 'src/testing/cases.ts'))) as Runner;
  for (const file of [`docs/rules/${id}.md`, `test/cases/${id}.md`]) {
    const cases = parseCases(read(file));
    expect(cases.map(({ title }) => title)).toHaveLength(2);
    for (const each of cases) expect(await runCase(each, id)).toEqual([]);
  }
});

test('a rule that exists is left alone', () => {
  const before = read(`src/rules/${id}.ts`);
  expect(run('tools/run.js', 'tools/new-rule.ts', id)).toMatchObject({ status: 2 });
  expect(read(`src/rules/${id}.ts`)).toBe(before);
});

test.each(['name', 'Theme/Name', '../outside/name', 'a/b/c', ''])('the id %j is refused', (unfit) => {
  const refused = run('tools/run.js', 'tools/new-rule.ts', unfit);
  expect(refused.status).toBe(2);
  expect(refused.output).toContain('theme/name');
});

test('metadata that changes makes the generated files stale', () => {
  const rule = path.join(copy, `src/rules/${id}.ts`);
  writeFileSync(rule, readFileSync(rule, 'utf8').replace("severity: 'info'", "severity: 'error'"));
  const check = run('tools/run.js', 'tools/generate.ts', '--check');
  expect(check.status).toBe(1);
  for (const file of ['src/rules/index.ts', 'README.md', 'docs/rules/README.md', `docs/rules/${id}.md`]) {
    expect(check.output).toContain(`${file} is stale.`);
  }
  expect(run('tools/run.js', 'tools/generate.ts').status).toBe(0);
  expect(run('tools/run.js', 'tools/generate.ts', '--check').status).toBe(0);
  expect(read('src/rules/index.ts')).toContain("severity: 'error'");
});

test('a rule whose id is not its path is refused', () => {
  const rule = path.join(copy, `src/rules/${id}.ts`);
  writeFileSync(rule, readFileSync(rule, 'utf8').replace(`id: '${id}'`, "id: 'systemd/other'"));
  const check = run('tools/run.js', 'tools/generate.ts', '--check');
  expect(check.status).not.toBe(0);
  expect(check.output).toContain(`must export by default a rule with the id '${id}'`);
});
