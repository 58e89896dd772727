/** EPP templates as text with holes, from the tree that the parser of manifests makes of them. */
import { sliceTemplate, spanOf, TemplateBuilder, type Template } from '../../core/template.ts';
import type { EppText, Expression, Program } from '../../core/puppet-ast.ts';
import { parseProgram } from './parser.ts';
import type { ConditionalPart, RenderedTemplate, ResolveExpression } from './rendered.ts';

/** Reads a template. @param resolve what a `<%= %>` prints, in the template's own scope */
export function renderEpp(source: Template, resolve?: ResolveExpression<Expression>): RenderedTemplate {
  return renderEppProgram(parseProgram(source, { epp: true }), source, resolve);
}

/** As `renderEpp`, for a template that has been parsed. */
export function renderEppProgram(
  program: Program,
  source: Template,
  resolve?: ResolveExpression<Expression>,
): RenderedTemplate {
  const writer = new Writer(source, resolve);
  writer.statements(program.body);
  return writer.finish();
}

class Writer {
  readonly #source: Template;
  readonly #resolve: ResolveExpression<Expression> | undefined;
  readonly #builder: TemplateBuilder;
  readonly #parts: ConditionalPart[] = [];
  #length = 0;
  #choices = 0;

  constructor(source: Template, resolve: ResolveExpression<Expression> | undefined) {
    this.#source = source;
    this.#resolve = resolve;
    this.#builder = new TemplateBuilder(source.file, source.source);
  }

  finish(): RenderedTemplate {
    return { ...this.#builder.build(), conditional: this.#parts };
  }

  statements(statements: readonly Expression[]): void {
    for (const statement of statements) this.#statement(statement);
  }

  #statement(statement: Expression): void {
    switch (statement.type) {
      case 'EppText':
        this.#text(statement);
        return;
      case 'EppRender':
        this.#render(statement.start, statement.end, statement.expression);
        return;
      case 'If':
      case 'Unless':
        this.#choice(ifBranches(statement));
        return;
      case 'Case':
        this.#choice(statement.options.map((option) => option.body));
        return;
      case 'Call':
      case 'MethodCall':
        if (statement.lambda !== null) this.#choice([statement.lambda.body]);
        return;
      case 'ErrorNode':
        this.#hole(statement.start, statement.end);
        return;
      default:
    }
  }

  #text(node: EppText): void {
    for (const { start, end } of node.pieces) {
      let from = start;
      for (let at = this.#source.text.indexOf('<%%', from); at >= 0 && at < end;) {
        this.#append(from, at + 2);
        from = at + 3;
        at = this.#source.text.indexOf('<%%', from);
      }
      this.#append(from, end);
    }
  }

  #append(start: number, end: number): void {
    this.#builder.append(sliceTemplate(this.#source, start, end));
    this.#length += Math.max(0, end - start);
  }

  #render(start: number, end: number, expression: Expression): void {
    const value = this.#resolve?.(expression);
    if (value === undefined) {
      this.#hole(start, end);
      return;
    }
    const span = spanOf(this.#source, start, end);
    this.#builder.text(value, span.start, span.end - span.start);
    this.#length += value.length;
  }

  #hole(start: number, end: number): void {
    const span = spanOf(this.#source, start, end);
    this.#builder.hole(this.#source.text.slice(start, end), span.start, span.end - span.start);
    this.#length++;
  }

  #choice(branches: readonly (readonly Expression[])[]): void {
    const choice = this.#choices++;
    branches.forEach((body, branch) => {
      const start = this.#length;
      this.statements(body);
      if (this.#length > start) this.#parts.push({ start, end: this.#length, choice, branch });
    });
  }
}

/** The bodies of `if`, all its `elsif` and `else`; an `elsif` is a lone If in the `else` of the one before. */
function ifBranches(statement: Extract<Expression, { type: 'If' | 'Unless' }>): readonly (readonly Expression[])[] {
  const branches: (readonly Expression[])[] = [statement.then];
  let last = statement.else;
  while (last !== null) {
    const [only] = last;
    if (last.length === 1 && only?.type === 'If') {
      branches.push(only.then);
      last = only.else;
    } else {
      branches.push(last);
      last = null;
    }
  }
  return branches;
}
