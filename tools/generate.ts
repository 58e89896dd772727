/**
 * Writes what follows from the rules: src/rules/index.ts, the tables of rules, the head of each page, the schema of the configuration;
 * and the manual page, which follows from the tables of commands and options.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { format, resolveConfig } from 'prettier';
import type { Rule, RuleOptions } from '../src/core/define-rule.ts';
import type { FactKind } from '../src/core/fact.ts';
import { importTypeScript } from './import-typescript.js';
import { ruleFiles, ruleIds } from './rule-files.ts';

const startMark = '<!-- generated:start -->';
const endMark = '<!-- generated:end -->';

const schemaFile = 'schema/fleetlint.schema.json';
const manualFile = 'man/fleetlint.1';

type Subject<Kind> = Kind extends `${infer First}.${string}` ? First : Kind;

/** What a fact is read from, in the words of a rule's page, by the first word of the fact's kind. */
const sources: Readonly<Record<Subject<FactKind>, string>> = {
  command: 'commands',
  container: 'Compose files',
  dbus: 'D-Bus activation files',
  docker: "Docker's configuration",
  environment: 'environment files',
  go: 'Go source',
  ignore: 'comments',
  kernel: 'kernel modules and parameters',
  'kube-proxy': 'kube-proxy configuration',
  kubelet: 'kubelet configuration',
  kubernetes: 'cluster configuration',
  node: 'node facts',
  package: 'packages',
  puppet: 'Puppet settings',
  runtime: 'container runtime configuration',
  script: 'Puppet',
  logind: 'configuration of logind',
  syntax: 'the text itself',
  swap: 'swap devices',
  sysctl: 'kernel parameters',
  unit: 'systemd units',
};

/**
 * Writes the generated files. `root`: of the repository. With `--check` it writes nothing, names the stale ones and returns 1.
 */
export async function main(root: string, toolArguments: readonly string[]): Promise<number> {
  const stale = await generate(root, toolArguments.includes('--check'));
  if (!toolArguments.includes('--check')) return 0;
  for (const file of stale) process.stderr.write(`${file} is stale. Run 'npm run generate'.\n`);
  return stale.length === 0 ? 0 : 1;
}

/** Brings the generated files up to date, unless `check`. Returns those that were not, from the root, in order. */
export async function generate(root: string, check = false): Promise<readonly string[]> {
  const rules = await Promise.all((await ruleIds(root)).map((id) => readRule(root, id)));
  const index = await readFile(path.join(root, 'src/rules/index.ts'), 'utf8').catch(() => '');
  const files: [file: string, before: string, after: string][] = [['src/rules/index.ts', index, indexModule(rules)]];
  for (const [file, content] of [
    ['README.md', ruleTable(rules, 'docs/rules/')],
    ['docs/rules/README.md', ruleTable(rules, '')],
    ...rules.map((rule) => [ruleFiles(rule.id).page, headTable(rule)] as const),
  ] as const) {
    const before = await readFile(path.join(root, file), 'utf8');
    files.push([file, before, fillMarks(file, before, content)]);
  }
  const schema = await readFile(path.join(root, schemaFile), 'utf8').catch(() => '');
  files.push([schemaFile, schema, await schemaText(root, rules)]);
  const manual = await readFile(path.join(root, manualFile), 'utf8').catch(() => '');
  files.push([manualFile, manual, await manualText(root)]);
  const stale: string[] = [];
  for (const [file, before, unformatted] of files) {
    const absolute = path.join(root, file);
    const after =
      file === manualFile
        ? unformatted
        : await format(unformatted, { ...(await resolveConfig(absolute)), filepath: absolute });
    if (before === after) continue;
    stale.push(file);
    if (check) continue;
    await mkdir(path.dirname(absolute), { recursive: true });
    await writeFile(absolute, after);
  }
  return stale;
}

/** The schema of the configuration file, for editors. */
async function schemaText(root: string, rules: readonly Rule[]): Promise<string> {
  const { configSchema, schemaUrl } = await importTypeScript(root, 'src/config/schema.ts');
  // Rules of plugins are not known here.
  const schema = (configSchema as (rules: readonly Rule[], open: boolean) => object)(rules, true);
  const head = { $schema: 'http://json-schema.org/draft-07/schema#', $id: schemaUrl, title: 'fleetlint.yaml' };
  return JSON.stringify({ ...head, ...schema }, undefined, 2);
}

async function manualText(root: string): Promise<string> {
  const { manualPage } = await importTypeScript(root, 'src/cli/manual.ts');
  const { version } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8')) as { version: string };
  return (manualPage as (version: string) => string)(version);
}

async function readRule(root: string, id: string): Promise<Rule> {
  const file = ruleFiles(id).rule;
  const rule = (await importTypeScript(root, file))['default'] as Rule | undefined;
  if (rule?.id !== id) throw new Error(`${file} must export by default a rule with the id '${id}'.`);
  return rule;
}

function indexModule(rules: readonly Rule[]): string {
  const entries = rules.map(
    ({ id, severity, confidence, summary, profile, needs, startsFrom, startsFromPrograms, options }) =>
      `{ id: ${JSON.stringify(id)}, severity: '${severity}', confidence: '${confidence}', ` +
      `summary: ${JSON.stringify(summary)}, ${profile === undefined ? '' : `profile: '${profile}', `}needs: ${JSON.stringify([...new Set(needs)])}, ${listOf('startsFrom', startsFrom)}${listOf('startsFromPrograms', startsFromPrograms)}${listOf('options', options)}load: () => import('./${id}.ts') },`,
  );
  return [
    '// Generated by `npm run generate` from the rules themselves; edit those.',
    "import type { RuleEntry } from './entry.ts';",
    '',
    '/** Every rule, by its id. */',
    'export const rules: readonly RuleEntry[] = [',
    ...entries,
    '];',
    '',
  ].join('\n');
}

function ruleTable(rules: readonly Rule[], pages: string): string {
  const rows = rules.map(
    ({ id, severity, confidence, summary, profile }) =>
      `| [${id}](${pages}${id}.md) | ${severity}${profile === undefined ? '' : `, ${profile} profile`} | ${confidence} | ${cell(summary)} |`,
  );
  return ['| Rule | Severity | Confidence | What it finds |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

function listOf(name: string, values: unknown): string {
  return values === undefined ? '' : `${name}: ${JSON.stringify(values)}, `;
}

function headTable({ severity, confidence, profile, needs, options = {} }: Rule): string {
  const read = new Set(needs.map((kind) => sources[kind.replace(/\..*/, '') as Subject<FactKind>]));
  return [
    '| Severity | Confidence | Reads |',
    '| --- | --- | --- |',
    `| ${severity} | ${confidence} | ${[...read].sort().join(', ')} |`,
    ...(profile === undefined
      ? []
      : ['', `Off by default: it runs in the [${profile} profile](../../configuration.md#profiles).`]),
    ...optionTable(options),
  ].join('\n');
}

/** What a configuration file may set of a rule. */
function optionTable(options: RuleOptions): readonly string[] {
  const rows = Object.entries(options).map(
    ([name, { default: standard, description }]) => `| \`${name}\` | \`${String(standard)}\` | ${cell(description)} |`,
  );
  return rows.length === 0 ? [] : ['', '| Option | Default | Meaning |', '| --- | --- | --- |', ...rows];
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

function fillMarks(file: string, text: string, content: string): string {
  const start = text.indexOf(startMark);
  const end = text.indexOf(endMark);
  if (start < 0 || end < start) throw new Error(`${file} must have the lines '${startMark}' and '${endMark}'.`);
  return `${text.slice(0, start + startMark.length)}\n\n${content}\n\n${text.slice(end)}`;
}
