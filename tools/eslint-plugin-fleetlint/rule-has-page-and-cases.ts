import { existsSync } from 'node:fs';
import path from 'node:path';
import { AST_NODE_TYPES } from '@typescript-eslint/utils';
import { ruleFiles } from '../rule-files.ts';
import { createRule } from './create-rule.ts';
import { propertyValue, ruleDefinition } from './define-rule-call.ts';
import { repositoryPath } from './repository-path.ts';

export const ruleHasPageAndCases = createRule({
  name: 'rule-has-page-and-cases',
  meta: {
    type: 'problem',
    docs: { description: 'The rule, its cases and its page have the same path under three roofs.' },
    messages: {
      otherPath: "The id of a rule is its path: '{{expected}}'.",
      missing: "'{{file}}' is missing.",
    },
    schema: [],
  },
  create(context) {
    const place = repositoryPath(context.filename);
    const expected = /^rules\/(.+)\.ts$/.exec(place?.inSource ?? '')?.[1];
    if (place === undefined || expected === undefined) return {};
    return {
      CallExpression(node) {
        const definition = ruleDefinition(node);
        if (definition === undefined) return;
        const id = propertyValue(definition, 'id');
        if (id?.type !== AST_NODE_TYPES.Literal || id.value !== expected) {
          context.report({ node: id ?? definition, messageId: 'otherPath', data: { expected } });
          return;
        }
        const { page, cases } = ruleFiles(expected);
        for (const file of [page, cases]) {
          if (!existsSync(path.join(place.root, file))) {
            context.report({ node: id, messageId: 'missing', data: { file } });
          }
        }
      },
    };
  },
});
