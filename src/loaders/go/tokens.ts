/** Kinds of Go tokens: numbers, so that a reader compares and looks up tables. */

export const END: number = 0;
/** Also the end of a line that ends a statement. */
export const SEMICOLON: number = 1;
export const IDENTIFIER: number = 2;
export const INT: number = 3;
export const FLOAT: number = 4;
export const IMAGINARY: number = 5;
export const RUNE: number = 6;
export const STRING: number = 7;
export const RAW_STRING: number = 8;
/** What is no token of Go: a character, a literal that is not closed, the line of a merge conflict. */
export const BAD: number = 9;
export const PAREN_OPEN: number = 10;
export const PAREN_CLOSE: number = 11;
export const BRACKET_OPEN: number = 12;
export const BRACKET_CLOSE: number = 13;
export const BRACE_OPEN: number = 14;
export const BRACE_CLOSE: number = 15;
export const COMMA: number = 16;
export const COLON: number = 17;
export const DOT: number = 18;
export const ELLIPSIS: number = 19;
export const DEFINE: number = 20;
export const INCREMENT: number = 21;
export const DECREMENT: number = 22;
export const NOT: number = 23;
export const TILDE: number = 24;
export const ARROW: number = 25;

export const OR: number = 32;
export const AND: number = 33;
export const EQUAL: number = 34;
export const NOT_EQUAL: number = 35;
export const LESS: number = 36;
export const LESS_EQUAL: number = 37;
export const GREATER: number = 38;
export const GREATER_EQUAL: number = 39;
export const PLUS: number = 40;
export const MINUS: number = 41;
export const BAR: number = 42;
export const CARET: number = 43;
export const STAR: number = 44;
export const SLASH: number = 45;
export const PERCENT: number = 46;
export const SHIFT_LEFT: number = 47;
export const SHIFT_RIGHT: number = 48;
export const AMPERSAND: number = 49;
export const AND_NOT: number = 50;
export const ASSIGN: number = 52;
/** From an operator to the assignment with it: `+` to `+=`. */
export const ASSIGNMENT: number = 20;

export const BREAK: number = 80;
export const CASE: number = 81;
export const CHAN: number = 82;
export const CONST: number = 83;
export const CONTINUE: number = 84;
export const DEFAULT: number = 85;
export const DEFER: number = 86;
export const ELSE: number = 87;
export const FALLTHROUGH: number = 88;
export const FOR: number = 89;
export const FUNC: number = 90;
export const GO: number = 91;
export const GOTO: number = 92;
export const IF: number = 93;
export const IMPORT: number = 94;
export const INTERFACE: number = 95;
export const MAP: number = 96;
export const PACKAGE: number = 97;
export const RANGE: number = 98;
export const RETURN: number = 99;
export const SELECT: number = 100;
export const STRUCT: number = 101;
export const SWITCH: number = 102;
export const TYPE: number = 103;
export const VAR: number = 104;

/** The keywords, in the order of their kinds. */
export const keywords = (
  'break case chan const continue default defer else fallthrough for func go goto if import interface map package ' +
  'range return select struct switch type var'
).split(' ');

const binary = '|| && == != < <= > >= + - | ^ * / % << >> & &^'.split(' ');

/** The text of each operator, by its kind. */
export const operatorText: readonly string[] = operatorTexts();

function operatorTexts(): string[] {
  const texts = Array.from({ length: keywords.length + BREAK }, () => '');
  binary.forEach((text, index) => {
    texts[OR + index] = text;
    if (OR + index >= PLUS) texts[OR + index + ASSIGNMENT] = `${text}=`;
  });
  texts[ASSIGN] = '=';
  texts[NOT] = '!';
  texts[TILDE] = '~';
  texts[ARROW] = '<-';
  return texts;
}

/** How strongly each kind binds as a binary operator; 0 for what is none. */
export const precedences: Readonly<Uint8Array> = bindings();

function bindings(): Uint8Array {
  const table = new Uint8Array(keywords.length + BREAK);
  table[OR] = 1;
  table[AND] = 2;
  table.fill(3, EQUAL, PLUS);
  table.fill(4, PLUS, STAR);
  table.fill(5, STAR, AND_NOT + 1);
  return table;
}
