import { defineConfig } from 'eslint/config';
import regexp from 'eslint-plugin-regexp';
import tseslint from 'typescript-eslint';
import { importTypeScript } from './tools/import-typescript.js';

const fleetlint = /** @type {import('eslint').ESLint.Plugin} */ (
  await importTypeScript(import.meta.dirname, 'tools/eslint-plugin-fleetlint/index.ts')
);

export default defineConfig(
  { ignores: ['dist/', 'node_modules/', 'coverage/', 'examples/', 'editors/', 'test/.downloads/'] },
  ...tseslint.configs.strictTypeChecked,
  {
    plugins: { fleetlint },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      'fleetlint/layers': 'error',
      'fleetlint/message-ends-with-period': 'error',
      'fleetlint/no-io-in-rules': 'error',
      'fleetlint/no-process-exit': 'error',
      'fleetlint/rule-has-page-and-cases': 'error',
    },
  },
  {
    // What is read was written by anybody: no text may take an expression more than time in proportion to its length.
    files: ['src/**/*.ts'],
    ignores: ['src/testing/**'],
    plugins: { regexp },
    rules: {
      'regexp/no-super-linear-backtracking': 'error',
      'regexp/no-super-linear-move': ['error', { report: 'potential' }],
    },
  },
  {
    files: ['src/**/*.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: 'CallExpression[callee.property.name=/^(push|unshift)$/] > SpreadElement',
          message: "A long list has more items than V8 takes arguments: use 'addAll' of core/lists.ts.",
        },
      ],
    },
  },
  {
    // The compiler checks these by their JSDoc types, but ESLint does not see its casts.
    files: ['**/*.js', '**/*.cjs'],
    rules: {
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
  {
    // What starts the program is CommonJS, for the sake of its start, and hooks into `require`.
    files: ['bin/*.js', '**/*.cjs'],
    rules: { '@typescript-eslint/no-require-imports': 'off', '@typescript-eslint/no-deprecated': 'off' },
  },
);
