import { ESLintUtils } from '@typescript-eslint/utils';

/** Makes a rule of this plugin; what each is for stands in CONTRIBUTING.md. */
export const createRule = ESLintUtils.RuleCreator((name) => `CONTRIBUTING.md#${name}`);
