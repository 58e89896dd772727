import { createRule } from './create-rule.ts';

export const noProcessExit = createRule({
  name: 'no-process-exit',
  meta: {
    type: 'problem',
    docs: { description: 'The exit code is set, not forced, so that pipes drain.' },
    messages: { exit: "'process.exit' cuts off what is still in a pipe; set 'process.exitCode'." },
    schema: [],
  },
  create(context) {
    return {
      'MemberExpression[object.name="process"][property.name="exit"]': (node) => {
        context.report({ node, messageId: 'exit' });
      },
      'ImportDeclaration[source.value=/^(node:)?process$/] > ImportSpecifier[imported.name="exit"]': (node) => {
        context.report({ node, messageId: 'exit' });
      },
    };
  },
});
