/** What an expression's text is, as far as the text itself says it: the rest are holes. */
import { literalText, spanOf, TemplateBuilder, type Answer, type Template } from '../../core/template.ts';
import type { AttributeOperation, Expression } from './ast.ts';
import { stringTemplate } from './strings.ts';

/** The text of one expression. What is no text, or is not known, is one hole labelled with its source. */
export function textOf(expression: Expression, source: Template): Template {
  switch (expression.type) {
    case 'StringLiteral':
    case 'InterpolatedString':
    case 'Heredoc':
    case 'Name':
      return stringTemplate(expression, source);
    case 'Parenthesized':
      return textOf(expression.expression, source);
    case 'NumberLiteral':
    case 'BooleanLiteral': {
      const span = spanOf(source, expression.start, expression.end);
      const text = expression.type === 'NumberLiteral' ? expression.raw : String(expression.value);
      return new TemplateBuilder(source.file, span.start).text(text, span.start, span.end - span.start).build();
    }
    default: {
      const span = spanOf(source, expression.start, expression.end);
      const label = source.text.slice(expression.start, expression.end);
      return new TemplateBuilder(source.file, span.start).hole(label, span.start, span.end - span.start).build();
    }
  }
}

/** The elements of an array, or the one value; nested arrays stay as they are. */
export function elementsOf(expression: Expression): readonly Expression[] {
  const inner = expression.type === 'Parenthesized' ? expression.expression : expression;
  return inner.type === 'ArrayLiteral' ? inner.elements : [inner];
}

/** Whether a boolean attribute is set; an absent one is not. */
export function isTrue(operation: AttributeOperation | undefined, source: Template): Answer {
  if (operation === undefined) return 'no';
  if (operation.value.type === 'Undef') return 'no';
  const text = literalText(textOf(operation.value, source));
  return text === undefined ? 'unknown' : text === 'true' ? 'yes' : 'no';
}

/** The text of an attribute, if it is there and known. */
export function literalOf(operation: AttributeOperation | undefined, source: Template): string | undefined {
  return operation === undefined ? undefined : literalText(textOf(operation.value, source));
}
