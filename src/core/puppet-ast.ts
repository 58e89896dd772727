/**
 * The syntax tree of a Puppet manifest or EPP template: plain, JSON-able objects.
 *
 * Every node has `start` and `end`: a half-open range of offsets into the text of the Template it was parsed from. They become
 * Spans with `spanOf(source, node.start, node.end)`. What may be absent is `null`, so every node of a type has the same shape.
 */

/** A node's place in the text it was parsed from. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** A name that is not an expression of its own: of a class, a parameter, an attribute. */
export interface Identifier extends Range {
  readonly type: 'Identifier';
  readonly name: string;
}

/** A whole manifest; for an EPP template the statements are those between the tags, with EppText and EppRender among them. */
export interface Program extends Range {
  readonly type: 'Program';
  readonly body: readonly Expression[];
  /** The parameters of an EPP template (`<%- | $a | -%>`); null for a manifest and for a template without any. */
  readonly parameters: readonly Parameter[] | null;
  readonly epp: boolean;
}

// Literals

export interface Undef extends Range {
  readonly type: 'Undef';
}

export interface Default extends Range {
  readonly type: 'Default';
}

export interface BooleanLiteral extends Range {
  readonly type: 'BooleanLiteral';
  readonly value: boolean;
}

export interface NumberLiteral extends Range {
  readonly type: 'NumberLiteral';
  /** As written: `0x1F`, `0755`, `1.5e3`. */
  readonly raw: string;
  /** Exact up to 2^53; beyond that read `raw`. */
  readonly value: number;
  readonly radix: 8 | 10 | 16;
  readonly float: boolean;
}

/** A quoted string, heredoc text or bare word without interpolation. */
export interface StringLiteral extends Range {
  readonly type: 'StringLiteral';
  /** Escapes decoded; in a heredoc, margin taken off. */
  readonly value: string;
  /**
   * Which escapes and limits hold in the source. `heredoc` text belongs to a Heredoc node; `bare` is a word that is no Name:
   * with a hyphen or a leading underscore (`en-us`), or a host name (`node a.example.com`).
   */
  readonly quote: 'single' | 'double' | 'heredoc' | 'bare';
}

/** A double-quoted string or heredoc text with at least one interpolation. */
export interface InterpolatedString extends Range {
  readonly type: 'InterpolatedString';
  readonly quote: 'double' | 'heredoc';
  readonly parts: readonly StringPart[];
}

export type StringPart = StringText | Interpolation;

/** Literal text between interpolations; never empty. */
export interface StringText extends Range {
  readonly type: 'StringText';
  /** Escapes decoded; in a heredoc, margin taken off. */
  readonly value: string;
}

/** `$name` or `${expression}` in a string; the range covers the `$` and the braces. */
export interface Interpolation extends Range {
  readonly type: 'Interpolation';
  readonly expression: Expression;
}

/** `@("TAG":syntax/escapes)`. The range is that of the tag in its line; the text stands below, at `text`. */
export interface Heredoc extends Range {
  readonly type: 'Heredoc';
  readonly tag: string;
  /** `json` in `@(EOT:json)`; empty if not given. */
  readonly syntax: string;
  /** The letters of the escapes in force, in the order written: `tnL`; a bare `/` means all of them. `L` is an escaped line end. */
  readonly escapes: string;
  /** The tag stands in double quotes. */
  readonly interpolates: boolean;
  /** The text after margin, escapes and trimming; its range covers the source lines up to the end tag's line. */
  readonly text: StringLiteral | InterpolatedString;
  /** Columns taken off the front of each line that has that much white space: the place of `|` in the end tag's line; 0 without. */
  readonly margin: number;
  /** `-` in the end tag's line: the last line end is no part of the text. */
  readonly trim: boolean;
}

export interface RegexLiteral extends Range {
  readonly type: 'RegexLiteral';
  /** Between the slashes, with `\/` as `/`. */
  readonly pattern: string;
}

// Names

/** A bare word: `present`, `stdlib::ensure`, the name of a function or resource type. */
export interface Name extends Range {
  readonly type: 'Name';
  /** As written, also with a leading `::`. */
  readonly name: string;
}

/** A capitalised name, a type: `File`, `Stdlib::Absolutepath`, `::Foo`. With parameters it is the target of an Access. */
export interface TypeReference extends Range {
  readonly type: 'TypeReference';
  /** As written, also with a leading `::`. */
  readonly name: string;
}

export interface ReservedWord extends Range {
  readonly type: 'ReservedWord';
  readonly word: string;
}

/** `$name`, `$::a::b`, `$1`; in a string also `${name}`, whose range is that of the name alone. */
export interface Variable extends Range {
  readonly type: 'Variable';
  /** Without the `$`. */
  readonly name: string;
}

// Compound values

export interface ArrayLiteral extends Range {
  readonly type: 'ArrayLiteral';
  readonly elements: readonly Expression[];
}

export interface HashLiteral extends Range {
  readonly type: 'HashLiteral';
  readonly entries: readonly HashEntry[];
  /** Written without braces, as an argument or element: `f(a => 1)`. */
  readonly bare: boolean;
}

export interface HashEntry extends Range {
  readonly type: 'HashEntry';
  readonly key: Expression;
  readonly value: Expression;
}

// Operators

export interface Parenthesized extends Range {
  readonly type: 'Parenthesized';
  readonly expression: Expression;
}

/** `!a`, `-a` and the splat `*a`. */
export interface Unary extends Range {
  readonly type: 'Unary';
  readonly operator: '!' | '-' | '*';
  readonly operand: Expression;
}

export type BinaryOperator =
  '+' | '-' | '*' | '/' | '%' | '<<' | '>>' | '==' | '!=' | '<' | '<=' | '>' | '>=' | '=~' | '!~' | 'in' | 'and' | 'or';

export interface Binary extends Range {
  readonly type: 'Binary';
  readonly operator: BinaryOperator;
  readonly left: Expression;
  readonly right: Expression;
}

export interface Assignment extends Range {
  readonly type: 'Assignment';
  readonly operator: '=' | '+=' | '-=';
  readonly target: Expression;
  readonly value: Expression;
}

/** Ordering and notification between resources. */
export interface Relationship extends Range {
  readonly type: 'Relationship';
  readonly operator: '->' | '~>' | '<-' | '<~';
  readonly left: Expression;
  readonly right: Expression;
}

/** `value ? { match => result, ... }` */
export interface Selector extends Range {
  readonly type: 'Selector';
  readonly value: Expression;
  readonly options: readonly SelectorOption[];
}

export interface SelectorOption extends Range {
  readonly type: 'SelectorOption';
  readonly match: Expression;
  readonly result: Expression;
}

/** `target[keys]`: an element, a parameterised type, or a reference to resources (`File['/a', '/b']`). */
export interface Access extends Range {
  readonly type: 'Access';
  readonly target: Expression;
  readonly keys: readonly Expression[];
}

// Calls

/** `name(arguments) |parameters| { body }`, or a statement call without parentheses: `include a, b`. */
export interface Call extends Range {
  readonly type: 'Call';
  /** A Name, or a TypeReference (`Foo('x')` makes a value of that type). */
  readonly callee: Expression;
  readonly arguments: readonly Expression[];
  readonly lambda: Lambda | null;
  /** Stands as a statement: its value is not used. */
  readonly statement: boolean;
}

/** `target.name(arguments) |parameters| { body }` */
export interface MethodCall extends Range {
  readonly type: 'MethodCall';
  readonly target: Expression;
  /** A Name or TypeReference as a rule. */
  readonly callee: Expression;
  readonly arguments: readonly Expression[];
  readonly lambda: Lambda | null;
}

export interface Lambda extends Range {
  readonly type: 'Lambda';
  readonly parameters: readonly Parameter[];
  readonly returns: Expression | null;
  readonly body: readonly Expression[];
}

/** `apply(targets) { statements }` in a plan. */
export interface ApplyBlock extends Range {
  readonly type: 'ApplyBlock';
  readonly arguments: readonly Expression[];
  readonly body: readonly Expression[];
  readonly statement: boolean;
}

// Conditionals

export interface If extends Range {
  readonly type: 'If';
  readonly test: Expression;
  readonly then: readonly Expression[];
  /** `elsif` is a single If in here; null without `else`. */
  readonly else: readonly Expression[] | null;
}

export interface Unless extends Range {
  readonly type: 'Unless';
  readonly test: Expression;
  readonly then: readonly Expression[];
  readonly else: readonly Expression[] | null;
}

export interface Case extends Range {
  readonly type: 'Case';
  readonly test: Expression;
  readonly options: readonly CaseOption[];
}

export interface CaseOption extends Range {
  readonly type: 'CaseOption';
  readonly values: readonly Expression[];
  readonly body: readonly Expression[];
}

// Resources

/** `@` virtual, `@@` exported. */
export type ResourceForm = 'regular' | 'virtual' | 'exported';

/** `type { title: attributes; title: attributes }`, also `class { 'name': ... }`. */
export interface ResourceExpression extends Range {
  readonly type: 'ResourceExpression';
  readonly form: ResourceForm;
  /** A Name as a rule (`file`, `class`, `apache::vhost`); may be any expression that gives a type. */
  readonly typeName: Expression;
  readonly bodies: readonly ResourceBody[];
}

export interface ResourceBody extends Range {
  readonly type: 'ResourceBody';
  /** A Default for `default:`, an ArrayLiteral for several resources. */
  readonly title: Expression;
  readonly operations: readonly AttributeOperation[];
}

/** `name => value`, `name +> value`, or the splat `* => hash` (its name is `*`). */
export interface AttributeOperation extends Range {
  readonly type: 'AttributeOperation';
  readonly name: string;
  readonly nameStart: number;
  readonly nameEnd: number;
  readonly operator: '=>' | '+>' | '* =>';
  readonly value: Expression;
}

/** `Type { attributes }` */
export interface ResourceDefaults extends Range {
  readonly type: 'ResourceDefaults';
  readonly form: ResourceForm;
  /** A TypeReference as a rule. */
  readonly typeReference: Expression;
  readonly operations: readonly AttributeOperation[];
}

/** `Type['title'] { attributes }` */
export interface ResourceOverride extends Range {
  readonly type: 'ResourceOverride';
  readonly form: ResourceForm;
  /** An Access as a rule. */
  readonly target: Expression;
  readonly operations: readonly AttributeOperation[];
}

/** `Type <| query |> { overrides }` or, for exported resources, `Type <<| query |>> { overrides }`. */
export interface Collector extends Range {
  readonly type: 'Collector';
  /** A TypeReference as a rule. */
  readonly typeReference: Expression;
  readonly exported: boolean;
  readonly query: Expression | null;
  readonly overrides: readonly AttributeOperation[];
}

// Definitions

export interface Parameter extends Range {
  readonly type: 'Parameter';
  /** Without the `$`. */
  readonly name: string;
  /** Of `$name`. */
  readonly nameStart: number;
  readonly nameEnd: number;
  /** `*$name`: takes the rest of the arguments. */
  readonly splat: boolean;
  readonly valueType: Expression | null;
  readonly default: Expression | null;
}

export interface ClassDefinition extends Range {
  readonly type: 'ClassDefinition';
  /** As written. */
  readonly name: Identifier;
  /** With the names of the classes around it and without a leading `::`. */
  readonly qualifiedName: string;
  readonly parent: Identifier | null;
  readonly parameters: readonly Parameter[];
  readonly body: readonly Expression[];
}

export interface DefinedType extends Range {
  readonly type: 'DefinedType';
  readonly name: Identifier;
  /** With the names of the classes around it and without a leading `::`. */
  readonly qualifiedName: string;
  readonly parameters: readonly Parameter[];
  readonly body: readonly Expression[];
}

export interface FunctionDefinition extends Range {
  readonly type: 'FunctionDefinition';
  readonly name: Identifier;
  readonly qualifiedName: string;
  readonly parameters: readonly Parameter[];
  readonly returns: Expression | null;
  readonly body: readonly Expression[];
}

export interface Plan extends Range {
  readonly type: 'Plan';
  readonly name: Identifier;
  readonly qualifiedName: string;
  readonly parameters: readonly Parameter[];
  readonly body: readonly Expression[];
}

export interface NodeDefinition extends Range {
  readonly type: 'NodeDefinition';
  /** StringLiterals (bare ones too: `a.example.com`), RegexLiterals and Default. */
  readonly matches: readonly Expression[];
  readonly parent: Expression | null;
  readonly body: readonly Expression[];
}

/** `type Name = Type[...]`, or an object type: `type Name = { ... }`, `type Name = Parent { ... }`. */
export interface TypeAlias extends Range {
  readonly type: 'TypeAlias';
  readonly name: Identifier;
  readonly parent: Expression | null;
  readonly value: Expression;
}

/** `type Runtime['ruby', 'Class'] = expression` */
export interface TypeMapping extends Range {
  readonly type: 'TypeMapping';
  readonly target: Expression;
  readonly value: Expression;
}

// EPP

/** Text of a template outside its tags. */
export interface EppText extends Range {
  readonly type: 'EppText';
  /** Where it stands: in several pieces if there are comment tags in it. */
  readonly pieces: readonly Range[];
  /** After trimming by `<%-` and `-%>`, with `<%%` as `<%`. */
  readonly value: string;
}

/** `<%= expression %>` */
export interface EppRender extends Range {
  readonly type: 'EppRender';
  readonly expression: Expression;
}

/** Text that could not be read; the error of the same place says why. */
export interface ErrorNode extends Range {
  readonly type: 'ErrorNode';
}

export type Expression =
  | Undef
  | Default
  | BooleanLiteral
  | NumberLiteral
  | StringLiteral
  | InterpolatedString
  | Heredoc
  | RegexLiteral
  | Name
  | TypeReference
  | ReservedWord
  | Variable
  | ArrayLiteral
  | HashLiteral
  | Parenthesized
  | Unary
  | Binary
  | Assignment
  | Relationship
  | Selector
  | Access
  | Call
  | MethodCall
  | ApplyBlock
  | If
  | Unless
  | Case
  | ResourceExpression
  | ResourceDefaults
  | ResourceOverride
  | Collector
  | ClassDefinition
  | DefinedType
  | FunctionDefinition
  | Plan
  | NodeDefinition
  | TypeAlias
  | TypeMapping
  | EppText
  | EppRender
  | ErrorNode;

export type Node =
  | Program
  | Expression
  | Identifier
  | StringText
  | Interpolation
  | HashEntry
  | SelectorOption
  | Lambda
  | CaseOption
  | ResourceBody
  | AttributeOperation
  | Parameter;

/** The nodes that stand for a piece of text: what `stringTemplate` takes. */
export type StringNode = StringLiteral | InterpolatedString | Heredoc | Name;

/** Why a part of the text could not be read. */
export interface ParseError extends Range {
  /** A sentence that ends in a period: what was found and what was expected. */
  readonly message: string;
}

export interface ParseOptions {
  /** The text is an EPP template. */
  readonly epp?: boolean;
  /** `plan` and `apply` are keywords; by default decided by the path (`plans/`) or by a `plan NAME` in the text. */
  readonly tasks?: boolean;
}

export interface ParseResult {
  readonly program: Program;
  /** In the order of the text; empty for a text that Puppet's parser accepts. */
  readonly errors: readonly ParseError[];
  readonly comments: readonly Range[];
}
