/** Reads statements, resources and definitions. */
import type {
  AttributeOperation,
  Expression,
  Identifier,
  Parameter,
  Program,
  ResourceBody,
  ResourceForm,
  StringLiteral,
} from '../../core/puppet-ast.ts';
import { statementFunctions } from './cursor.ts';
import { ExpressionParser } from './expressions.ts';
import { isAttributeName, Token } from './tokens.ts';

/** Reads a whole text; fails at the first token that does not fit. */
export class StatementParser extends ExpressionParser {
  /** Names of the classes around here. */
  private readonly namespace: string[] = [];

  /** undefined if the text is broken and this parser does not mend. */
  parseProgram(epp: boolean): Program | undefined {
    try {
      const parameters = epp && this.kind === Token.PIPE ? this.parseTemplateParameters() : null;
      const body = this.parseStatements(Token.END);
      return { type: 'Program', start: 0, end: this.text.length, body, parameters, epp };
    } catch (error) {
      // Anything but a syntax failure is a fault of ours, and must not hide.
      if (!this.isFailure(error)) throw error;
      return undefined;
    }
  }

  private parseTemplateParameters(): Parameter[] {
    this.advance();
    return this.parseParameters(Token.PIPE, "',' or '|'");
  }

  // Statements

  /** Up to `close`, which is not read. */
  protected parseStatements(close: number): Expression[] {
    const statements: Expression[] = [];
    while (this.kind !== close && this.kind !== Token.END) {
      statements.push(this.parseStatement());
      if (this.kind === Token.SEMICOLON) {
        this.advance();
        if (this.kind === close || this.kind === Token.END) this.mend("another statement after ';'");
      }
    }
    return statements;
  }

  protected parseStatement(): Expression {
    let statement = this.parseAssignment();
    if (statement.type === 'Name' && statementFunctions.has(statement.name)) {
      statement = this.parseStatementCall(statement);
    }
    if (this.kind === Token.COMMA) this.mend('the next statement; a function with several arguments needs parentheses');
    if (statement.type === 'Call' || statement.type === 'ApplyBlock')
      (statement as { statement: boolean }).statement = true;
    return statement;
  }

  /** `include a, b`: the function takes what follows as its arguments. */
  private parseStatementCall(callee: Expression): Expression {
    const semicolon = this.kind === Token.SEMICOLON && this.kindAt(this.index + 1) !== Token.BRACE_CLOSE;
    if (semicolon) this.advance();
    if (this.kind === Token.BRACE_CLOSE || this.kind === Token.END || this.kind === Token.SEMICOLON) return callee;
    const values = [this.parseAssignment()];
    while (this.kind === Token.COMMA) {
      this.advance();
      values.push(this.parseAssignment());
    }
    const { start } = callee;
    return { type: 'Call', start, end: this.previousEnd, callee, arguments: values, lambda: null, statement: true };
  }

  /** `{ statements }` */
  protected parseBlock(owner: string): Expression[] {
    this.enter();
    const open = this.start;
    this.expectOrMend(Token.BRACE_OPEN, `'{' and the body of ${owner}`);
    const statements = this.parseStatements(Token.BRACE_CLOSE);
    if (this.kind === Token.BRACE_CLOSE) this.advance();
    else if (this.kind === Token.END) this.reportUnclosed(owner, open);
    else this.mend("'}'");
    this.depth--;
    return statements;
  }

  private reportUnclosed(owner: string, open: number): void {
    if (this.recovering) this.reportAt(`The body of ${owner} is never closed; expected '}'.`, open, open + 1);
    else this.mend("'}'");
  }

  // Resources

  /** An expression, a definition, or a resource, whose type is the expression before its `{`. */
  protected parseResourceLevel(): Expression {
    switch (this.kind) {
      case Token.CLASS:
        return this.kindAt(this.index + 1) === Token.BRACE_OPEN ? this.parseClassResource() : this.parseClass();
      case Token.DEFINE:
        return this.parseDefinedType();
      case Token.NODE:
        return this.parseNode();
      case Token.FUNCTION:
        return this.parseFunction();
      case Token.PLAN:
        return this.parsePlan();
      case Token.TYPE_KEYWORD:
        if (this.kindAt(this.index + 1) !== Token.PARENTHESIS_OPEN) return this.parseTypeDefinition();
        break;
      case Token.AT:
      case Token.DOUBLE_AT:
        return this.parseVirtual();
      default:
        break;
    }
    let expression = this.parseExpression();
    // Puppet's grammar takes any expression for the type, even another resource.
    for (let row = 1; this.kind === Token.BRACE_OPEN; row++) {
      if (this.recovering && row > 1) break;
      if (row > this.longestRow) this.longestRow = row;
      expression = this.parseResource(expression);
    }
    return expression;
  }

  private parseVirtual(): Expression {
    const { start, kind } = this;
    this.enter();
    this.advance();
    const resource = this.parseResourceLevel();
    this.depth--;
    const form: ResourceForm = kind === Token.AT ? 'virtual' : 'exported';
    if (resource.type === 'ResourceExpression') return { ...resource, start, form };
    const sign = kind === Token.AT ? '@' : '@@';
    const message = `Found '${sign}' before something that is no resource; expected a resource with a title.`;
    this.reportAt(message, start, start + sign.length);
    if (!this.recovering) this.fail('a resource');
    return resource;
  }

  private parseClassResource(): Expression {
    const { start } = this;
    const end = this.end();
    this.advance();
    return this.parseResource({ type: 'Name', start, end, name: 'class' });
  }

  /** From the `{` on. */
  protected parseResource(type: Expression): Expression {
    const { start } = type;
    const next = this.index + 1;
    if (this.kindAt(next) === Token.BRACE_CLOSE || this.isAttributeStart(next)) {
      if (type.type === 'TypeReference') {
        const operations = this.parseOverrides();
        return {
          type: 'ResourceDefaults',
          start,
          end: this.previousEnd,
          form: 'regular',
          typeReference: type,
          operations,
        };
      }
      if (type.type === 'Access') {
        const operations = this.parseOverrides();
        return { type: 'ResourceOverride', start, end: this.previousEnd, form: 'regular', target: type, operations };
      }
      if (type.type === 'Name' && statementFunctions.has(type.name)) return this.parseHashCall(type);
      if (!this.recovering) {
        this.advance();
        this.fail(`a title and ':' before the attributes`);
      }
    }
    this.enter();
    this.advance();
    const bodies = this.parseBodies();
    this.depth--;
    return { type: 'ResourceExpression', start, end: this.previousEnd, form: 'regular', typeName: type, bodies };
  }

  /** `notice { a => 1 }`: a call with a hash whose keys are strings. */
  private parseHashCall(callee: Expression): Expression {
    const open = this.start;
    const operations = this.parseOverrides();
    const end = this.previousEnd;
    const entries = operations.map((operation) => {
      const { name, nameStart, nameEnd, value } = operation;
      const key: StringLiteral = { type: 'StringLiteral', start: nameStart, end: nameEnd, value: name, quote: 'bare' };
      return { type: 'HashEntry' as const, start: operation.start, end: operation.end, key, value };
    });
    const hash: Expression = { type: 'HashLiteral', start: open, end, entries, bare: false };
    const { start } = callee;
    return { type: 'Call', start, end, callee, arguments: [hash], lambda: null, statement: true };
  }

  /** `{ attributes }` */
  protected parseOverrides(): AttributeOperation[] {
    this.enter();
    this.advance();
    const operations = this.parseOperations();
    this.expectOrMend(Token.BRACE_CLOSE, "',' or '}' after the attribute");
    this.depth--;
    return operations;
  }

  /** Up to and with `}`. */
  protected parseBodies(): ResourceBody[] {
    const bodies: ResourceBody[] = [];
    do {
      const { start } = this;
      const title = this.parseExpression();
      this.expect(Token.COLON, "':' after the title");
      if (this.kind === Token.COMMA) this.advance();
      const operations = this.parseOperations();
      bodies.push({ type: 'ResourceBody', start, end: this.previousEnd, title, operations });
      if (this.kind !== Token.SEMICOLON) break;
      this.advance();
    } while (this.kind !== Token.BRACE_CLOSE);
    this.expect(Token.BRACE_CLOSE, "',', ';' or '}' after the attribute");
    return bodies;
  }

  protected parseOperations(): AttributeOperation[] {
    const operations: AttributeOperation[] = [];
    while (this.kind !== Token.SEMICOLON && this.kind !== Token.BRACE_CLOSE) {
      operations.push(this.parseOperation());
      if (this.kind !== Token.COMMA) break;
      this.advance();
    }
    return operations;
  }

  protected parseOperation(): AttributeOperation {
    const { start, kind } = this;
    const nameEnd = this.end();
    if (kind !== Token.STAR && !isAttributeName(kind)) this.fail('the name of an attribute');
    const name = this.text.slice(start, nameEnd);
    this.advance();
    let operator: AttributeOperation['operator'] = kind === Token.STAR ? '* =>' : '=>';
    if (this.kind === Token.PLUS_ARROW && kind !== Token.STAR) {
      operator = '+>';
      this.advance();
    } else {
      this.expectOrMend(Token.ARROW, `'=>' after '${name}'`);
    }
    const value = this.parseExpression();
    return {
      type: 'AttributeOperation',
      start,
      end: this.previousEnd,
      name,
      nameStart: start,
      nameEnd,
      operator,
      value,
    };
  }

  // Definitions

  private parseIdentifier(expected: string): Identifier {
    const { start, kind } = this;
    if (kind !== Token.NAME && kind !== Token.WORD && kind !== Token.TYPE) {
      this.mend(expected);
      return { type: 'Identifier', start, end: start, name: '' };
    }
    const name = this.tokenText(this.index);
    this.advance();
    return { type: 'Identifier', start, end: this.previousEnd, name };
  }

  private qualified(name: string): string {
    return [...this.namespace, name.replace(/^::/, '')].join('::');
  }

  private parseOptionalParameters(): Parameter[] {
    if (this.kind === Token.PARENTHESIS_OPEN || this.kind === Token.PARENTHESIS_OPEN_LINE) {
      this.advance();
      return this.parseParameters(Token.PARENTHESIS_CLOSE, "',' or ')'");
    }
    if (
      this.recovering &&
      (this.kind === Token.VARIABLE || (this.kind === Token.TYPE && this.kindAt(this.index - 1) !== Token.INHERITS))
    ) {
      this.mend("'(' before the parameters");
      return this.parseParameters(Token.PARENTHESIS_CLOSE, "',' or ')'");
    }
    return [];
  }

  private parseClass(): Expression {
    const { start } = this;
    this.enter();
    this.advance();
    const name = this.parseIdentifier('the name of the class');
    const parameters = this.parseOptionalParameters();
    let parent: Identifier | null = null;
    if (this.kind === Token.INHERITS) {
      this.advance();
      if (this.kind === Token.DEFAULT) {
        parent = { type: 'Identifier', start: this.start, end: this.end(), name: 'default' };
        this.advance();
      } else {
        parent = this.parseIdentifier('the name of the class it inherits');
      }
    }
    const qualifiedName = this.qualified(name.name);
    this.namespace.push(name.name.replace(/^::/, ''));
    const body = this.parseBlock(`the class '${name.name}'`);
    this.namespace.pop();
    this.depth--;
    return { type: 'ClassDefinition', start, end: this.previousEnd, name, qualifiedName, parent, parameters, body };
  }

  private parseDefinedType(): Expression {
    const { start } = this;
    this.enter();
    this.advance();
    const name = this.parseIdentifier('the name of the defined type');
    const parameters = this.parseOptionalParameters();
    const body = this.parseBlock(`the defined type '${name.name}'`);
    this.depth--;
    const qualifiedName = this.qualified(name.name);
    return { type: 'DefinedType', start, end: this.previousEnd, name, qualifiedName, parameters, body };
  }

  private parseFunction(): Expression {
    const { start } = this;
    this.enter();
    this.advance();
    const name = this.parseIdentifier('the name of the function');
    const parameters = this.parseOptionalParameters();
    const returns = this.parseReturnType();
    const body = this.parseBlock(`the function '${name.name}'`);
    this.depth--;
    const qualifiedName = name.name.replace(/^::/, '');
    return { type: 'FunctionDefinition', start, end: this.previousEnd, name, qualifiedName, parameters, returns, body };
  }

  private parsePlan(): Expression {
    const { start } = this;
    this.enter();
    this.advance();
    const name = this.parseIdentifier('the name of the plan');
    const parameters = this.parseOptionalParameters();
    const body = this.parseBlock(`the plan '${name.name}'`);
    this.depth--;
    const qualifiedName = name.name.replace(/^::/, '');
    return { type: 'Plan', start, end: this.previousEnd, name, qualifiedName, parameters, body };
  }

  private parseNode(): Expression {
    const { start } = this;
    this.enter();
    this.advance();
    const matches = [this.parseHostMatch()];
    while (this.kind === Token.COMMA) {
      this.advance();
      if (this.kind === Token.BRACE_OPEN || this.kind === Token.INHERITS) break;
      matches.push(this.parseHostMatch());
    }
    let parent: Expression | null = null;
    if (this.kind === Token.INHERITS) {
      this.advance();
      parent = this.parseHostMatch();
    }
    const body = this.parseBlock('the node');
    this.depth--;
    return { type: 'NodeDefinition', start, end: this.previousEnd, matches, parent, body };
  }

  /** A quoted or bare host name, a regular expression, or `default`. */
  private parseHostMatch(): Expression {
    const { kind, start } = this;
    if (kind === Token.NAME || kind === Token.NUMBER) return this.parseHostName();
    if (kind === Token.STRING || kind === Token.ESCAPED_STRING || kind === Token.WORD) return this.parsePlainString();
    if (kind === Token.REGEX || kind === Token.DEFAULT || kind === Token.STRING_START) return this.parseExpression();
    this.mend("the name of a node, a regular expression or 'default'");
    return this.errorNode(start, start);
  }

  /** `a.example.com` without quotes. */
  private parseHostName(): Expression {
    const { start } = this;
    let value = '';
    for (;;) {
      value += this.tokenText(this.index);
      this.expect(this.kind === Token.NUMBER ? Token.NUMBER : Token.NAME, 'a part of a host name');
      if (this.kind !== Token.DOT) break;
      this.advance();
      value += '.';
    }
    return { type: 'StringLiteral', start, end: this.previousEnd, value, quote: 'bare' };
  }

  /** `type Name = ...`, or a mapping to a type of the runtime. */
  private parseTypeDefinition(): Expression {
    const { start } = this;
    this.enter();
    this.advance();
    const target = this.parseType();
    this.expect(Token.ASSIGN, "'='");
    const definition =
      target.type === 'TypeReference' ? this.parseAlias(start, target) : this.parseMapping(start, target);
    if (this.kind === Token.BRACE_OPEN || this.isInfix()) this.mend('the next statement after the type');
    this.depth--;
    return definition;
  }

  private parseAlias(start: number, target: Expression & { readonly type: 'TypeReference' }): Expression {
    const name: Identifier = { type: 'Identifier', start: target.start, end: target.end, name: target.name };
    const isHash = this.kind === Token.BRACE_OPEN;
    const value = isHash ? this.parseHash() : this.parseType();
    if (this.kind !== Token.BRACE_OPEN || value.type !== 'TypeReference') {
      return { type: 'TypeAlias', start, end: this.previousEnd, name, parent: null, value };
    }
    const attributes = this.parseHash();
    return { type: 'TypeAlias', start, end: this.previousEnd, name, parent: value, value: attributes };
  }

  private parseMapping(start: number, target: Expression): Expression {
    const value = this.parseExpression();
    return { type: 'TypeMapping', start, end: this.previousEnd, target, value };
  }
}
