/**
 * Go text to syntax tree: recursive descent, in time that grows with the text, for any text. Where text is damaged, the tree
 * has `ERROR` nodes, and what stands around the damage is read all the same. The nodes are those of the grammar tree-sitter-go;
 * `test/oracle/go-tree.test.ts` compares and says where they differ. Where syntax alone cannot tell an expression from a type,
 * as in `f[t](x)`, it is read as an expression.
 */
import { GoLexer } from './lexer.ts';
import type { GoNode } from './syntax.ts';
import * as T from './tokens.ts';

/** Statements, expressions, types and literals in each other that are read; what is deeper is one `ERROR`. */
const maximumDepth = 300;
/** Characters of a line that are looked at to see whether a declaration begins there. */
const maximumIndentation = 200;

class Node implements GoNode {
  type: string;
  field: string | undefined = undefined;
  start: number;
  end: number;
  parent: Node | undefined = undefined;
  children: readonly Node[];

  constructor(type: string, start: number, end: number, children: readonly Node[]) {
    this.type = type;
    this.start = start;
    this.end = end;
    this.children = children;
    for (const child of children) child.parent = this;
  }
}

const none: readonly Node[] = [];

/** Reads a text; never throws. */
export function parseGo(text: string): GoNode {
  return new GoParser(text).file();
}

/** Types that cannot be read as expressions. */
const typesOnly = new Set([
  ...['array_type', 'slice_type', 'implicit_length_array_type', 'struct_type', 'map_type', 'channel_type'],
  ...['function_type', 'interface_type', 'pointer_type', 'parenthesized_type', 'negated_type', 'qualified_type'],
  ...['generic_type', 'type_identifier'],
]);

/** Types that a composite literal may have also where a block could follow. */
const literalTypes = new Set([
  ...['array_type', 'slice_type', 'implicit_length_array_type', 'struct_type', 'map_type'],
  'generic_type',
]);

const startsType = tableOf(
  ...[T.IDENTIFIER, T.STAR, T.PAREN_OPEN, T.BRACKET_OPEN, T.STRUCT, T.INTERFACE, T.MAP, T.CHAN, T.FUNC, T.ARROW],
);
const startsExpression = tableOf(
  ...[T.IDENTIFIER, T.INT, T.FLOAT, T.IMAGINARY, T.RUNE, T.STRING, T.RAW_STRING, T.PAREN_OPEN, T.BRACKET_OPEN],
  ...[T.STRUCT, T.INTERFACE, T.MAP, T.CHAN, T.FUNC, T.ARROW, T.PLUS, T.MINUS, T.NOT, T.CARET, T.STAR, T.AMPERSAND],
  T.TILDE,
);
const startsField = tableOf(T.IDENTIFIER, T.STAR, T.PAREN_OPEN);
/** Keywords that begin a statement and stand in no expression. */
const startsStatement = tableOf(
  ...[T.BREAK, T.CONST, T.CONTINUE, T.DEFER, T.FALLTHROUGH, T.FOR, T.GO, T.GOTO, T.IF, T.RETURN, T.SELECT, T.SWITCH],
  ...[T.TYPE, T.VAR, T.CASE, T.DEFAULT, T.IMPORT, T.PACKAGE],
);

function tableOf(...kinds: readonly number[]): Uint8Array {
  const table = new Uint8Array(T.operatorText.length);
  for (const kind of kinds) table[kind] = 1;
  return table;
}

class GoParser extends GoLexer {
  /** Nodes that have no parent yet; the first `size` are in use. */
  private readonly open: Node[] = [];
  private size = 0;
  private depth = 0;
  /** In the head of a statement, where `{` begins its block. */
  private head = false;
  /** Round and square brackets that are open around what is read. */
  private brackets = 0;
  /** Bodies of `switch` and `select` around what is read in this function. */
  private cases = 0;
  /** How far the declaration at package level is indented that is read. */
  private indentation = 0;
  /** Whether the last simple statement was an expression alone. */
  private single = false;

  file(): Node {
    const first = this.text.search(/\S/);
    this.ends = false;
    this.next();
    while (this.kind !== T.END) this.topLevel();
    return new Node('source_file', Math.max(0, first), this.text.length, this.take(0));
  }

  // Building of nodes.

  private add(node: Node, field?: string): void {
    node.field = field;
    this.open[this.size++] = node;
  }

  /** The nodes added since `mark`, as children. */
  private take(mark: number): readonly Node[] {
    const { open, size } = this;
    this.size = mark;
    switch (size - mark) {
      case 0:
        return none;
      case 1:
        return [open[mark] as Node];
      case 2:
        return [open[mark] as Node, open[mark + 1] as Node];
      default:
        return open.slice(mark, size);
    }
  }

  /** A node of what was added since `mark`, up to the last token that was read. */
  private close(type: string, start: number, mark: number): Node {
    return new Node(type, start, this.last, this.take(mark));
  }

  /** The token at hand, which is read. */
  private leaf(type: string): Node {
    const node = new Node(type, this.start, this.end, none);
    this.next();
    return node;
  }

  /** Says that something is missing behind the last token. */
  private missing(): Node {
    return new Node('ERROR', this.last, this.last, none);
  }

  /** Reads a token that must be here; what is here instead stays. */
  private expect(kind: number): void {
    if (this.kind === kind) this.next();
    else this.add(this.missing());
  }

  // Damage.

  /** Whether a declaration begins that can only stand at package level: what is around it was not closed. */
  private atDeclaration(): boolean {
    if (this.kind !== T.FUNC && this.kind !== T.IMPORT && this.kind !== T.PACKAGE) return false;
    const { text, start } = this;
    const indentation = this.indentationAt(start);
    if (indentation < 0 || indentation > this.indentation) return false;
    if (this.kind !== T.FUNC) return true;
    functionHead.lastIndex = start;
    return functionHead.test(text);
  }

  /** Blanks before a token that is the first of its line; -1 for another. */
  private indentationAt(start: number): number {
    const { text } = this;
    for (let at = start - 1; at >= start - maximumIndentation; at--) {
      if (at < 0) return start;
      const code = text.charCodeAt(at);
      if (code === 10) return start - at - 1;
      if (code !== 32 && code !== 9) return -1;
    }
    return -1;
  }

  /** Whether nothing can follow here but the end of something around. */
  private atEnd(): boolean {
    switch (this.kind) {
      case T.END:
      case T.BRACE_CLOSE:
        return true;
      case T.PAREN_CLOSE:
      case T.BRACKET_CLOSE:
        return this.brackets > 0;
      case T.CASE:
      case T.DEFAULT:
        return this.cases > 0;
      default:
        return this.atDeclaration();
    }
  }

  /**
   * Reads what fits nowhere, at least a token, up to where a statement may begin or end. What can be read of it, such as
   * calls and blocks, is below the `ERROR`.
   */
  private damage(): Node {
    if (this.depth >= maximumDepth) {
      const skipped = this.tooDeep();
      return skipped.end > skipped.start ? skipped : this.leaf('ERROR');
    }
    this.depth++;
    const { start } = this;
    const mark = this.size;
    const inCase = this.kind === T.CASE || this.kind === T.DEFAULT;
    let first = true;
    while (this.kind !== T.END) {
      if (!first && (this.kind === T.SEMICOLON || startsStatement[this.kind] === 1 || this.atEnd())) break;
      if (!first && this.kind === T.COLON && inCase) {
        this.next();
        break;
      }
      if (this.kind === T.BRACE_OPEN) this.add(this.block());
      else if (startsExpression[this.kind] === 1 && !(first && this.kind === T.FUNC)) this.add(this.expression());
      else this.next();
      first = false;
    }
    return this.leave(this.close('ERROR', start, mark));
  }

  /** Skips what is nested too deep, to the end of the list or statement that it is in. */
  private tooDeep(): Node {
    const { start } = this;
    let level = 0;
    let first = true;
    while (this.kind !== T.END) {
      const { kind } = this;
      if (!first && kind === T.FUNC && this.atDeclaration()) break;
      first = false;
      if (kind === T.PAREN_OPEN || kind === T.BRACKET_OPEN || kind === T.BRACE_OPEN) level++;
      else if (kind === T.PAREN_CLOSE || kind === T.BRACKET_CLOSE || kind === T.BRACE_CLOSE) {
        if (level === 0) break;
        level--;
      } else if (level === 0 && (kind === T.SEMICOLON || kind === T.COMMA || kind === T.COLON)) break;
      this.next();
    }
    return this.close('ERROR', start, this.size);
  }

  /**
   * After an item of a list in brackets where neither a comma nor the end follows: adds an `ERROR`. Returns whether the list
   * goes on; `lines`: also on the next line, which is no statement.
   */
  private listGoesOn(close: number, lines = false): boolean {
    this.add(this.missing());
    if (this.kind === T.SEMICOLON) {
      const next = this.peek();
      // A comma is missing at the end of a line.
      const goesOn = next === close || (lines && (startsExpression[next] === 1 || next === T.BRACE_OPEN));
      if (!goesOn) return false;
      this.next();
      return !this.atEnd();
    }
    if (startsExpression[this.kind] === 1 || this.kind === T.BRACE_OPEN) return !this.atDeclaration();
    return this.skipsInList();
  }

  /** Skips a token that no item of a list begins with, as an `ERROR`; `false` where one ends the list. */
  private skipsInList(): boolean {
    const { kind } = this;
    if (kind === T.SEMICOLON || kind === T.DEFINE || startsStatement[kind] === 1 || this.atEnd()) return false;
    this.add(this.leaf('ERROR'));
    return true;
  }

  // Declarations.

  private topLevel(): void {
    const { kind, start } = this;
    this.indentation = Math.max(0, this.indentationAt(start));
    this.head = false;
    this.brackets = this.cases = this.depth = 0;
    const mark = this.size;
    switch (kind) {
      case T.PACKAGE:
        this.next();
        this.add(this.kind === T.IDENTIFIER ? this.leaf('package_identifier') : this.missing());
        this.add(this.close('package_clause', start, mark));
        break;
      case T.IMPORT:
        this.next();
        if (this.kind === T.PAREN_OPEN) this.group('import_spec_list');
        else this.importSpec();
        this.add(this.close('import_declaration', start, mark));
        break;
      case T.FUNC:
        this.add(this.functionDeclaration());
        break;
      case T.BRACE_CLOSE:
      case T.PAREN_CLOSE:
      case T.BRACKET_CLOSE:
        this.add(this.leaf('ERROR'));
        if (this.kind === T.SEMICOLON) this.next();
        return;
      case T.CASE:
      case T.DEFAULT:
        this.add(this.damage());
        return;
      default:
        this.statement();
    }
    this.endStatement();
  }

  /** What must stand between statements. */
  private endStatement(): void {
    if (this.kind !== T.SEMICOLON && !this.atEnd() && this.kind !== T.BAD) this.add(this.damage());
    if (this.kind === T.SEMICOLON) this.next();
  }

  /** A function, a method, or a statement that begins with a function literal. */
  private functionDeclaration(): Node {
    const { start } = this;
    const mark = this.size;
    this.next();
    if (this.kind === T.IDENTIFIER) {
      this.add(this.leaf('identifier'), 'name');
      if (this.kind === T.BRACKET_OPEN) this.add(this.typeParameters(), 'type_parameters');
      return this.functionRest('function_declaration', start, mark);
    }
    if (this.kind !== T.PAREN_OPEN) {
      this.add(this.missing());
      return this.functionRest('function_declaration', start, mark);
    }
    const list = this.parameters();
    if (this.kind === T.IDENTIFIER && this.peek() === T.PAREN_OPEN) {
      this.add(list, 'receiver');
      this.add(this.leaf('field_identifier'), 'name');
      return this.functionRest('method_declaration', start, mark);
    }
    this.add(list, 'parameters');
    const literal = this.functionBody(start, mark);
    return this.wrapped(this.simpleStatement(this.binary(1, this.operandRest(literal))));
  }

  private functionRest(type: string, start: number, mark: number): Node {
    if (this.kind === T.PAREN_OPEN) this.signature();
    else this.add(this.missing());
    if (this.findsBrace()) this.add(this.functionBlock(), 'body');
    return this.close(type, start, mark);
  }

  /**
   * Whether the brace that should be here follows in the line, or is the first of the next; it is then at hand, and what stands
   * before it is damage.
   */
  private findsBrace(): boolean {
    if (this.kind === T.BRACE_OPEN) return true;
    const { start } = this;
    while (this.kind !== T.SEMICOLON && this.kind !== T.BRACE_OPEN && this.kind !== T.COLON && !this.atEnd())
      this.next();
    if (this.start > start) this.add(new Node('ERROR', start, this.last, none));
    if (this.kind === T.BRACE_OPEN) return true;
    if (this.kind !== T.SEMICOLON || this.peek() !== T.BRACE_OPEN) return false;
    this.add(this.missing());
    this.next();
    return true;
  }

  /** Adds parameters and result. */
  private signature(): void {
    this.add(this.kind === T.PAREN_OPEN ? this.parameters() : this.missing(), 'parameters');
    if (this.kind === T.PAREN_OPEN) this.add(this.parameters(), 'result');
    else if (startsType[this.kind] === 1 && !this.atDeclaration()) this.add(this.type(), 'result');
  }

  private functionBlock(): Node {
    const { cases } = this;
    this.cases = 0;
    const block = this.block();
    this.cases = cases;
    return block;
  }

  /** A declaration in brackets: `(` to `)`. With a type the group is a node of its own. */
  private group(type: string): void {
    const { start } = this;
    const mark = this.size;
    this.next();
    this.brackets++;
    while (this.kind !== T.PAREN_CLOSE && !this.atEnd()) {
      const before = this.start;
      if (this.kind === T.BAD) {
        this.add(this.leaf('ERROR'));
        continue;
      }
      if (startsStatement[this.kind] === 1) break;
      if (this.kind !== T.SEMICOLON) this.spec(type);
      if (this.kind === T.SEMICOLON) this.next();
      else if (
        this.kind !== T.PAREN_CLOSE &&
        !this.atEnd() &&
        (this.start === before || startsStatement[this.kind] !== 1)
      )
        this.add(this.damage());
    }
    this.brackets--;
    this.expect(T.PAREN_CLOSE);
    if (type === 'import_spec_list' || type === 'var_spec_list') this.add(this.close(type, start, mark));
  }

  private spec(list: string): void {
    switch (list) {
      case 'import_spec_list':
        this.importSpec();
        break;
      case 'var_spec_list':
        this.valueSpec('var_spec');
        break;
      case 'const_spec_list':
        this.valueSpec('const_spec');
        break;
      default:
        this.typeSpec();
    }
  }

  private importSpec(): void {
    const { start } = this;
    const mark = this.size;
    if (!startsImport(this.kind)) this.add(this.leaf('ERROR'));
    if (this.kind === T.DOT) this.add(this.leaf('dot'), 'name');
    else if (this.kind === T.IDENTIFIER) {
      const blank = this.end === start + 1 && this.text.charCodeAt(start) === 95;
      this.add(this.leaf(blank ? 'blank_identifier' : 'package_identifier'), 'name');
    }
    if (this.kind === T.STRING || this.kind === T.RAW_STRING) this.add(this.string(), 'path');
    else this.add(this.missing());
    this.add(this.close('import_spec', Math.min(start, this.last), mark));
  }

  private declaration(type: string, list: string): Node {
    const { start } = this;
    const mark = this.size;
    this.next();
    if (this.kind === T.PAREN_OPEN) this.group(list);
    else this.spec(list);
    return this.close(type, start, mark);
  }

  /** Names, type and values of a variable or constant. */
  private valueSpec(type: string): void {
    const { start } = this;
    const mark = this.size;
    for (;;) {
      this.add(this.kind === T.IDENTIFIER ? this.leaf('identifier') : this.missing(), 'name');
      if (this.kind !== T.COMMA) break;
      this.next();
    }
    if (startsType[this.kind] === 1 && !this.atDeclaration()) this.add(this.type(), 'type');
    else if (type === 'var_spec' && this.kind !== T.ASSIGN) this.add(this.missing());
    if (this.kind === T.ASSIGN) {
      this.next();
      this.add(this.expressionList(), 'value');
    }
    this.add(this.close(type, Math.min(start, this.last), mark));
  }

  private typeSpec(): void {
    const { start } = this;
    const mark = this.size;
    this.add(this.kind === T.IDENTIFIER ? this.leaf('type_identifier') : this.missing(), 'name');
    if (this.kind === T.BRACKET_OPEN) {
      const type = this.arrayOrTypeParameters();
      if (type !== undefined) {
        this.add(type, 'type');
        this.add(this.close('type_spec', start, mark));
        return;
      }
    }
    const alias = this.kind === T.ASSIGN;
    if (alias) this.next();
    this.add(this.type(), 'type');
    this.add(this.close(alias ? 'type_alias' : 'type_spec', Math.min(start, this.last), mark));
  }

  /** What follows the name of a type: an array or slice type; or adds the type parameters. */
  private arrayOrTypeParameters(): Node | undefined {
    const { start, head } = this;
    const mark = this.size;
    if (this.peek() !== T.IDENTIFIER) return this.type();
    this.next();
    this.brackets++;
    this.head = false;
    const expressionType = this.nameType();
    const name = this.leaf('identifier');
    let constraint: Node | undefined;
    let length = name;
    switch (this.kind) {
      case T.COMMA:
      case T.IDENTIFIER:
      case T.TILDE:
      case T.FUNC:
      case T.MAP:
      case T.CHAN:
      case T.STRUCT:
      case T.INTERFACE:
      case T.ARROW:
        this.typeParameter(name);
        this.typeParametersRest(start, mark);
        this.head = head;
        return undefined;
      case T.BRACKET_OPEN:
        length = this.arrayOrIndex(name);
        if (typesOnly.has(length.type)) constraint = length;
        else length = this.binary(1, this.operandRest(length));
        break;
      default:
        name.type = expressionType;
        length = this.binary(1, this.operandRest(name));
        // `[P *C,]` with a comma is no product, nor is `[P *[]C]`.
        constraint = constraintIn(length, name, this.text, this.kind === T.COMMA);
    }
    this.head = head;
    if (constraint === undefined) return this.arrayRest(start, length);
    name.type = 'identifier';
    this.add(name, 'name');
    this.add(constraint.type === 'type_constraint' ? constraint : this.union('type_constraint', constraint), 'type');
    this.add(this.close('type_parameter_declaration', name.start, mark));
    this.typeParametersRest(start, mark);
    return undefined;
  }

  /** An array type after its length. */
  private arrayRest(start: number, length: Node): Node {
    const mark = this.size;
    this.add(length, 'length');
    this.brackets--;
    this.expect(T.BRACKET_CLOSE);
    this.add(this.type(), 'element');
    return this.close('array_type', start, mark);
  }

  private typeParameters(): Node {
    const { start } = this;
    const mark = this.size;
    this.next();
    this.brackets++;
    this.typeParameterItems();
    return this.close('type_parameter_list', start, mark);
  }

  /** After the first type parameter: adds the list. */
  private typeParametersRest(start: number, mark: number): void {
    if (this.kind === T.COMMA) this.next();
    this.typeParameterItems();
    this.add(this.close('type_parameter_list', start, mark), 'type_parameters');
  }

  private typeParameterItems(): void {
    while (this.kind !== T.BRACKET_CLOSE && !this.atEnd()) {
      if (this.kind === T.IDENTIFIER) this.typeParameter(this.leaf('identifier'));
      else if (!this.skipsInList()) break;
      if (this.kind === T.COMMA) this.next();
      else if (this.kind !== T.BRACKET_CLOSE && !this.listGoesOn(T.BRACKET_CLOSE)) break;
    }
    this.brackets--;
    this.expect(T.BRACKET_CLOSE);
  }

  /** Names with one constraint, from the first name. */
  private typeParameter(first: Node): void {
    const mark = this.size;
    this.add(first, 'name');
    while (this.kind === T.COMMA) {
      this.next();
      if (this.kind !== T.IDENTIFIER) break;
      this.add(this.leaf('identifier'), 'name');
    }
    this.add(this.union('type_constraint', this.type()), 'type');
    this.add(this.close('type_parameter_declaration', first.start, mark));
  }

  /** Types with `|` between them, from the first. */
  private union(type: string, first: Node): Node {
    const mark = this.size;
    this.add(first);
    while (this.kind === T.BAR) {
      this.next();
      this.add(this.type());
    }
    return this.close(type, first.start, mark);
  }

  /** Parameters, receiver or results: `(` to `)`. */
  private parameters(): Node {
    const { start, head } = this;
    const mark = this.size;
    this.next();
    this.brackets++;
    this.head = false;
    // Where the types begin that are names if a type follows.
    let alone = mark;
    while (this.kind !== T.PAREN_CLOSE && this.kind !== T.BRACE_OPEN && !this.atEnd()) {
      const { kind } = this;
      let type: Node | undefined;
      let name: Node | undefined;
      if (kind === T.IDENTIFIER) {
        name = this.leaf('identifier');
        type = this.afterName(name);
        if (type === undefined && this.kind !== T.ELLIPSIS) {
          name.type = 'type_identifier';
          this.add(name);
        } else if (type !== undefined && type.start === name.start) {
          alone = this.flushParameters(alone);
          this.parameter(undefined, type);
          alone = this.size;
        } else if (type === undefined) {
          alone = this.flushParameters(alone);
          this.variadic(name);
          alone = this.size;
        } else {
          for (let index = alone; index < this.size; index++) {
            const one = this.open[index];
            if (one?.type !== 'type_identifier') continue;
            one.type = 'identifier';
            one.field = 'name';
          }
          this.add(name, 'name');
          this.add(type, 'type');
          const from = this.open[alone]?.start ?? name.start;
          this.add(this.close('parameter_declaration', from, alone));
          alone = this.size;
        }
      } else {
        if (kind === T.ELLIPSIS) {
          alone = this.flushParameters(alone);
          this.variadic(undefined);
        } else if (startsType[kind] === 1 || kind === T.TILDE) {
          alone = this.flushParameters(alone);
          this.parameter(undefined, this.type());
        } else {
          alone = this.flushParameters(alone);
          if (!this.skipsInList()) break;
        }
        alone = this.size;
      }
      if (this.kind === T.COMMA) this.next();
      else if (this.kind !== T.PAREN_CLOSE) {
        alone = this.flushParameters(alone);
        if (!this.listGoesOn(T.PAREN_CLOSE, true)) break;
        alone = this.size;
      }
    }
    this.flushParameters(alone);
    this.brackets--;
    this.head = head;
    this.expect(T.PAREN_CLOSE);
    return this.close('parameter_list', start, mark);
  }

  /** The type behind a name; the name as part of a type, which then starts where it does; or `undefined` without either. */
  private afterName(name: Node): Node | undefined {
    switch (this.kind) {
      case T.DOT:
        return this.typeNameRest(name);
      case T.BRACKET_OPEN: {
        const type = this.arrayOrIndex(name);
        return typesOnly.has(type.type) ? type : toType(type, this.text);
      }
      default:
        return startsType[this.kind] === 1 && !this.atDeclaration() ? this.type() : undefined;
    }
  }

  /** Makes declarations of the types since `from` that turned out to be no names. Returns the new end. */
  private flushParameters(from: number): number {
    for (let index = from; index < this.size; index++) {
      const type = this.open[index];
      if (type?.type !== 'type_identifier') continue;
      type.field = 'type';
      this.open[index] = new Node('parameter_declaration', type.start, type.end, [type]);
    }
    return this.size;
  }

  private parameter(name: Node | undefined, type: Node): void {
    const mark = this.size;
    if (name !== undefined) this.add(name, 'name');
    this.add(type, 'type');
    this.add(this.close('parameter_declaration', name?.start ?? type.start, mark));
  }

  private variadic(name: Node | undefined): void {
    const start = name?.start ?? this.start;
    const mark = this.size;
    if (name !== undefined) this.add(name, 'name');
    this.next();
    this.add(this.type(), 'type');
    this.add(this.close('variadic_parameter_declaration', start, mark));
  }

  // Types.

  private type(): Node {
    if (this.depth >= maximumDepth) return this.tooDeep();
    this.depth++;
    const type = this.typeInside();
    this.depth--;
    return type;
  }

  private typeInside(): Node {
    const { start } = this;
    const mark = this.size;
    switch (this.kind) {
      case T.IDENTIFIER: {
        const name = this.leaf('identifier');
        return this.kind === T.DOT || this.kind === T.BRACKET_OPEN ? this.typeNameRest(name) : retyped(name);
      }
      case T.STAR:
        this.next();
        this.add(this.type());
        return this.close('pointer_type', start, mark);
      case T.PAREN_OPEN:
        this.next();
        this.brackets++;
        this.add(this.type());
        this.brackets--;
        this.expect(T.PAREN_CLOSE);
        return this.close('parenthesized_type', start, mark);
      case T.BRACKET_OPEN:
        return this.arrayType();
      case T.STRUCT:
        return this.structType();
      case T.INTERFACE:
        return this.interfaceType();
      case T.MAP:
        this.next();
        if (this.kind !== T.BRACKET_OPEN) this.add(this.missing());
        else {
          this.next();
          this.brackets++;
          this.add(this.type(), 'key');
          this.brackets--;
          this.expect(T.BRACKET_CLOSE);
        }
        this.add(this.type(), 'value');
        return this.close('map_type', start, mark);
      case T.CHAN:
        this.next();
        if (this.kind === T.ARROW) this.next();
        this.add(this.type(), 'value');
        return this.close('channel_type', start, mark);
      case T.ARROW:
        this.next();
        if (this.kind === T.CHAN) this.next();
        else this.add(this.missing());
        this.add(this.type(), 'value');
        return this.close('channel_type', start, mark);
      case T.FUNC:
        if (this.atDeclaration()) break;
        this.next();
        this.signature();
        return this.close('function_type', start, mark);
      case T.TILDE:
        this.next();
        this.add(this.type());
        return this.close('negated_type', start, mark);
      case T.BAD:
      case T.ELLIPSIS:
        return this.leaf('ERROR');
    }
    return this.missing();
  }

  /** A type from its name, of which it may be the package. */
  private typeNameRest(first: Node): Node {
    const mark = this.size;
    let name: Node;
    if (this.kind === T.DOT) {
      first.type = 'package_identifier';
      this.add(first, 'package');
      this.next();
      this.add(this.kind === T.IDENTIFIER ? this.leaf('type_identifier') : this.missing(), 'name');
      name = this.close('qualified_type', first.start, mark);
    } else name = retyped(first);
    if (this.kind !== T.BRACKET_OPEN) return name;
    this.add(name, 'type');
    this.add(this.typeArguments(), 'type_arguments');
    return this.close('generic_type', name.start, mark);
  }

  private typeArguments(): Node {
    const { start } = this;
    const mark = this.size;
    this.next();
    this.brackets++;
    if (this.kind === T.BRACKET_CLOSE) this.add(this.missing());
    while (this.kind !== T.BRACKET_CLOSE && !this.atEnd()) {
      if (startsType[this.kind] === 1 || this.kind === T.TILDE) this.add(this.union('type_elem', this.type()));
      else if (!this.skipsInList()) break;
      if (this.kind === T.COMMA) this.next();
      else if (this.kind !== T.BRACKET_CLOSE && !this.listGoesOn(T.BRACKET_CLOSE)) break;
    }
    this.brackets--;
    this.expect(T.BRACKET_CLOSE);
    return this.close('type_arguments', start, mark);
  }

  private arrayType(): Node {
    const { start, head } = this;
    const mark = this.size;
    this.next();
    let type = 'array_type';
    if (this.kind === T.BRACKET_CLOSE) {
      type = 'slice_type';
      this.next();
    } else {
      this.brackets++;
      if (this.kind === T.ELLIPSIS) {
        type = 'implicit_length_array_type';
        this.next();
      } else {
        this.head = false;
        this.add(this.expression(), 'length');
        this.head = head;
      }
      this.brackets--;
      this.expect(T.BRACKET_CLOSE);
    }
    this.add(this.type(), 'element');
    return this.close(type, start, mark);
  }

  /**
   * What stands in square brackets behind a name, where the name may be that of a field or parameter: its array or slice type
   * (which starts at the bracket), else the name with an index or type arguments.
   */
  private arrayOrIndex(name: Node): Node {
    const { start, head } = this;
    if (this.peek() === T.BRACKET_CLOSE) return this.type();
    const mark = this.size;
    this.next();
    this.brackets++;
    this.head = false;
    const first = this.kind === T.ELLIPSIS ? this.leaf('ERROR') : this.expression();
    this.head = head;
    if (this.kind === T.COMMA || isType(first)) {
      this.typeElements(first);
      const list = this.close('type_arguments', start, mark);
      this.add(retyped(name), 'type');
      this.add(list, 'type_arguments');
      return this.close('generic_type', name.start, mark);
    }
    if (this.kind === T.BRACKET_CLOSE && startsType[this.peek()] === 1) return this.arrayRest(start, first);
    this.add(name, 'operand');
    this.add(first, 'index');
    this.brackets--;
    this.expect(T.BRACKET_CLOSE);
    return this.close('index_expression', name.start, mark);
  }

  /** Adds type arguments from the first, up to the bracket. */
  private typeElements(first: Node): void {
    this.add(this.typeElement(first));
    while (this.kind === T.COMMA) {
      this.next();
      if (this.kind === T.BRACKET_CLOSE) break;
      this.add(this.typeElement(this.expression()));
    }
    this.brackets--;
    this.expect(T.BRACKET_CLOSE);
  }

  private typeElement(expression: Node): Node {
    return typeElementOf(expression, this.text);
  }

  private structType(): Node {
    const { start } = this;
    const mark = this.size;
    this.next();
    if (this.kind === T.BRACE_OPEN) this.add(this.members('field_declaration_list'));
    else this.add(this.missing());
    return this.close('struct_type', start, mark);
  }

  private interfaceType(): Node {
    const { start } = this;
    const mark = this.size;
    this.next();
    if (this.kind !== T.BRACE_OPEN) {
      this.add(this.missing());
      return this.close('interface_type', start, mark);
    }
    const body = this.members('interface_type');
    body.start = start;
    return body;
  }

  /** Fields of a struct, or methods and types of an interface: `{` to `}`. */
  private members(type: string): Node {
    const { start, brackets, head } = this;
    const mark = this.size;
    const fields = type === 'field_declaration_list';
    this.brackets = 0;
    this.head = false;
    this.next();
    while (this.kind !== T.BRACE_CLOSE && !this.atEnd()) {
      if (this.kind === T.SEMICOLON) {
        this.next();
        continue;
      }
      if (startsStatement[this.kind] === 1) break;
      if (this.kind === T.BAD) this.add(this.leaf('ERROR'));
      else if (fields && startsField[this.kind] === 1) this.field();
      else if (!fields && (startsType[this.kind] === 1 || this.kind === T.TILDE)) this.element();
      else this.add(this.damage());
      if (this.kind !== T.SEMICOLON && this.kind !== T.BRACE_CLOSE && this.kind !== T.BAD && !this.atEnd()) {
        if (startsStatement[this.kind] === 1) break;
        this.add(this.damage());
      }
    }
    this.brackets = brackets;
    this.head = head;
    this.expect(T.BRACE_CLOSE);
    return this.close(type, start, mark);
  }

  private field(): void {
    const { start } = this;
    const mark = this.size;
    if (this.kind === T.STAR) {
      this.next();
      this.add(this.type(), 'type');
    } else if (this.kind === T.PAREN_OPEN) this.add(this.type(), 'type');
    else {
      const name = this.leaf('identifier');
      const type = this.kind === T.COMMA ? undefined : this.afterName(name);
      if (type !== undefined && type.start === name.start) this.add(type, 'type');
      else if (type !== undefined) {
        name.type = 'field_identifier';
        this.add(name, 'name');
        this.add(type, 'type');
      } else if (this.kind !== T.COMMA) this.add(retyped(name), 'type');
      else {
        name.type = 'field_identifier';
        this.add(name, 'name');
        while (this.kind === T.COMMA) {
          this.next();
          this.add(this.kind === T.IDENTIFIER ? this.leaf('field_identifier') : this.missing(), 'name');
        }
        this.add(this.type(), 'type');
      }
    }
    if (this.kind === T.STRING || this.kind === T.RAW_STRING) this.add(this.string(), 'tag');
    this.add(this.close('field_declaration', start, mark));
  }

  private element(): void {
    const { start } = this;
    const mark = this.size;
    if (this.kind !== T.IDENTIFIER || this.peek() !== T.PAREN_OPEN) {
      this.add(this.union('type_elem', this.type()));
      return;
    }
    this.add(this.leaf('field_identifier'), 'name');
    this.signature();
    this.add(this.close('method_elem', start, mark));
  }

  // Statements.

  /** `{` to `}`. */
  private block(): Node {
    const { start, head, brackets } = this;
    const mark = this.size;
    this.head = false;
    this.next();
    this.statements();
    this.head = head;
    this.brackets = brackets;
    this.expect(T.BRACE_CLOSE);
    return this.close('block', start, mark);
  }

  /** The block of a statement, or what says that it is missing. */
  private body(): Node {
    return this.findsBrace() ? this.block() : this.missing();
  }

  /** Adds the statements up to the end of a block or case as a list; nothing without any. */
  private statements(): void {
    const mark = this.size;
    const { start } = this;
    while (!this.atEnd()) {
      this.statement();
      this.endStatement();
    }
    if (this.size > mark) this.add(this.close('statement_list', start, mark));
  }

  /** Adds a statement; reads at least a token. */
  private statement(): void {
    if (this.depth >= maximumDepth) {
      this.add(this.tooDeep());
      return;
    }
    this.depth++;
    this.add(this.statementInside());
    this.depth--;
  }

  private statementInside(): Node {
    const { start } = this;
    const mark = this.size;
    switch (this.kind) {
      case T.VAR:
        return this.declaration('var_declaration', 'var_spec_list');
      case T.CONST:
        return this.declaration('const_declaration', 'const_spec_list');
      case T.TYPE:
        return this.declaration('type_declaration', 'type_spec_list');
      case T.BRACE_OPEN:
        return this.block();
      case T.IF:
        return this.ifStatement();
      case T.FOR:
        return this.forStatement();
      case T.SWITCH:
        return this.switchStatement();
      case T.SELECT:
        this.next();
        this.caseBlock('communication_case');
        return this.close('select_statement', start, mark);
      case T.RETURN:
        this.next();
        if (startsExpression[this.kind] === 1) this.add(this.expressionList());
        return this.close('return_statement', start, mark);
      case T.GO:
      case T.DEFER: {
        const type = this.kind === T.GO ? 'go_statement' : 'defer_statement';
        this.next();
        this.add(this.expression());
        return this.close(type, start, mark);
      }
      case T.BREAK:
      case T.CONTINUE: {
        const type = this.kind === T.BREAK ? 'break_statement' : 'continue_statement';
        this.next();
        if (this.kind === T.IDENTIFIER) this.add(this.leaf('label_name'));
        return this.close(type, start, mark);
      }
      case T.GOTO:
        this.next();
        this.add(this.kind === T.IDENTIFIER ? this.leaf('label_name') : this.missing());
        return this.close('goto_statement', start, mark);
      case T.FALLTHROUGH:
        return this.leaf('fallthrough_statement');
      case T.SEMICOLON:
        // The end of the line behind it ends it.
        this.ends = true;
        return this.leaf('empty_statement');
      case T.BAD:
        return this.leaf('ERROR');
    }
    if (startsExpression[this.kind] !== 1) return this.damage();
    const statement = this.simpleStatement(this.expression());
    if (this.single && this.kind === T.COLON && statement.type === 'identifier') return this.labeled(statement);
    return this.wrapped(statement);
  }

  /** A statement with a label from the label. */
  private labeled(label: Node): Node {
    const mark = this.size;
    label.type = 'label_name';
    this.add(label, 'label');
    this.next();
    if (!this.atEnd()) this.statement();
    return this.close('labeled_statement', label.start, mark);
  }

  /** An expression that was read as a statement. */
  private wrapped(statement: Node): Node {
    return this.single ? new Node('expression_statement', statement.start, statement.end, [statement]) : statement;
  }

  /** A simple statement from its first expression; an expression alone is given as such. */
  private simpleStatement(first: Node): Node {
    const mark = this.size;
    this.single = false;
    const { start } = first;
    switch (this.kind) {
      case T.INCREMENT:
      case T.DECREMENT: {
        const type = this.kind === T.INCREMENT ? 'inc_statement' : 'dec_statement';
        this.add(first);
        this.next();
        return this.close(type, start, mark);
      }
      case T.ARROW:
        this.add(first, 'channel');
        this.next();
        this.add(this.expression(), 'value');
        this.single = false;
        return this.close('send_statement', start, mark);
      case T.COMMA:
      case T.DEFINE:
        break;
      default:
        if (this.kind >= T.ASSIGN && this.kind < T.BREAK) break;
        this.single = true;
        return first;
    }
    const left = this.listFrom(first);
    if (this.kind === T.DEFINE) {
      this.next();
      if (this.kind === T.RANGE) return this.rangeClause(left);
      this.add(left, 'left');
      this.add(this.expressionList(), 'right');
      this.single = false;
      return this.close('short_var_declaration', start, mark);
    }
    if (this.kind < T.ASSIGN || this.kind >= T.BREAK) {
      left.type = 'ERROR';
      return left;
    }
    const operator = this.leaf(T.operatorText[this.kind] ?? '');
    if (this.kind === T.RANGE) return this.rangeClause(left);
    this.add(left, 'left');
    this.add(operator, 'operator');
    this.add(this.expressionList(), 'right');
    this.single = false;
    return this.close('assignment_statement', start, mark);
  }

  private rangeClause(left: Node | undefined): Node {
    const start = left?.start ?? this.start;
    const mark = this.size;
    if (left !== undefined) this.add(left, 'left');
    this.next();
    this.add(this.expression(), 'right');
    this.single = false;
    return this.close('range_clause', start, mark);
  }

  private expressionList(): Node {
    return this.listFrom(this.expression());
  }

  /** Expressions with commas between them, from the first. */
  private listFrom(first: Node): Node {
    const mark = this.size;
    this.add(first);
    while (this.kind === T.COMMA) {
      this.next();
      this.add(this.expression());
    }
    return new Node('expression_list', first.start, Math.max(first.end, this.last), this.take(mark));
  }

  private ifStatement(): Node {
    // A chain of `else if` may be long, and is not recursive here.
    const above: Node[] = [];
    let node: Node;
    for (;;) {
      const { start } = this;
      const mark = this.size;
      this.next();
      this.head = true;
      this.ifHead();
      this.head = false;
      this.add(this.body(), 'consequence');
      let more = false;
      if (this.kind === T.ELSE) {
        this.next();
        more = this.kind === T.IF;
        if (!more) this.add(this.body(), 'alternative');
      }
      node = this.close('if_statement', start, mark);
      if (!more) break;
      above.push(node);
    }
    for (let outer = above.pop(); outer !== undefined; outer = above.pop()) {
      node.field = 'alternative';
      node.parent = outer;
      outer.children = [...outer.children, node];
      outer.end = node.end;
      node = outer;
    }
    return node;
  }

  private ifHead(): void {
    if (this.kind === T.BRACE_OPEN) {
      this.add(this.missing());
      return;
    }
    if (this.kind === T.SEMICOLON) this.next();
    else {
      const first = this.simpleStatement(this.expression());
      if (this.kind !== T.SEMICOLON || this.peek() === T.BRACE_OPEN) {
        this.add(first, this.single ? 'condition' : 'initializer');
        if (!this.single) this.add(this.missing());
        return;
      }
      this.add(this.wrapped(first), 'initializer');
      this.next();
    }
    this.add(this.expression(), 'condition');
  }

  private forStatement(): Node {
    const { start } = this;
    const mark = this.size;
    this.next();
    this.head = true;
    if (this.kind === T.RANGE) this.add(this.rangeClause(undefined));
    else if (this.kind !== T.BRACE_OPEN) this.forHead();
    this.head = false;
    this.add(this.body(), 'body');
    return this.close('for_statement', start, mark);
  }

  private forHead(): void {
    const { start } = this;
    const mark = this.size;
    if (this.kind !== T.SEMICOLON) {
      const first = this.simpleStatement(this.expression());
      if (this.kind !== T.SEMICOLON || this.peek() === T.BRACE_OPEN) {
        this.add(first);
        if (!this.single && first.type !== 'range_clause') this.add(this.missing());
        return;
      }
      this.add(this.wrapped(first), 'initializer');
    }
    this.next();
    if (this.kind !== T.SEMICOLON && this.kind !== T.BRACE_OPEN) this.add(this.expression(), 'condition');
    this.expect(T.SEMICOLON);
    if (startsExpression[this.kind] === 1) {
      this.add(this.wrapped(this.simpleStatement(this.expression())), 'update');
    }
    this.add(this.close('for_clause', start, mark));
  }

  private switchStatement(): Node {
    const { start } = this;
    const mark = this.size;
    this.next();
    this.head = true;
    let types = false;
    if (this.kind !== T.BRACE_OPEN) {
      let value: Node | undefined;
      if (this.kind !== T.SEMICOLON) value = this.simpleStatement(this.expression());
      if (this.kind === T.SEMICOLON) {
        if (value !== undefined) this.add(this.wrapped(value), 'initializer');
        this.next();
        value = startsExpression[this.kind] === 1 ? this.simpleStatement(this.expression()) : undefined;
      }
      types = value !== undefined && this.typeSwitchHead(value);
      if (!types && value !== undefined) {
        this.add(value, this.single ? 'value' : 'initializer');
        if (!this.single) this.add(this.missing());
      }
    }
    this.head = false;
    this.caseBlock(types ? 'type_case' : 'expression_case');
    return this.close(types ? 'type_switch_statement' : 'expression_switch_statement', start, mark);
  }

  /** Adds `x := y.(type)`, if it is that. */
  private typeSwitchHead(value: Node): boolean {
    let guard: Node | undefined = value;
    let alias: Node | undefined;
    if (value.type === 'short_var_declaration') {
      alias = value.children[0];
      guard = value.children[1]?.children[0];
    }
    const operand = guard?.children[0];
    if (guard?.type !== 'type_assertion_expression' || operand === undefined) return false;
    const type = guard.children[1];
    if (type?.type !== 'ERROR' || this.text.slice(type.start, type.end) !== 'type') return false;
    if (alias !== undefined) this.add(alias, 'alias');
    this.add(operand, 'value');
    return true;
  }

  /** Adds the cases of a switch or select: `{` to `}`. */
  private caseBlock(type: string): void {
    if (!this.findsBrace()) {
      this.add(this.missing());
      return;
    }
    const { brackets } = this;
    this.brackets = 0;
    this.next();
    this.cases++;
    while (this.kind !== T.BRACE_CLOSE) {
      if (this.kind === T.CASE || this.kind === T.DEFAULT) this.add(this.oneCase(type));
      else if (this.atEnd()) break;
      else {
        this.add(this.missing());
        this.statement();
        this.endStatement();
      }
    }
    this.cases--;
    this.brackets = brackets;
    this.expect(T.BRACE_CLOSE);
  }

  private oneCase(type: string): Node {
    const { start } = this;
    const mark = this.size;
    const isDefault = this.kind === T.DEFAULT;
    this.next();
    if (!isDefault) {
      if (type === 'expression_case') this.add(this.expressionList(), 'value');
      else if (type === 'communication_case') this.add(this.communication(), 'communication');
      else {
        this.add(this.type(), 'type');
        while (this.kind === T.COMMA) {
          this.next();
          this.add(this.type(), 'type');
        }
      }
    }
    this.expect(T.COLON);
    this.statements();
    return this.close(isDefault ? 'default_case' : type, start, mark);
  }

  /** A send or receive. */
  private communication(): Node {
    const first = this.expression();
    const mark = this.size;
    const { start } = first;
    if (this.kind === T.ARROW) {
      this.add(first, 'channel');
      this.next();
      this.add(this.expression(), 'value');
      return this.close('send_statement', start, mark);
    }
    if (this.kind !== T.COMMA && this.kind !== T.DEFINE && this.kind !== T.ASSIGN) {
      this.add(first, 'right');
      return new Node('receive_statement', start, first.end, this.take(mark));
    }
    this.add(this.listFrom(first), 'left');
    if (this.kind === T.DEFINE || this.kind === T.ASSIGN) {
      this.next();
      this.add(this.expression(), 'right');
    } else this.add(this.missing());
    return this.close('receive_statement', start, mark);
  }

  // Expressions.

  private expression(): Node {
    return this.binary(1, this.unary());
  }

  /** Operators and operands that follow, those that bind at least as strongly as `least`. */
  private binary(least: number, first: Node): Node {
    let left = first;
    for (;;) {
      const binding = T.precedences[this.kind] ?? 0;
      if (binding < least || binding === 0) return left;
      const operator = this.leaf(T.operatorText[this.kind] ?? '');
      let right = this.unary();
      while ((T.precedences[this.kind] ?? 0) > binding) right = this.binary(binding + 1, right);
      left.field = 'left';
      operator.field = 'operator';
      right.field = 'right';
      left = new Node('binary_expression', left.start, Math.max(right.end, this.last), [left, operator, right]);
    }
  }

  private unary(): Node {
    switch (this.kind) {
      case T.PLUS:
      case T.MINUS:
      case T.NOT:
      case T.CARET:
      case T.STAR:
      case T.AMPERSAND:
      case T.TILDE:
      case T.ARROW:
        break;
      default:
        if (this.depth >= maximumDepth) return this.tooDeep();
        this.depth++;
        return this.leave(this.operandRest(this.operand()));
    }
    if (this.depth >= maximumDepth) return this.tooDeep();
    this.depth++;
    const { start, kind } = this;
    if (kind === T.ARROW && this.peek() === T.CHAN) return this.leave(this.operandRest(this.type()));
    const operator = this.leaf(T.operatorText[kind] ?? '');
    const operand = this.unary();
    if ((kind === T.STAR && isType(operand)) || (kind === T.TILDE && isTypeLike(operand))) {
      toType(operand, this.text);
      return this.leave(new Node(kind === T.STAR ? 'pointer_type' : 'negated_type', start, operand.end, [operand]));
    }
    operator.field = 'operator';
    operand.field = 'operand';
    return this.leave(new Node('unary_expression', start, Math.max(operand.end, this.last), [operator, operand]));
  }

  private leave(node: Node): Node {
    this.depth--;
    return node;
  }

  private operand(): Node {
    switch (this.kind) {
      case T.IDENTIFIER:
        return this.leaf(this.nameType());
      case T.STRING:
      case T.RAW_STRING:
        return this.string();
      case T.INT:
        return this.leaf('int_literal');
      case T.FLOAT:
        return this.leaf('float_literal');
      case T.IMAGINARY:
        return this.leaf('imaginary_literal');
      case T.RUNE:
        return this.leaf('rune_literal');
      case T.PAREN_OPEN:
        return this.parenthesized();
      case T.FUNC: {
        if (this.atDeclaration()) return this.missing();
        const { start } = this;
        const mark = this.size;
        this.next();
        this.add(this.kind === T.PAREN_OPEN ? this.parameters() : this.missing(), 'parameters');
        return this.functionBody(start, mark);
      }
      case T.BRACKET_OPEN:
      case T.STRUCT:
      case T.INTERFACE:
      case T.MAP:
      case T.CHAN:
        return this.type();
      case T.BAD:
      case T.ELLIPSIS:
        return this.leaf('ERROR');
      default:
        return this.missing();
    }
  }

  /** Of a name that is an expression. */
  private nameType(): string {
    const { text, start } = this;
    switch (this.end - start) {
      case 3:
        return text.startsWith('nil', start) ? 'nil' : 'identifier';
      case 4:
        return text.startsWith('true', start) ? 'true' : text.startsWith('iota', start) ? 'iota' : 'identifier';
      case 5:
        return text.startsWith('false', start) ? 'false' : 'identifier';
      default:
        return 'identifier';
    }
  }

  /** A function literal, or a function type, after its parameters. */
  private functionBody(start: number, mark: number): Node {
    if (this.kind === T.PAREN_OPEN) this.add(this.parameters(), 'result');
    else if (startsType[this.kind] === 1 && !this.atDeclaration()) this.add(this.type(), 'result');
    if (this.kind !== T.BRACE_OPEN) return this.close('function_type', start, mark);
    this.add(this.functionBlock(), 'body');
    return this.close('func_literal', start, mark);
  }

  private parenthesized(): Node {
    const { start, head } = this;
    const mark = this.size;
    this.next();
    this.head = false;
    this.brackets++;
    const inside = this.expression();
    this.brackets--;
    this.head = head;
    this.add(inside);
    if (this.kind !== T.PAREN_CLOSE && this.kind !== T.SEMICOLON && !this.atEnd()) this.skipsInList();
    this.expect(T.PAREN_CLOSE);
    const type = typesOnly.has(inside.type) ? 'parenthesized_type' : 'parenthesized_expression';
    return this.close(type, start, mark);
  }

  /** Selectors, calls, indices and literals behind an operand. */
  private operandRest(first: Node): Node {
    let node = first;
    for (;;) {
      switch (this.kind) {
        case T.DOT:
          node = this.selector(node);
          break;
        case T.PAREN_OPEN:
          node = this.call(node);
          break;
        case T.BRACKET_OPEN:
          node = this.index(node);
          break;
        case T.BRACE_OPEN: {
          const type = this.literalType(node);
          if (type === undefined) return node;
          type.field = 'type';
          const body = this.literalValue();
          body.field = 'body';
          node = new Node('composite_literal', type.start, body.end, [type, body]);
          break;
        }
        default:
          return node;
      }
    }
  }

  /** The type of a literal whose `{` is at hand; `undefined` where a block begins. */
  private literalType(node: Node): Node | undefined {
    if (literalTypes.has(node.type)) return node;
    if (this.head) return undefined;
    if (node.type !== 'identifier' && node.type !== 'selector_expression' && node.type !== 'index_expression') {
      return undefined;
    }
    return isTypeLike(node) ? toType(node, this.text) : undefined;
  }

  private selector(operand: Node): Node {
    const mark = this.size;
    const { start } = operand;
    this.add(operand, 'operand');
    this.next();
    if (this.kind !== T.PAREN_OPEN) {
      this.add(this.kind === T.IDENTIFIER ? this.leaf('field_identifier') : this.missing(), 'field');
      return this.close('selector_expression', start, mark);
    }
    this.next();
    this.brackets++;
    // `x.(type)` is taken apart by its switch; anywhere else it is wrong.
    if (this.kind === T.TYPE) this.add(this.leaf('ERROR'), 'type');
    else this.add(this.type(), 'type');
    this.brackets--;
    this.expect(T.PAREN_CLOSE);
    return this.close('type_assertion_expression', start, mark);
  }

  private call(callee: Node): Node {
    const { text } = this;
    const size = callee.end - callee.start;
    const special =
      callee.type === 'identifier' &&
      ((size === 3 && text.startsWith('new', callee.start)) || (size === 4 && text.startsWith('make', callee.start)));
    const list = this.argumentList();
    const [only] = list.children;
    if (list.children.length === 1 && only !== undefined && only.type !== 'variadic_argument') {
      if (typesOnly.has(callee.type)) {
        callee.field = 'type';
        only.field = 'operand';
        return new Node('type_conversion_expression', callee.start, list.end, [callee, only]);
      }
    }
    if (special && only !== undefined && isTypeLike(only)) toType(only, text);
    list.field = 'arguments';
    const [operand, index] = callee.children;
    if (callee.type === 'index_expression' && operand !== undefined && index !== undefined && isOfPackage(index)) {
      // `f[a.T](x)`: far more often a generic function than one of many.
      const element = typeElementOf(index, text);
      const types = new Node('type_arguments', bracketAfter(text, operand.end), callee.end, [element]);
      operand.field = 'function';
      types.field = 'type_arguments';
      return new Node('call_expression', callee.start, list.end, [operand, types, list]);
    }
    callee.field = 'function';
    return new Node('call_expression', callee.start, list.end, [callee, list]);
  }

  private argumentList(): Node {
    const { start, head } = this;
    const mark = this.size;
    this.next();
    this.head = false;
    this.brackets++;
    while (this.kind !== T.PAREN_CLOSE && !this.atEnd()) {
      if (startsExpression[this.kind] === 1 || this.kind === T.BAD || this.kind === T.ELLIPSIS) {
        const argument = this.expression();
        if (this.kind === T.ELLIPSIS) {
          this.next();
          this.add(new Node('variadic_argument', argument.start, this.last, [argument]));
        } else this.add(argument);
      } else if (!this.skipsInList()) break;
      if (this.kind === T.COMMA) this.next();
      else if (this.kind !== T.PAREN_CLOSE && !this.listGoesOn(T.PAREN_CLOSE)) break;
    }
    this.brackets--;
    this.head = head;
    this.expect(T.PAREN_CLOSE);
    return this.close('argument_list', start, mark);
  }

  /** An index, a slice, or type arguments. */
  private index(operand: Node): Node {
    const { start, head } = this;
    const mark = this.size;
    this.next();
    this.head = false;
    this.brackets++;
    const first = this.kind === T.COLON ? undefined : this.expression();
    const slice = this.kind === T.COLON;
    if (first !== undefined && !slice && (this.kind === T.COMMA || isType(first))) {
      this.head = head;
      return this.instance(operand, start, first);
    }
    this.add(operand, 'operand');
    if (slice) {
      if (first !== undefined) this.add(first, 'start');
      this.next();
      if (startsExpression[this.kind] === 1) this.add(this.expression(), 'end');
      if (this.kind === T.COLON) {
        this.next();
        this.add(this.expression(), 'capacity');
      }
    } else if (first !== undefined) this.add(first, 'index');
    this.brackets--;
    this.head = head;
    this.expect(T.BRACKET_CLOSE);
    return this.close(slice ? 'slice_expression' : 'index_expression', operand.start, mark);
  }

  /** A generic function or type with its arguments, from the first of them. */
  private instance(operand: Node, start: number, first: Node): Node {
    const mark = this.size;
    this.typeElements(first);
    const list = this.close('type_arguments', start, mark);
    const named = isTypeLike(operand);
    if (this.kind === T.PAREN_OPEN) {
      this.add(operand, 'function');
      this.add(list, 'type_arguments');
      this.add(this.argumentList(), 'arguments');
      return this.close('call_expression', operand.start, mark);
    }
    if (named && this.kind === T.BRACE_OPEN && !this.head) {
      this.add(toType(operand, this.text), 'type');
      this.add(list, 'type_arguments');
      return this.close('generic_type', operand.start, mark);
    }
    this.add(named ? toType(operand, this.text) : operand, 'type');
    for (const element of list.children) {
      const [only] = element.children;
      this.add(element.children.length === 1 && only !== undefined ? only : element);
    }
    return this.close('type_instantiation_expression', operand.start, mark);
  }

  /** `{` to `}` of a literal. */
  private literalValue(): Node {
    if (this.depth >= maximumDepth) return this.tooDeep();
    const { start, head } = this;
    const mark = this.size;
    this.depth++;
    this.head = false;
    this.next();
    while (this.kind !== T.BRACE_CLOSE && !this.atEnd()) {
      if (this.kind === T.BAD) {
        this.add(this.leaf('ERROR'));
        if (this.kind === T.COMMA) this.next();
        continue;
      }
      if (startsExpression[this.kind] === 1 || this.kind === T.BRACE_OPEN || this.kind === T.ELLIPSIS) this.keyed();
      else if (!this.skipsInList()) break;
      if (this.kind === T.COMMA) this.next();
      else if (this.kind !== T.BRACE_CLOSE && this.kind !== T.BAD && !this.listGoesOn(T.BRACE_CLOSE, true)) break;
    }
    this.depth--;
    this.head = head;
    this.expect(T.BRACE_CLOSE);
    return this.close('literal_value', start, mark);
  }

  private keyed(): void {
    const first = this.literalElement();
    if (this.kind !== T.COLON) {
      this.add(first);
      return;
    }
    const mark = this.size;
    this.add(first, 'key');
    this.next();
    this.add(this.literalElement(), 'value');
    this.add(this.close('keyed_element', first.start, mark));
  }

  private literalElement(): Node {
    const inside = this.kind === T.BRACE_OPEN ? this.literalValue() : this.expression();
    return new Node('literal_element', inside.start, inside.end, [inside]);
  }

  /** A string with its content and escapes. */
  private string(): Node {
    const { text, start, end, kind } = this;
    const mark = this.size;
    const last = end - 1;
    if (kind === T.RAW_STRING) {
      this.add(new Node('raw_string_literal_content', start + 1, last, none));
    } else {
      let from = start + 1;
      for (let at = from; at < last;) {
        if (text.charCodeAt(at) !== 92) {
          at++;
          continue;
        }
        if (at > from) this.add(new Node('interpreted_string_literal_content', from, at, none));
        from = Math.min(escapeEnd(text, at), last);
        this.add(new Node('escape_sequence', at, from, none));
        at = from;
      }
      if (last > from) this.add(new Node('interpreted_string_literal_content', from, last, none));
    }
    this.next();
    return this.close(kind === T.RAW_STRING ? 'raw_string_literal' : 'interpreted_string_literal', start, mark);
  }
}

function startsImport(kind: number): boolean {
  return kind === T.STRING || kind === T.RAW_STRING || kind === T.IDENTIFIER || kind === T.DOT || kind === T.SEMICOLON;
}

/** A function or method with its name. */
const functionHead = /func[ \t]*(?:\([^()\n]{0,200}\)[ \t]*)?[\p{L}_][\p{L}\p{N}_]{0,200}[ \t]*[([]/uy;

const hexDigits = /[0-9a-fA-F]{1,8}/y;

/** Where an escape sequence ends that begins at a backslash. */
function escapeEnd(text: string, at: number): number {
  const code = text.charCodeAt(at + 1);
  if (code === 120 || code === 117 || code === 85) {
    hexDigits.lastIndex = at + 2;
    const digits = hexDigits.exec(text)?.[0].length ?? 0;
    return at + 2 + Math.min(digits, code === 120 ? 2 : code === 117 ? 4 : 8);
  }
  if (code >= 48 && code <= 57) {
    let end = at + 2;
    while (end < at + 4 && text.charCodeAt(end) >= 48 && text.charCodeAt(end) <= 57) end++;
    return end;
  }
  return at + ((text.codePointAt(at + 1) ?? 0) > 0xffff ? 3 : 2);
}

function retyped(name: Node): Node {
  name.type = 'type_identifier';
  return name;
}

/** Whether an expression may also be a type. */
function isTypeLike(node: Node): boolean {
  const { children } = node;
  switch (node.type) {
    case 'identifier':
    case 'nil':
    case 'true':
    case 'false':
    case 'iota':
      return true;
    case 'selector_expression':
      return children[0]?.type === 'identifier' && children[1]?.type === 'field_identifier';
    case 'index_expression': {
      const [operand, index] = children;
      if (operand === undefined || index === undefined) return false;
      return (operand.type === 'identifier' || operand.type === 'selector_expression') && isTypeLike(operand)
        ? isUnionLike(index)
        : false;
    }
    case 'unary_expression':
      return children[0]?.type === '*' && children[1] !== undefined && children.length === 2 && isTypeLike(children[1]);
    case 'parenthesized_expression':
      return children.length === 1 && children[0] !== undefined && isTypeLike(children[0]);
    default:
      return isType(node);
  }
}

/** Whether an expression can only be a type. */
function isType(node: Node): boolean {
  return typesOnly.has(node.type) || node.type === 'type_instantiation_expression';
}

/** Whether an expression may also be types with `|` between them; behind `name`, if that is given. */
function isUnionLike(node: Node, name?: Node): boolean {
  let left = node;
  while (left.type === 'binary_expression' && left.children[1]?.type === '|') {
    const [first, , right] = left.children;
    if (first === undefined || right === undefined || !isTypeLike(right)) return false;
    left = first;
  }
  if (name === undefined) return isTypeLike(left);
  const [first, second, third] = left.children;
  if (first !== name || second === undefined) return false;
  if (left.type === 'binary_expression') return second.type === '*' && third !== undefined && isTypeLike(third);
  const [only, ...others] = second.children;
  return left.type === 'call_expression' && only !== undefined && others.length === 0 && isTypeLike(only);
}

/** Whether an expression may also be a type of another package, or a pointer to it. */
function isOfPackage(node: Node): boolean {
  let inside: Node | undefined = node;
  while (inside?.type === 'parenthesized_expression' || inside?.type === 'unary_expression') {
    inside = inside.children.at(-1);
  }
  return inside?.type === 'selector_expression' && isTypeLike(node);
}

/** Where the square bracket is that follows a name. */
function bracketAfter(text: string, end: number): number {
  const lexer = new GoLexer(text, end);
  lexer.next();
  return lexer.start;
}

/** Makes an expression the type that it may also be. */
function toType(node: Node, text: string): Node {
  const [first, second] = node.children;
  switch (node.type) {
    case 'identifier':
    case 'nil':
    case 'true':
    case 'false':
    case 'iota':
      node.type = 'type_identifier';
      break;
    case 'selector_expression':
      node.type = 'qualified_type';
      if (first !== undefined) {
        first.type = 'package_identifier';
        first.field = 'package';
      }
      if (second !== undefined) {
        if (second.type !== 'ERROR') second.type = 'type_identifier';
        second.field = 'name';
      }
      break;
    case 'index_expression': {
      if (first === undefined || second === undefined) break;
      node.type = 'generic_type';
      toType(first, text).field = 'type';
      const elements = [typeElementOf(second, text), ...node.children.slice(2)];
      const list = new Node('type_arguments', bracketAfter(text, first.end), node.end, elements);
      list.field = 'type_arguments';
      list.parent = node;
      node.children = [first, list];
      break;
    }
    case 'type_instantiation_expression': {
      if (first === undefined) break;
      node.type = 'generic_type';
      const elements = node.children
        .slice(1)
        .map((type) => (type.type === 'type_elem' ? type : new Node('type_elem', type.start, type.end, [type])));
      const list = new Node('type_arguments', bracketAfter(text, first.end), node.end, elements);
      list.field = 'type_arguments';
      list.parent = node;
      node.children = [first, list];
      break;
    }
    case 'unary_expression':
      if (second === undefined) break;
      node.type = 'pointer_type';
      toType(second, text).field = undefined;
      node.children = [second];
      break;
    case 'parenthesized_expression':
      node.type = 'parenthesized_type';
      if (first !== undefined) toType(first, text);
      break;
  }
  return node;
}

/** Makes an expression a type argument: a type, or several with `|` between them; behind `name`, if that is given. */
function typeElementOf(node: Node, text: string, name?: Node): Node {
  const types: Node[] = [];
  let left = node;
  if (isUnionLike(node, name)) {
    while (left.type === 'binary_expression' && left.children[1]?.type === '|') {
      const [first, , right] = left.children;
      if (first === undefined || right === undefined) break;
      types.push(right);
      left = first;
    }
    const [, second, third] = left.children;
    if (name !== undefined && second !== undefined) {
      left =
        third === undefined
          ? new Node('parenthesized_expression', second.start, second.end, second.children)
          : new Node('unary_expression', second.start, third.end, [second, third]);
    }
  }
  types.push(left);
  types.reverse();
  for (const type of types) (isTypeLike(type) ? toType(type, text) : type).field = undefined;
  return new Node('type_elem', left.start, node.end, types);
}

/**
 * The constraint in what was read as the product `P * C | D` or the call `P(C)` of a type parameter's name. Not for sure where
 * it may also be that; `sure` where it may not.
 */
function constraintIn(length: Node, name: Node, text: string, sure: boolean): Node | undefined {
  if (!isUnionLike(length, name)) return undefined;
  let typed = sure;
  for (let left: Node | undefined = length; left !== undefined && left !== name; left = left.children[0]) {
    const last: Node | undefined = left.children.at(-1);
    typed ||= last !== undefined && isType(last.type === 'argument_list' ? (last.children[0] ?? last) : last);
  }
  if (!typed) return undefined;
  const constraint = typeElementOf(length, text, name);
  constraint.type = 'type_constraint';
  return constraint;
}
