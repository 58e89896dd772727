/** Our parser against Puppet's: the same tree for what Puppet takes, an error for what it refuses. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fileTemplate } from '../../src/core/template.ts';
import type { ParseOptions } from '../../src/core/puppet-ast.ts';
import { parsePuppet } from '../../src/loaders/puppet/parser.ts';
import { toPn } from '../../src/loaders/puppet/pn.ts';

const here = import.meta.dirname;
const inCi = process.env.CI !== undefined;
const ruby = spawnSync('ruby', ['-e', "require 'puppet'"]);
const oracle = (ruby.error === undefined && ruby.status === 0) || inCi ? describe : describe.skip;

/** Debian's modules of Puppet, unpacked; downloaded in CI, and otherwise used if they are there. */
const modules = join(here, '..', '.downloads', 'puppet-modules');
const withModules = existsSync(join(modules, 'done')) || inCi ? it : it.skip;

interface Answer {
  readonly file: string;
  readonly ok: boolean;
  readonly pn?: string;
  /** Why Puppet refuses what its grammar takes. */
  readonly refused?: string | null;
  readonly error?: string;
}

/** What Puppet says of each line: a file name, or a name, a tab and JSON text. */
function askPuppet(lines: readonly string[], flags: readonly string[] = []): readonly Answer[] {
  const input = lines.join('\n') + '\n';
  const options = { input, encoding: 'utf8', maxBuffer: 1 << 29 } as const;
  const { stdout, stderr, status } = spawnSync('ruby', [join(here, 'puppet-dump.rb'), ...flags], options);
  expect(status, stderr).toBe(0);
  const answers = stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Answer);
  expect(answers).toHaveLength(lines.length);
  return answers;
}

/** How our reading differs from Puppet's; undefined if it does not. */
function difference(answer: Answer, text: string, options: ParseOptions): string | undefined {
  const { program, errors } = parsePuppet(fileTemplate(answer.file, text), options);
  const [error] = errors;
  if (!answer.ok || typeof answer.refused === 'string') {
    return error === undefined ? `not refused: ${answer.error ?? answer.refused ?? ''}` : undefined;
  }
  if (error !== undefined) return `refused: ${error.message}`;
  const ours = toPn(program);
  return ours === answer.pn ? undefined : `ours:   ${ours}\npuppet: ${answer.pn ?? ''}`;
}

function compareSnippets(name: string, flags: readonly string[], options: ParseOptions): number {
  const snippets = readFileSync(join(here, name), 'utf8').split('\n----\n');
  const answers = askPuppet(
    snippets.map((snippet, index) => `${String(index)}.pp\t${JSON.stringify(snippet)}`),
    flags,
  );
  const differences = answers.flatMap((answer, index) => {
    const text = snippets[index] ?? '';
    const found = difference(answer, text, options);
    return found === undefined ? [] : [`${text}\n${found}`];
  });
  expect(differences).toEqual([]);
  return answers.filter(({ ok, refused }) => ok && refused === null).length;
}

oracle('snippets that show each construct, right and wrong', () => {
  it('manifests', { timeout: 60_000 }, () => {
    expect(compareSnippets('puppet-manifests.txt', [], { tasks: false })).toBeGreaterThan(600);
  });

  it('plans', { timeout: 60_000 }, () => {
    expect(compareSnippets('puppet-plans.txt', ['--tasks'], { tasks: true })).toBeGreaterThan(10);
  });

  it('EPP templates', { timeout: 60_000 }, () => {
    expect(compareSnippets('puppet-templates.txt', ['--epp'], { epp: true })).toBeGreaterThan(30);
  });
});

function download(): void {
  if (existsSync(join(modules, 'done'))) return;
  mkdirSync(modules, { recursive: true });
  const run = (command: string, args: readonly string[]): string => {
    const { stdout, stderr, status } = spawnSync(command, args, { cwd: modules, encoding: 'utf8', maxBuffer: 1 << 26 });
    expect(status, `${command}: ${stderr}`).toBe(0);
    return stdout;
  };
  const packages = run('apt-cache', ['search', '--names-only', '^puppet-module-'])
    .split('\n')
    .map((line) => line.split(' ', 1)[0] ?? '')
    .filter((name) => name !== '');
  run('apt-get', ['download', ...packages]);
  for (const file of readdirSync(modules).filter((name) => name.endsWith('.deb'))) {
    run('dpkg-deb', ['-x', file, file.split('_', 1)[0] ?? file]);
  }
  writeFileSync(join(modules, 'done'), '');
}

function manifestsBelow(directory: string): readonly string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) return manifestsBelow(path);
    return entry.isFile() && entry.name.endsWith('.pp') ? [path] : [];
  });
}

oracle("the manifests of Debian's Puppet modules", () => {
  withModules('give the same trees', { timeout: 300_000 }, () => {
    download();
    const files = manifestsBelow(modules);
    const answers = askPuppet(files);
    const differences = answers.flatMap((answer) => {
      const found = difference(answer, readFileSync(answer.file, 'utf8'), {});
      return found === undefined ? [] : [`${answer.file}\n${found.slice(0, 1000)}`];
    });
    expect(differences).toEqual([]);
    expect(answers.filter(({ ok, refused }) => ok && refused === null).length).toBeGreaterThan(2000);
  });
});
