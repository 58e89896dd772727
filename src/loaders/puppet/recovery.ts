/**
 * Reads a broken text: a broken attribute costs itself, a broken resource costs itself. What is missing is guessed from the
 * next tokens, from line starts and from indentation.
 */
import type { AttributeOperation, Expression, ResourceBody } from '../../core/puppet-ast.ts';
import { bracketChange, startsValue, statementFunctions } from './cursor.ts';
import { StatementParser } from './statements.ts';
import { isAttributeName, Token } from './tokens.ts';
import { addAll } from '../../core/lists.ts';

export class RecoveringParser extends StatementParser {
  /** Statements found where none can stand; they follow the statement that is being read. */
  private stray: Expression[] = [];

  protected override parseStatements(close: number): Expression[] {
    const statements: Expression[] = [];
    const outer = this.stray;
    const { attributeColumn } = this;
    this.attributeColumn = -1;
    this.stray = [];
    while (this.kind !== close && this.kind !== Token.END && this.kind !== Token.INTERPOLATION_END) {
      statements.push(this.parseBrokenStatement());
      addAll(statements, this.stray);
      this.stray = [];
      if (this.kind === Token.SEMICOLON) {
        this.advance();
        if (this.kind === close || this.kind === Token.END) this.mend("another statement after ';'");
      }
    }
    this.stray = outer;
    this.attributeColumn = attributeColumn;
    return statements;
  }

  private parseBrokenStatement(): Expression {
    const { start, index, depth } = this;
    try {
      const special = this.parseOrphan();
      if (special !== undefined) return special;
      return this.parseStatement();
    } catch (error) {
      this.recoverFrom(error, depth);
    }
    this.skipStatement(index);
    return this.errorNode(start, this.previousEnd);
  }

  /** What is left of a statement that lost its beginning. */
  private parseOrphan(): Expression | undefined {
    const { start, index } = this;
    if (this.kind === Token.BRACE_CLOSE) {
      this.report("a statement; this '}' closes nothing");
      this.advance();
      return this.errorNode(start, this.previousEnd);
    }
    if (this.kind === Token.BRACE_OPEN && this.isBlock(index)) {
      this.report("a statement; something is missing before this '{'");
      addAll(this.stray, this.parseBlock('the statement'));
      return this.errorNode(start, start + 1);
    }
    if (this.kind === Token.BRACE_OPEN && this.isBody(index + 1)) {
      this.report('the type of a resource');
      return this.parseResource(this.errorNode(start, start));
    }
    return undefined;
  }

  /** `file 'title': name => ...` */
  private isResourceWithoutBrace(index: number): boolean {
    return !statementFunctions.has(this.tokenText(index)) && this.isBody(index + 1);
  }

  /** Whether a value and a `:` follow, and then something that a resource body can hold. */
  private isBody(index: number): boolean {
    if (!startsValue(this.kindAt(index))) return false;
    let depth = 0;
    for (let at = index; at < index + 50; at++) {
      const kind = this.kindAt(at);
      if (kind === Token.END || (at > index && this.isFirstOnLine(at) && depth === 0)) return false;
      if (kind === Token.COLON && depth === 0) {
        const next = this.kindAt(at + 1);
        return next === Token.BRACE_CLOSE || next === Token.SEMICOLON || this.isAttributeStart(at + 1);
      }
      depth += bracketChange(kind);
      if (depth < 0) return false;
    }
    return false;
  }

  /** Whether the brace opens a block of statements rather than a hash or a resource. */
  private isBlock(index: number): boolean {
    const next = index + 1;
    const kind = this.kindAt(next);
    if (kind === Token.BRACE_CLOSE) return true;
    if (kind === Token.VARIABLE && this.kindAt(next + 1) === Token.ASSIGN) return true;
    if (kind === Token.TYPE && this.kindAt(next + 1) === Token.BRACKET_OPEN)
      return this.kindAt(next - 1) === Token.BRACE_OPEN && this.isFirstOnLine(next);
    return this.isStatementLike(next);
  }

  /**
   * Goes to where the next statement begins: behind the brackets that the broken one opened, at a line that looks like a
   * statement and is indented no deeper, or at a block.
   */
  private skipStatement(from: number): void {
    const end = this.endOfBrokenStatement(from);
    if (end === from) this.advance();
    else this.jumpTo(end);
  }

  private endOfBrokenStatement(from: number): number {
    const failed = this.index;
    const column = this.columnOf(from);
    let depth = 0;
    for (let index = from; ; index++) {
      const kind = this.kindAt(index);
      if (index > from && index >= failed) {
        if (this.isStatementStart(index) && (depth <= 0 || this.columnOf(index) <= column)) return index;
        if (kind === Token.BRACE_OPEN && this.isBlock(index)) return index;
        if (depth <= 0 && kind === Token.SEMICOLON) return index;
      }
      const change = bracketChange(kind);
      if (kind === Token.END || (index >= failed && depth + change < 0)) return index;
      depth = Math.max(0, depth + change);
    }
  }

  // Resources

  protected override parseResourceLevel(): Expression {
    const { start, index } = this;
    if ((this.kind !== Token.NAME && this.kind !== Token.CLASS) || !this.isResourceWithoutBrace(index)) {
      return super.parseResourceLevel();
    }
    const typeName: Expression = { type: 'Name', start, end: this.end(), name: this.tokenText(index) };
    this.advance();
    this.report("'{' before the title");
    const bodies = this.parseBodies();
    return { type: 'ResourceExpression', start, end: this.previousEnd, form: 'regular', typeName, bodies };
  }

  protected override parseResource(type: Expression): Expression {
    const plain =
      type.type === 'Name' || type.type === 'TypeReference' || type.type === 'Access' || type.type === 'ErrorNode';
    if (plain ? this.isStatementStart(this.index + 1) : this.isBlock(this.index)) {
      this.report("a statement; something is missing before this '{'");
      addAll(this.stray, this.parseBlock('the statement'));
      return type;
    }
    return super.parseResource(type);
  }

  protected override parseBodies(): ResourceBody[] {
    const bodies: ResourceBody[] = [];
    const { attributeColumn } = this;
    do {
      const before = this.index;
      bodies.push(this.parseBrokenBody());
      if (this.kind === Token.SEMICOLON) this.advance();
      else if (this.kind === Token.BRACE_CLOSE || !this.isBody(this.index) || this.index === before) break;
      else this.report("';' before the next title");
    } while (this.kind !== Token.BRACE_CLOSE && this.kind !== Token.END);
    this.attributeColumn = attributeColumn;
    this.expectOrMend(Token.BRACE_CLOSE, "',', ';' or '}' after the attribute");
    return bodies;
  }

  private parseBrokenBody(): ResourceBody {
    const { start } = this;
    const title = this.parseBrokenTitle();
    if (this.kind === Token.COLON) this.advance();
    else this.mend("':' after the title");
    if (this.kind === Token.BRACE_OPEN && this.isBlock(this.index)) {
      // An option of a `case` that lost its head.
      this.report('an attribute');
      addAll(this.stray, this.parseBlock('the option'));
      return { type: 'ResourceBody', start, end: Math.max(start, this.previousEnd), title, operations: [] };
    }
    if (this.kind === Token.COMMA) this.advance();
    const operations = this.parseOperations();
    return { type: 'ResourceBody', start, end: Math.max(start, this.previousEnd), title, operations };
  }

  private parseBrokenTitle(): Expression {
    const { start, depth } = this;
    if (this.kind === Token.COLON || this.isAttributeStart(this.index)) {
      this.report('a title');
      return this.errorNode(start, start);
    }
    try {
      return this.parseExpression();
    } catch (error) {
      this.recoverFrom(error, depth);
    }
    while (this.kind !== Token.COLON && !this.isOperationEnd(this.index) && !this.isAttributeStart(this.index))
      this.advance();
    return this.errorNode(start, this.previousEnd);
  }

  private isOperationEnd(index: number): boolean {
    const kind = this.kindAt(index);
    return (
      kind === Token.SEMICOLON || kind === Token.BRACE_CLOSE || kind === Token.END || kind === Token.INTERPOLATION_END
    );
  }

  protected override parseOperations(): AttributeOperation[] {
    const operations: AttributeOperation[] = [];
    if (this.isFirstOnLine(this.index)) this.attributeColumn = this.columnOf(this.index);
    while (!this.isOperationEnd(this.index)) {
      if (!this.isAttributeStart(this.index) && (this.isStatementBelow(this.index) || this.isBody(this.index))) {
        return operations;
      }
      if (this.attributeColumn < 0 && this.isAttributeStart(this.index))
        this.attributeColumn = this.columnOf(this.index);
      const operation = this.parseBrokenOperation();
      if (operation !== undefined) operations.push(operation);
      if (this.kind === Token.COMMA) this.advance();
      else if (this.isAttributeStart(this.index)) this.report("',' before the next attribute");
    }
    return operations;
  }

  /** Whether a statement follows because the resource was never closed, rather than an attribute called `unless` or `require`. */
  private isStatementBelow(index: number): boolean {
    if (!this.isStatementStart(index)) return false;
    return this.kindAt(index + 1) === Token.BRACE_OPEN || this.columnOf(index) !== this.attributeColumn;
  }

  /** Reads an attribute, or what is left of one; goes on by one token at least. */
  private parseBrokenOperation(): AttributeOperation | undefined {
    const { start, index, depth } = this;
    const nameEnd = this.end();
    const named = isAttributeName(this.kind);
    try {
      if (this.kind === Token.ARROW) {
        this.report('the name of an attribute');
        this.advance();
        this.parseExpression();
        return undefined;
      }
      if (!named && this.kind !== Token.STAR) this.fail('the name of an attribute');
      return this.parseOperation();
    } catch (error) {
      this.recoverFrom(error, depth);
    }
    this.jumpTo(this.endOfBrokenOperation(index));
    if (!named) return undefined;
    const name = this.text.slice(start, nameEnd);
    const value = this.errorNode(Math.min(nameEnd, this.previousEnd), this.previousEnd);
    const end = Math.max(nameEnd, this.previousEnd);
    return { type: 'AttributeOperation', start, end, name, nameStart: start, nameEnd, operator: '=>', value };
  }

  private endOfBrokenOperation(from: number): number {
    const failed = this.index;
    let depth = 0;
    for (let index = from; ; index++) {
      const kind = this.kindAt(index);
      if (index > from && index >= failed) {
        if (depth === 0 && (kind === Token.COMMA || this.isOperationEnd(index) || this.isAttributeStart(index))) {
          return index;
        }
        if (this.isListBoundary(index)) return index;
      }
      depth = Math.max(0, depth + bracketChange(kind));
      if (kind === Token.END) return index;
    }
  }
}
