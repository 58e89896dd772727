/** What an ERB or EPP template gives: its text with holes, and which parts of it may not be there. */
import type { Template } from '../../core/template.ts';

/** A part of the text that depends on a condition or a loop of the template. */
export interface ConditionalPart {
  /** Offsets in the text. */
  readonly start: number;
  readonly end: number;
  /** Parts of one `if` or `case` have the same number: at most one of them is there. Loops have a number of their own. */
  readonly choice: number;
  /** Which branch of the choice it is, from 0. */
  readonly branch: number;
}

/** The text of a template. Passed on as it is, it stays one; put together with other text, it is a Template only. */
export interface RenderedTemplate extends Template {
  /** By where they end: an inner part comes before the one around it. */
  readonly conditional: readonly ConditionalPart[];
}

/** The parts of a text that may not be there; none of a text that is no template's. */
export function conditionalParts(text: Template): readonly ConditionalPart[] {
  return 'conditional' in text ? (text as RenderedTemplate).conditional : [];
}

/** What an expression of a template gives; `undefined` if that is not known. */
export type ResolveExpression<Expression> = (expression: Expression) => string | undefined;
