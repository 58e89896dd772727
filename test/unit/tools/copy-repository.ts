import { cpSync, mkdtempSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const repository = path.resolve(import.meta.dirname, '../../..');

const needed = [
  'package.json',
  'tsconfig.json',
  'eslint.config.js',
  '.prettierrc.json',
  'README.md',
  'bin',
  'docs',
  'src',
  'tools',
  'test/cases',
];

/** Copies what the tools read and write to a temporary folder, with the packages of this one. Returns its path. */
export function copyRepository(): string {
  const copy = mkdtempSync(path.join(tmpdir(), 'fleetlint-copy-'));
  for (const name of needed) cpSync(path.join(repository, name), path.join(copy, name), { recursive: true });
  symlinkSync(path.join(repository, 'node_modules'), path.join(copy, 'node_modules'));
  return copy;
}
