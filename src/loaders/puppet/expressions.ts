/** Reads expressions: operators by their binding power, everything else by its first token. */
import type {
  ArrayLiteral,
  Assignment,
  BinaryOperator,
  Call,
  Case,
  CaseOption,
  Collector,
  EppText,
  Expression,
  HashEntry,
  HashLiteral,
  Heredoc,
  If,
  InterpolatedString,
  Interpolation,
  Lambda,
  MethodCall,
  NumberLiteral,
  Parameter,
  Range,
  Relationship,
  SelectorOption,
  StringLiteral,
  StringPart,
  Variable,
} from '../../core/puppet-ast.ts';
import { bracketChange, Cursor, startsValue } from './cursor.ts';
import { contentRange, decodeText, doubleQuoted, heredocStyle, singleQuoted, type TextStyle } from './strings.ts';
import { Token } from './tokens.ts';

const SELECTOR_POWER = 3;
const UNARY_POWER = 11;
const POSTFIX_POWER = 12;

/** How tight each infix operator binds; 0 for tokens that are none. All bind to the left. */
const bindingPower = new Uint8Array(128);
const operatorNames: BinaryOperator[] = [];
for (const [kind, power, name] of [
  [Token.OR, 1, 'or'],
  [Token.AND, 2, 'and'],
  [Token.LESS, 4, '<'],
  [Token.LESS_EQUAL, 4, '<='],
  [Token.GREATER, 4, '>'],
  [Token.GREATER_EQUAL, 4, '>='],
  [Token.EQUAL, 5, '=='],
  [Token.NOT_EQUAL, 5, '!='],
  [Token.SHIFT_LEFT, 6, '<<'],
  [Token.SHIFT_RIGHT, 6, '>>'],
  [Token.PLUS, 7, '+'],
  [Token.MINUS, 7, '-'],
  [Token.STAR, 8, '*'],
  [Token.SLASH, 8, '/'],
  [Token.PERCENT, 8, '%'],
  [Token.MATCH, 9, '=~'],
  [Token.NO_MATCH, 9, '!~'],
  [Token.IN, 10, 'in'],
] as const) {
  bindingPower[kind] = power;
  operatorNames[kind] = name;
}
bindingPower[Token.QUESTION] = SELECTOR_POWER;
for (const kind of [
  Token.BRACKET_OPEN,
  Token.DOT,
  Token.PARENTHESIS_OPEN,
  Token.COLLECT_OPEN,
  Token.EXPORT_COLLECT_OPEN,
]) {
  bindingPower[kind] = POSTFIX_POWER;
}

const relationshipNames = new Map<number, Relationship['operator']>([
  [Token.BEFORE, '->'],
  [Token.NOTIFY, '~>'],
  [Token.AFTER, '<-'],
  [Token.SUBSCRIBE, '<~'],
]);

/** `{`-blocks and resources are read by the class below this one, because expressions and statements contain each other. */
export abstract class ExpressionParser extends Cursor {
  protected abstract parseResourceLevel(): Expression;
  protected abstract parseBlock(owner: string): Expression[];
  protected abstract parseOverrides(): Collector['overrides'];

  /** The widest expression: what may stand as an argument or element. */
  parseAssignment(): Expression {
    const left = this.parseRelationship();
    const { kind } = this;
    if (kind !== Token.ASSIGN && kind !== Token.PLUS_ASSIGN && kind !== Token.MINUS_ASSIGN) return left;
    this.enter();
    this.advance();
    const operator: Assignment['operator'] = kind === Token.ASSIGN ? '=' : kind === Token.PLUS_ASSIGN ? '+=' : '-=';
    const value = this.parseAssignment();
    this.depth--;
    return { type: 'Assignment', start: left.start, end: value.end, operator, target: left, value };
  }

  parseRelationship(): Expression {
    let left = this.parseResourceLevel();
    for (let row = 1; this.kind >= Token.BEFORE && this.kind <= Token.SUBSCRIBE; row++) {
      if (row > this.longestRow) this.longestRow = row;
      const operator = relationshipNames.get(this.kind) ?? '->';
      this.advance();
      const right = this.parseResourceLevel();
      left = { type: 'Relationship', start: left.start, end: right.end, operator, left, right };
    }
    return left;
  }

  /** An expression without assignment, relationship or resource. */
  parseExpression(minimum = 1): Expression {
    this.enter();
    let left = this.parsePrefix();
    for (let row = 1; ; row++) {
      const { kind } = this;
      const power = bindingPower[kind] ?? 0;
      if (power === 0 || power < minimum) break;
      if (row > this.longestRow) this.longestRow = row;
      if (power === POSTFIX_POWER) {
        left = this.parsePostfix(left);
      } else if (power === SELECTOR_POWER) {
        left = this.parseSelector(left);
      } else {
        this.advance();
        const right = this.parseExpression(power + 1);
        const operator = operatorNames[kind] ?? '+';
        left = { type: 'Binary', start: left.start, end: right.end, operator, left, right };
      }
    }
    this.depth--;
    return left;
  }

  /** Whether the current token would continue an expression. */
  protected isInfix(): boolean {
    return (bindingPower[this.kind] ?? 0) > 0;
  }

  private parsePostfix(left: Expression): Expression {
    switch (this.kind) {
      case Token.BRACKET_OPEN: {
        const keys = this.parseKeys();
        return { type: 'Access', start: left.start, end: this.previousEnd, target: left, keys };
      }
      case Token.DOT:
        return this.parseMethodCall(left);
      case Token.PARENTHESIS_OPEN:
        return this.fail('a function name before the arguments');
      default:
        return this.parseCollector(left);
    }
  }

  private parsePrefix(): Expression {
    const { kind, start } = this;
    switch (kind) {
      case Token.NAME:
        return this.parseName();
      case Token.VARIABLE:
      case Token.INTERPOLATED_NAME:
        return this.parseVariable();
      case Token.STRING:
      case Token.ESCAPED_STRING:
      case Token.WORD:
        return this.parsePlainString();
      case Token.STRING_START:
        return this.parseInterpolatedString();
      case Token.TYPE: {
        const name = this.tokenText(this.index);
        this.advance();
        const type: Expression = { type: 'TypeReference', start, end: this.previousEnd, name };
        return this.kind === Token.PARENTHESIS_OPEN ? this.parseCall(type) : type;
      }
      case Token.NUMBER:
        return this.parseNumber();
      case Token.BRACKET_OPEN:
      case Token.BRACKET_OPEN_LIST:
        return this.parseArray();
      case Token.BRACE_OPEN:
        return this.parseHash();
      case Token.PARENTHESIS_OPEN:
      case Token.PARENTHESIS_OPEN_LINE:
        return this.parseParenthesized();
      case Token.TRUE:
      case Token.FALSE:
        this.advance();
        return { type: 'BooleanLiteral', start, end: this.previousEnd, value: kind === Token.TRUE };
      case Token.UNDEF:
        this.advance();
        return { type: 'Undef', start, end: this.previousEnd };
      case Token.DEFAULT:
        this.advance();
        return { type: 'Default', start, end: this.previousEnd };
      case Token.REGEX: {
        const pattern = this.text.slice(start + 1, this.end() - 1).replace(/\\\//g, '/');
        this.advance();
        return { type: 'RegexLiteral', start, end: this.previousEnd, pattern };
      }
      case Token.NOT:
      case Token.MINUS:
      case Token.STAR: {
        this.advance();
        const operand = this.parseExpression(UNARY_POWER);
        const operator = kind === Token.NOT ? '!' : kind === Token.MINUS ? '-' : '*';
        return { type: 'Unary', start, end: operand.end, operator, operand };
      }
      case Token.HEREDOC_START:
        return this.parseHeredoc();
      case Token.IF:
        return this.parseIf();
      case Token.UNLESS:
        return this.parseUnless();
      case Token.CASE:
        return this.parseCase();
      case Token.TYPE_KEYWORD:
        if (this.kindAt(this.index + 1) === Token.PARENTHESIS_OPEN) return this.parseName();
        break;
      case Token.RESERVED: {
        const word = this.tokenText(this.index);
        this.mend(`a value; '${word}' is a reserved word and stands for itself only in quotes`);
        this.advance();
        return { type: 'ReservedWord', start, end: this.previousEnd, word };
      }
      case Token.APPLY:
        return this.parseApply();
      case Token.EPP_TEXT:
        return this.parseTemplateText();
      case Token.EPP_RENDER_START: {
        this.advance();
        const expression = this.parseExpression();
        this.expect(Token.EPP_RENDER_END, "the end of the tag '%>'");
        return { type: 'EppRender', start, end: this.previousEnd, expression };
      }
      default:
        break;
    }
    return this.fail('a value');
  }

  private parseName(): Expression {
    const { start } = this;
    const name = this.tokenText(this.index);
    this.advance();
    const node: Expression = { type: 'Name', start, end: this.previousEnd, name };
    return this.kind === Token.PARENTHESIS_OPEN ? this.parseCall(node) : node;
  }

  private parseVariable(): Variable {
    const { start } = this;
    const name = this.text.slice(this.kind === Token.VARIABLE ? start + 1 : start, this.end());
    this.advance();
    return { type: 'Variable', start, end: this.previousEnd, name };
  }

  private parseTemplateText(): EppText {
    const { start } = this;
    const pieces: Range[] = [];
    let value = '';
    do {
      const piece = { start: this.start, end: this.end() };
      pieces.push(piece);
      value += this.tokenText(this.index).replace(/<%%|%%>/g, (tag) => tag.replace('%%', '%'));
      this.advance();
    } while (this.kind === Token.EPP_MORE_TEXT);
    return { type: 'EppText', start, end: this.previousEnd, pieces, value };
  }

  private parseNumber(): NumberLiteral {
    const { start } = this;
    const raw = this.tokenText(this.index);
    this.advance();
    const end = this.previousEnd;
    if (/^0x/i.test(raw)) {
      return { type: 'NumberLiteral', start, end, raw, value: Number.parseInt(raw, 16), radix: 16, float: false };
    }
    const float = /[.e]/i.test(raw);
    if (!float && raw.length > 1 && raw.startsWith('0')) {
      return { type: 'NumberLiteral', start, end, raw, value: Number.parseInt(raw, 8), radix: 8, float };
    }
    return { type: 'NumberLiteral', start, end, raw, value: Number.parseFloat(raw), radix: 10, float };
  }

  // Strings

  /** A string without interpolation, or a word that is no name. */
  protected parsePlainString(): StringLiteral {
    const { kind, start } = this;
    const end = this.end();
    this.advance();
    if (kind === Token.WORD) {
      return { type: 'StringLiteral', start, end, value: this.text.slice(start, end), quote: 'bare' };
    }
    const quote = this.text.charCodeAt(start) === 39 ? 'single' : 'double';
    if (kind === Token.STRING) {
      const [from, to] = contentRange({ start, end }, this.text);
      return { type: 'StringLiteral', start, end, value: this.text.slice(from, to), quote };
    }
    const style = quote === 'single' ? singleQuoted : doubleQuoted;
    return { type: 'StringLiteral', start, end, value: decodeText(this.text, start + 1, end - 1, style), quote };
  }

  private parseInterpolatedString(): InterpolatedString {
    const { start } = this;
    this.enter();
    this.advance();
    const parts = this.parseStringParts(Token.STRING_END, doubleQuoted);
    this.advance();
    this.depth--;
    return { type: 'InterpolatedString', start, end: this.previousEnd, quote: 'double', parts };
  }

  /** The parts up to `close`, which is not read. */
  private parseStringParts(close: number, style: TextStyle): StringPart[] {
    const parts: StringPart[] = [];
    while (this.kind !== close && this.kind !== Token.END) {
      const { start } = this;
      const end = this.end();
      if (this.kind === Token.STRING_TEXT) {
        this.advance();
        const value = decodeText(this.text, start, end, style);
        if (value !== '') parts.push({ type: 'StringText', start, end, value });
      } else if (this.kind === Token.STRING_VARIABLE) {
        this.advance();
        const variable: Variable = { type: 'Variable', start, end, name: this.text.slice(start + 1, end) };
        parts.push({ type: 'Interpolation', start, end, expression: variable });
      } else {
        parts.push(this.recovering ? this.parseBrokenInterpolation() : this.parseInterpolation());
      }
    }
    return parts;
  }

  private parseInterpolation(): Interpolation {
    const { start } = this;
    this.expect(Token.INTERPOLATION_START, "'${'");
    const expression = this.parseAssignment();
    if (expression.type === 'BooleanLiteral') {
      this.reportAt(`Found '\${${expression.value}}'; expected a variable name or an expression.`, start, this.end());
      if (!this.recovering) this.fail('an expression');
    }
    this.expect(Token.INTERPOLATION_END, "the end of the interpolation '}'");
    return { type: 'Interpolation', start, end: this.previousEnd, expression };
  }

  private parseBrokenInterpolation(): Interpolation {
    const { start, index, depth } = this;
    try {
      return this.parseInterpolation();
    } catch (error) {
      this.recoverFrom(error, depth);
    }
    let nesting = 0;
    let at = index;
    for (; at < this.kinds.length - 1; at++) {
      const kind = this.kindAt(at);
      if (kind === Token.INTERPOLATION_START) nesting++;
      else if (kind === Token.INTERPOLATION_END && --nesting === 0) break;
    }
    this.moveTo(at);
    this.advance();
    const expression = this.errorNode(start + 2, this.previousEnd - 1);
    return { type: 'Interpolation', start, end: this.previousEnd, expression };
  }

  private parseHeredoc(): Heredoc {
    const { start } = this;
    const end = this.end();
    const layout = this.heredocs.get(this.index);
    if (layout === undefined) return this.fail('a heredoc');
    this.enter();
    const { tag, syntax, escapes, interpolates, margin, trim, textStart, textEnd } = layout;
    const style = heredocStyle(escapes, margin, textStart);
    this.advance();
    const range = { start: textStart, end: textEnd };
    const parts = this.parseStringParts(Token.HEREDOC_END, style);
    this.advance();
    this.depth--;
    const interpolated = parts.some((part) => part.type === 'Interpolation');
    const text: Heredoc['text'] = interpolated
      ? { type: 'InterpolatedString', ...range, quote: 'heredoc', parts }
      : { type: 'StringLiteral', ...range, value: decodeText(this.text, textStart, textEnd, style), quote: 'heredoc' };
    return { type: 'Heredoc', start, end, tag, syntax, escapes, interpolates, text, margin, trim };
  }

  // Lists

  private parseArray(): ArrayLiteral {
    const { start } = this;
    this.advance();
    const elements = this.parseElements(Token.BRACKET_CLOSE, "',' or ']'");
    return { type: 'ArrayLiteral', start, end: this.previousEnd, elements };
  }

  private parseParenthesized(): Expression {
    const { start } = this;
    this.advance();
    const expression = this.parseAssignment();
    this.expectOrMend(Token.PARENTHESIS_CLOSE, "')'");
    return { type: 'Parenthesized', start, end: this.previousEnd, expression };
  }

  /**
   * Arguments, elements or keys up to and with the closing bracket; `key => value` pairs in a row are one hash.
   * `narrow`: without assignments, relationships and resources.
   */
  protected parseElements(close: number, expected: string, narrow = false): Expression[] {
    const elements: Expression[] = [];
    let open: HashEntry[] | undefined;
    while (this.kind !== close) {
      if (this.recovering && this.isListBoundary(this.index)) {
        this.mend(expected);
        return elements;
      }
      const element = this.recovering ? this.parseBrokenElement(close, narrow) : this.parseElement(close, narrow);
      if (element.type !== 'HashEntry') {
        open = undefined;
        elements.push(element);
      } else if (open === undefined) {
        open = [element];
        elements.push({ type: 'HashLiteral', start: element.start, end: element.end, entries: open, bare: true });
      } else {
        open.push(element);
        (elements[elements.length - 1] as { end: number }).end = element.end;
      }
      if (this.kind === Token.COMMA) this.advance();
      else if (this.kind !== close && !this.resumeList(close, expected)) return elements;
    }
    this.advance();
    return elements;
  }

  private parseElement(close: number, narrow: boolean): Expression | HashEntry {
    const alone = close === Token.BRACKET_CLOSE && !narrow;
    const key = this.parseKeywordString(alone) ?? (narrow ? this.parseExpression() : this.parseAssignment());
    if (this.kind !== Token.ARROW) return key;
    this.advance();
    const value = this.parseKeywordString(true) ?? (narrow ? this.parseExpression() : this.parseAssignment());
    return { type: 'HashEntry', start: key.start, end: value.end, key, value };
  }

  /** In lists and hashes the words `type` and `function` can stand without quotes: before `=>` and, with `alone`, alone. */
  private parseKeywordString(alone: boolean): StringLiteral | undefined {
    if (this.kind !== Token.TYPE_KEYWORD && this.kind !== Token.FUNCTION) return undefined;
    const next = this.kindAt(this.index + 1);
    const ends =
      next === Token.COMMA ||
      next === Token.BRACKET_CLOSE ||
      next === Token.BRACE_CLOSE ||
      next === Token.PARENTHESIS_CLOSE;
    if (next !== Token.ARROW && !(alone && ends)) return undefined;
    const { start } = this;
    const value = this.tokenText(this.index);
    this.advance();
    return { type: 'StringLiteral', start, end: this.previousEnd, value, quote: 'bare' };
  }

  private parseBrokenElement(close: number, narrow: boolean): Expression | HashEntry {
    const { start, index, depth } = this;
    try {
      return this.parseElement(close, narrow);
    } catch (error) {
      this.recoverFrom(error, depth);
    }
    this.skipElement(index, close);
    return this.errorNode(start, this.previousEnd);
  }

  protected parseHash(): HashLiteral {
    const { start } = this;
    this.advance();
    const entries = this.parseEntries();
    return { type: 'HashLiteral', start, end: this.previousEnd, entries, bare: false };
  }

  /** Up to and with `}`. */
  private parseEntries(): HashEntry[] {
    const entries: HashEntry[] = [];
    while (this.kind !== Token.BRACE_CLOSE) {
      if (this.recovering && this.isListBoundary(this.index)) {
        this.mend("',' or '}'");
        return entries;
      }
      entries.push(this.recovering ? this.parseBrokenEntry() : this.parseEntry());
      if (this.kind === Token.COMMA) this.advance();
      else if (this.kind !== Token.BRACE_CLOSE && !this.resumeList(Token.BRACE_CLOSE, "',' or '}'")) return entries;
    }
    this.advance();
    return entries;
  }

  private parseEntry(): HashEntry {
    const key = this.parseKeywordString(false) ?? this.parseAssignment();
    this.expectOrMend(Token.ARROW, "'=>'");
    const value = this.parseKeywordString(true) ?? this.parseAssignment();
    return { type: 'HashEntry', start: key.start, end: value.end, key, value };
  }

  private parseBrokenEntry(): HashEntry {
    const { start, index, depth } = this;
    try {
      return this.parseEntry();
    } catch (error) {
      this.recoverFrom(error, depth);
    }
    this.skipElement(index, Token.BRACE_CLOSE);
    const broken = this.errorNode(start, this.previousEnd);
    return { type: 'HashEntry', start, end: broken.end, key: broken, value: broken };
  }

  /** After an element without a comma or bracket behind it; false if the list is over. */
  private resumeList(close: number, expected: string): boolean {
    this.mend(expected);
    if (this.exhausted || this.isListBoundary(this.index) || bracketChange(this.kind) < 0) return false;
    if (startsValue(this.kind)) return true;
    this.skipToClose(close);
    return false;
  }

  // Calls

  private parseCall(callee: Expression): Call {
    this.enter();
    this.advance();
    const values = this.parseElements(Token.PARENTHESIS_CLOSE, "',' or ')'");
    const lambda = this.kind === Token.PIPE ? this.parseLambda() : null;
    this.depth--;
    const { start } = callee;
    return { type: 'Call', start, end: this.previousEnd, callee, arguments: values, lambda, statement: false };
  }

  private parseMethodCall(target: Expression): MethodCall {
    this.advance();
    if (this.kind !== Token.NAME && this.kind !== Token.TYPE_KEYWORD) this.fail('the name of a function');
    const name = this.tokenText(this.index);
    const callee: Expression = { type: 'Name', start: this.start, end: this.end(), name };
    this.advance();
    let values: Expression[] = [];
    if (this.kind === Token.PARENTHESIS_OPEN) {
      this.advance();
      values = this.parseElements(Token.PARENTHESIS_CLOSE, "',' or ')'");
      this.refuseTrailingComma('another argument; a comma cannot end the arguments of a method');
    }
    const lambda = this.kind === Token.PIPE ? this.parseLambda() : null;
    const { start } = target;
    return { type: 'MethodCall', start, end: this.previousEnd, target, callee, arguments: values, lambda };
  }

  private parseLambda(): Lambda {
    const { start } = this;
    this.enter();
    this.advance();
    const parameters = this.parseParameters(Token.PIPE, "',' or '|'");
    const returns = this.parseReturnType();
    const body = this.parseBlock('the lambda');
    this.depth--;
    return { type: 'Lambda', start, end: this.previousEnd, parameters, returns, body };
  }

  private parseApply(): Expression {
    const { start } = this;
    this.enter();
    this.advance();
    this.expect(Token.PARENTHESIS_OPEN, "'(' and what to apply to");
    const values = this.parseElements(Token.PARENTHESIS_CLOSE, "',' or ')'");
    const body = this.parseBlock("'apply'");
    this.depth--;
    return { type: 'ApplyBlock', start, end: this.previousEnd, arguments: values, body, statement: false };
  }

  // Parameters and types

  /** Up to and with `close`. */
  protected parseParameters(close: number, expected: string): Parameter[] {
    const parameters: Parameter[] = [];
    while (this.kind !== close) {
      if (this.recovering) {
        if (this.kind === Token.BRACE_OPEN || this.kind === Token.END) {
          this.mend(expected);
          return parameters;
        }
        const parameter = this.parseBrokenParameter(close);
        if (parameter !== undefined) parameters.push(parameter);
      } else {
        parameters.push(this.parseParameter());
      }
      if (this.kind === Token.COMMA) this.advance();
      else if (this.kind !== close) this.mend(expected);
    }
    this.advance();
    return parameters;
  }

  private parseParameter(): Parameter {
    const { start } = this;
    const valueType = this.kind === Token.TYPE ? this.parseParameterType() : null;
    const splat = this.kind === Token.STAR;
    if (splat) this.advance();
    if (this.kind !== Token.VARIABLE) this.fail(valueType === null ? "a parameter '$name'" : "the parameter's '$name'");
    const nameStart = this.start;
    const nameEnd = this.end();
    this.advance();
    let value: Expression | null = null;
    if (this.kind === Token.ASSIGN) {
      this.advance();
      value = this.parseExpression();
    }
    const name = this.text.slice(nameStart + 1, nameEnd);
    const end = this.previousEnd;
    return { type: 'Parameter', start, end, name, nameStart, nameEnd, splat, valueType, default: value };
  }

  private parseBrokenParameter(close: number): Parameter | undefined {
    const { index, depth } = this;
    try {
      return this.parseParameter();
    } catch (error) {
      this.recoverFrom(error, depth);
    }
    const failed = this.index;
    this.skipElement(index, close);
    if (this.index === index && this.kind !== Token.COMMA && failed === index) this.advance();
    return undefined;
  }

  /** `Type` or `Type[...]`. */
  protected parseType(): Expression {
    const { start } = this;
    const name = this.tokenText(this.index);
    this.expect(Token.TYPE, 'a type');
    const target: Expression = { type: 'TypeReference', start, end: this.previousEnd, name };
    if (this.kind !== Token.BRACKET_OPEN) return target;
    this.enter();
    const keys = this.parseKeys();
    this.depth--;
    return { type: 'Access', start, end: this.previousEnd, target, keys };
  }

  /** Unlike elsewhere, a comma cannot end the parameters of the type of a parameter or result. */
  private parseParameterType(): Expression {
    const type = this.parseType();
    if (type.type === 'Access') this.refuseTrailingComma('another parameter of the type');
    return type;
  }

  /** Fails if a comma stands before the closing bracket just read; recovery does not mind. */
  private refuseTrailingComma(expected: string): void {
    if (this.kindAt(this.index - 2) !== Token.COMMA || this.recovering) return;
    this.moveTo(this.index - 1);
    this.fail(expected);
  }

  private parseKeys(): Expression[] {
    this.advance();
    if (this.kind === Token.BRACKET_CLOSE) this.mend('a key');
    return this.parseElements(Token.BRACKET_CLOSE, "',' or ']'", true);
  }

  protected parseReturnType(): Expression | null {
    if (this.kind !== Token.SHIFT_RIGHT) return null;
    this.advance();
    return this.parseParameterType();
  }

  // Conditionals

  private parseIf(): If {
    const arms: { start: number; test: Expression; then: Expression[] }[] = [];
    this.enter();
    do {
      const { start } = this;
      const keyword = this.tokenText(this.index);
      this.advance();
      const test = this.parseTest(keyword);
      arms.push({ start, test, then: this.parseBlock(`'${keyword}'`) });
    } while (this.kind === Token.ELSIF);
    let otherwise = this.parseElse();
    const end = this.previousEnd;
    this.longestRow = Math.max(this.longestRow, arms.length);
    while (arms.length > 1) {
      const arm = arms.pop();
      if (arm !== undefined) otherwise = [{ type: 'If', ...arm, end, else: otherwise }];
    }
    this.depth--;
    const [first] = arms;
    if (first === undefined) return this.fail("'if'");
    return { type: 'If', start: first.start, end, test: first.test, then: first.then, else: otherwise };
  }

  private parseUnless(): Expression {
    const { start } = this;
    this.enter();
    this.advance();
    const test = this.parseTest('unless');
    const then = this.parseBlock("'unless'");
    const otherwise = this.parseElse();
    this.depth--;
    return { type: 'Unless', start, end: this.previousEnd, test, then, else: otherwise };
  }

  private parseElse(): Expression[] | null {
    if (this.kind !== Token.ELSE) return null;
    this.advance();
    return this.parseBlock("'else'");
  }

  /** The condition; in recovery it may be missing. */
  private parseTest(keyword: string): Expression {
    if (!this.recovering) return this.parseExpression();
    const { start, index, depth } = this;
    try {
      if (this.kind === Token.BRACE_OPEN) this.fail(`a condition for '${keyword}'`);
      return this.parseExpression();
    } catch (error) {
      this.recoverFrom(error, depth);
    }
    let at = Math.max(index, this.index);
    while (
      this.kindAt(at) !== Token.BRACE_OPEN &&
      this.kindAt(at) !== Token.END &&
      bracketChange(this.kindAt(at)) >= 0 &&
      (at === index || !this.isFirstOnLine(at))
    )
      at++;
    this.jumpTo(at);
    return this.errorNode(start, this.previousEnd);
  }

  private parseCase(): Case {
    const { start } = this;
    this.enter();
    this.advance();
    const test = this.parseTest('case');
    this.expectOrMend(Token.BRACE_OPEN, "'{' and the options of 'case'");
    const options: CaseOption[] = [];
    do {
      const before = this.index;
      options.push(this.recovering ? this.parseBrokenCaseOption() : this.parseCaseOption());
      if (this.index === before) break;
    } while (this.kind !== Token.BRACE_CLOSE && this.kind !== Token.END);
    this.expectOrMend(Token.BRACE_CLOSE, "another option of 'case' or '}'");
    this.depth--;
    return { type: 'Case', start, end: this.previousEnd, test, options };
  }

  private parseCaseOption(): CaseOption {
    const { start } = this;
    const values = [this.parseExpression()];
    while (this.kind === Token.COMMA) {
      this.advance();
      values.push(this.parseExpression());
    }
    this.expectOrMend(Token.COLON, "',' or ':' after a value of 'case'");
    const body = this.parseBlock('the option');
    return { type: 'CaseOption', start, end: this.previousEnd, values, body };
  }

  private parseBrokenCaseOption(): CaseOption {
    const { start, index, depth } = this;
    try {
      if (this.kind !== Token.BRACE_OPEN) return this.parseCaseOption();
      this.report('a value to compare with');
    } catch (error) {
      this.recoverFrom(error, depth);
    }
    let at = Math.max(index, this.index);
    while (this.kindAt(at) !== Token.BRACE_OPEN && this.kindAt(at) !== Token.END && bracketChange(this.kindAt(at)) >= 0)
      at++;
    this.jumpTo(at);
    const body = this.kind === Token.BRACE_OPEN ? this.parseBlock('the option') : [];
    return { type: 'CaseOption', start, end: Math.max(start, this.previousEnd), values: [], body };
  }

  private parseSelector(value: Expression): Expression {
    this.advance();
    const options: SelectorOption[] = [];
    if (this.kind === Token.BRACE_OPEN) {
      this.advance();
      if (this.kind === Token.BRACE_CLOSE) this.mend('an option');
      while (this.kind !== Token.BRACE_CLOSE) {
        if (this.recovering && this.isListBoundary(this.index)) {
          this.mend("',' or '}'");
          return { type: 'Selector', start: value.start, end: this.previousEnd, value, options };
        }
        options.push(this.recovering ? this.parseBrokenSelectorOption() : this.parseSelectorOption());
        if (this.kind === Token.COMMA) this.advance();
        else if (this.kind !== Token.BRACE_CLOSE && !this.resumeList(Token.BRACE_CLOSE, "',' or '}'")) {
          return { type: 'Selector', start: value.start, end: this.previousEnd, value, options };
        }
      }
      this.advance();
    } else {
      options.push(this.parseSelectorOption());
    }
    return { type: 'Selector', start: value.start, end: this.previousEnd, value, options };
  }

  private parseSelectorOption(): SelectorOption {
    const match = this.parseExpression();
    this.expectOrMend(Token.ARROW, "'=>'");
    const result = this.parseExpression();
    return { type: 'SelectorOption', start: match.start, end: result.end, match, result };
  }

  private parseBrokenSelectorOption(): SelectorOption {
    const { start, index, depth } = this;
    try {
      return this.parseSelectorOption();
    } catch (error) {
      this.recoverFrom(error, depth);
    }
    this.skipElement(index, Token.BRACE_CLOSE);
    const broken = this.errorNode(start, this.previousEnd);
    return { type: 'SelectorOption', start, end: broken.end, match: broken, result: broken };
  }

  // Collectors

  private parseCollector(typeReference: Expression): Collector {
    const exported = this.kind === Token.EXPORT_COLLECT_OPEN;
    const close = exported ? Token.EXPORT_COLLECT_CLOSE : Token.COLLECT_CLOSE;
    this.advance();
    const query = this.kind === close ? null : this.parseExpression();
    this.expectOrMend(close, exported ? "'|>>'" : "'|>'");
    const overrides = this.kind === Token.BRACE_OPEN ? this.parseOverrides() : [];
    const { start } = typeReference;
    return { type: 'Collector', start, end: this.previousEnd, typeReference, exported, query, overrides };
  }
}
