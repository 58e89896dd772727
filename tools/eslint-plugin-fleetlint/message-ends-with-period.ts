import type { TSESTree } from '@typescript-eslint/utils';
import { AST_NODE_TYPES } from '@typescript-eslint/utils';
import { createRule } from './create-rule.ts';
import { propertyName, propertyValue, ruleDefinition } from './define-rule-call.ts';
import { repositoryPath } from './repository-path.ts';

const sentences = new Set(['summary', 'note', 'help']);

export const messageEndsWithPeriod = createRule({
  name: 'message-ends-with-period',
  meta: {
    type: 'problem',
    docs: { description: 'What a rule tells a user is made of sentences.' },
    messages: { period: 'This is shown to users as a sentence: end it in a period.' },
    schema: [],
  },
  create(context) {
    if (repositoryPath(context.filename)?.inSource.startsWith('rules/') !== true) return {};
    const check = (value: TSESTree.Node | undefined) => {
      for (const end of sentenceEnds(value)) {
        if (!end.text.endsWith('.')) context.report({ node: end.node, messageId: 'period' });
      }
    };
    return {
      CallExpression(node) {
        const definition = ruleDefinition(node);
        const messages = definition && propertyValue(definition, 'messages');
        if (messages?.type === AST_NODE_TYPES.ObjectExpression) {
          for (const property of messages.properties) {
            if (property.type === AST_NODE_TYPES.Property) check(property.value);
          }
        }
        if (node.callee.type === AST_NODE_TYPES.Identifier && node.callee.name === 'trace') check(node.arguments[1]);
      },
      Property(node) {
        if (sentences.has(propertyName(node) ?? '')) check(node.value);
      },
    };
  },
});

interface End {
  readonly node: TSESTree.Node;
  readonly text: string;
}

/** How a text ends, for each way it can be made; nothing where the end is not written out. */
function sentenceEnds(value: TSESTree.Node | undefined): readonly End[] {
  switch (value?.type) {
    case AST_NODE_TYPES.Literal:
      return typeof value.value === 'string' && value.value !== '' ? [{ node: value, text: value.value }] : [];
    case AST_NODE_TYPES.TemplateLiteral: {
      const last = value.quasis.at(-1)?.value.cooked ?? '';
      return last === '' ? [] : [{ node: value, text: last }];
    }
    case AST_NODE_TYPES.BinaryExpression:
      return sentenceEnds(value.right);
    case AST_NODE_TYPES.ConditionalExpression:
      return [...sentenceEnds(value.consequent), ...sentenceEnds(value.alternate)];
    default:
      return [];
  }
}
