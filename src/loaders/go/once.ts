/** Guards by which a place in a function runs at most once for an object, a package or a key, however often the function is called. */
import { textOf } from './source.ts';
import { child, type GoNode } from './syntax.ts';
import { argumentsOf, calledName, type GoUnit } from './unit.ts';

/** What a condition asks for, as it is written: `s.done`, `s.token`, or the map of a look-up. */
interface Asked {
  readonly kind: 'value' | 'look-up';
  readonly of: string;
  /** Whether the condition holds when it is there. */
  readonly there: boolean;
  /** Variables with what a look-up found. */
  readonly found: readonly string[];
}

/** `s.done`, `token`: no call, no index. */
const path = /^\w+(?:\.\w+)*$/;

/** A guard of a list; `always`: whatever comes after it runs once, else only what is returned. */
interface Guard {
  readonly at: number;
  readonly always: boolean;
}

/** Guards of one list that are looked at. */
const maximumGuards = 20;

const guards = new WeakMap<GoNode, readonly Guard[]>();

/**
 * Whether a statement of a list comes after a guard that leaves the function when the work is done:
 * `if s.done { return }`, `if v, ok := cache[key]; ok { return v }`; the list itself must then say that it is.
 */
export function comesAfterGuard(unit: GoUnit, list: GoNode, statement: GoNode): boolean {
  let known = guards.get(list);
  if (known === undefined) guards.set(list, (known = guardsOf(unit, list)));
  if (known.length === 0) return false;
  const index = list.children.indexOf(statement);
  return known.some(({ at, always }) => at < index && (always || statement.type === 'return_statement'));
}

function guardsOf(unit: GoUnit, list: GoNode): readonly Guard[] {
  const found: Guard[] = [];
  let looked = 0;
  for (const [at, guard] of list.children.entries()) {
    if (guard.type !== 'if_statement' || child(guard, 'alternative') !== undefined) continue;
    const leave = statementsOf(child(guard, 'consequence')).at(-1);
    const asked = leave?.type === 'return_statement' ? askedBy(unit, guard, list.children[at - 1]) : undefined;
    if (leave === undefined || asked?.there !== true) continue;
    if (++looked > maximumGuards) break;
    const always = isKept(unit, asked, list.children.slice(at + 1));
    if (asked.kind === 'value') {
      if (always) found.push({ at, always });
      continue;
    }
    // What was found is returned, and so is what is made where nothing was found: whoever gets it, or fills the map, keeps it.
    const returned = textOf(unit.source, leave);
    if (asked.found.some((name) => new RegExp(`^return [*&]?${name}\\b(?!\\()`).test(returned)))
      found.push({ at, always });
  }
  return found;
}

/** Whether a statement stands in an `if` that asks whether the work is still to be done, and whose block says at its end that it is: `if !s.done { ... s.done = true }`. */
export function standsInGuard(unit: GoUnit, guard: GoNode): boolean {
  let known = inGuard.get(guard);
  if (known === undefined) inGuard.set(guard, (known = asksAndKeeps(unit, guard)));
  return known;
}

const inGuard = new WeakMap<GoNode, boolean>();

function asksAndKeeps(unit: GoUnit, guard: GoNode): boolean {
  const { parent } = guard;
  const before = parent?.type === 'statement_list' ? parent.children[parent.children.indexOf(guard) - 1] : undefined;
  const asked = askedBy(unit, guard, before);
  return asked?.there === false && isKept(unit, asked, statementsOf(child(guard, 'consequence')));
}

/** Whether every call of a function closes a channel of the receiver or the package, which a second call could not: that panics. */
export function closesForGood(unit: GoUnit): boolean {
  let known = closing.get(unit);
  if (known === undefined) closing.set(unit, (known = closesChannel(unit)));
  return known;
}

const closing = new WeakMap<GoUnit, boolean>();

function closesChannel(unit: GoUnit): boolean {
  return statementsOf(child(unit.node, 'body')).some((statement) => {
    if (statement.type !== 'expression_statement' && statement.type !== 'defer_statement') return false;
    const call = statement.children[0];
    const called = call === undefined ? undefined : child(call, 'function');
    const direct = call === undefined ? [] : [call];
    const calls =
      statement.type === 'defer_statement' && called?.type === 'func_literal'
        ? statementsOf(child(called, 'body')).flatMap(({ type, children }) =>
            type === 'expression_statement' ? children : [],
          )
        : direct;
    return calls.some((one) => closesOutlivingChannel(unit, one));
  });
}

function closesOutlivingChannel(unit: GoUnit, call: GoNode): boolean {
  const called = call.type === 'call_expression' ? child(call, 'function') : undefined;
  if (called?.type !== 'identifier' || textOf(unit.source, called) !== 'close') return false;
  const [channel] = argumentsOf(call);
  const name = channel === undefined ? '' : textOf(unit.source, channel);
  return path.test(name) && outlives(unit, name) && !wordsOf(unit).made.has(lastOf(name));
}

function askedBy(unit: GoUnit, guard: GoNode, before: GoNode | undefined): Asked | undefined {
  const condition = child(guard, 'condition');
  if (condition === undefined) return undefined;
  const text = textOf(unit.source, condition);
  const lookUp = lookUpOf(unit, child(guard, 'initializer') ?? before);
  if (lookUp !== undefined) {
    const asks = /^(!?)(\w+)(?:\s*([!=])=\s*nil)?$/.exec(text);
    if (asks?.[2] !== undefined && lookUp.names.includes(asks[2])) {
      return { kind: 'look-up', of: lookUp.map, there: asks[1] === '' && asks[3] !== '=', found: lookUp.names };
    }
  }
  if (child(guard, 'initializer') !== undefined) return undefined;
  // `s.done`, `!s.done`, `s.done == true`; `s.token != nil`, `s.token == ""`; `len(s.keys) > 0`
  const flag = /^(!?)([\w.]+)(?:\s*==\s*true)?$/.exec(text);
  const value = /^([\w.]+)\s*([!=])=\s*(?:nil|"")$/.exec(text) ?? /^len\(([\w.]+)\)\s*([!=>])=?\s*0$/.exec(text);
  const of = flag?.[2] ?? value?.[1];
  if (of === undefined || !path.test(of) || !outlives(unit, of) || /err(?:or)?s?$/i.test(of)) return undefined;
  return { kind: 'value', of, there: flag === null ? value?.[2] !== '=' : flag[1] === '', found: [] };
}

/** `v, ok := m[key]`, `v, ok := m.Load(key)` */
function lookUpOf(
  unit: GoUnit,
  statement: GoNode | undefined,
): { readonly map: string; readonly names: readonly string[] } | undefined {
  if (statement?.type !== 'short_var_declaration' && statement?.type !== 'assignment_statement') return undefined;
  const values = child(statement, 'right')?.children ?? [];
  const [value] = values;
  if (value === undefined || values.length !== 1) return undefined;
  const called = value.type === 'call_expression' ? child(value, 'function') : undefined;
  const isLoad = called?.type === 'selector_expression' && calledName(unit, called) === 'Load';
  const operand = value.type === 'index_expression' ? child(value, 'operand') : isLoad && child(called, 'operand');
  const map = operand === undefined || operand === false ? '' : textOf(unit.source, operand);
  if (!path.test(map) || !outlives(unit, map)) return undefined;
  return {
    map,
    names: (child(statement, 'left')?.children ?? [])
      .map((name) => textOf(unit.source, name))
      .filter((name) => path.test(name)),
  };
}

/** Whether one of some statements, which all run, keeps what was asked for, and the file never takes it away again. */
function isKept(unit: GoUnit, { kind, of }: Asked, statements: readonly GoNode[]): boolean {
  const name = lastOf(of);
  if (kind === 'look-up') {
    return statements.some((one) => storesInto(unit, one, of)) && !wordsOf(unit).deletedFrom.has(name);
  }
  const keeps = statements.some(
    (one) =>
      one.type === 'assignment_statement' &&
      child(one, 'left')?.children.some((target) => textOf(unit.source, target) === of) === true &&
      !/^(?:false|nil|"")$/.test(textOf(unit.source, child(one, 'right') ?? one)),
  );
  return keeps && !wordsOf(unit).emptied.has(name);
}

/** `m[key] = v`, `m.Store(key, v)` */
function storesInto(unit: GoUnit, statement: GoNode, map: string): boolean {
  if (statement.type === 'expression_statement') return textOf(unit.source, statement).startsWith(`${map}.Store(`);
  if (statement.type !== 'assignment_statement') return false;
  return (child(statement, 'left')?.children ?? []).some(
    (target) => target.type === 'index_expression' && textOf(unit.source, target).startsWith(`${map}[`),
  );
}

/** Whether what a path names is still there at the next call: a package variable, a field of the receiver, a map that is handed in. */
function outlives(unit: GoUnit, name: string): boolean {
  const base = name.split('.', 1)[0] ?? name;
  if (base === unit.receiver?.name) return unit.receiver.pointer && base !== name;
  const parameter = unit.parameters.find((one) => one.name === base);
  // What a pointer parameter points at is often made for the call.
  if (parameter !== undefined) return base === name && parameter.type.type === 'map_type';
  return !unit.locals.has(base) && !unit.source.imports.has(base);
}

/** What a file does to names, wherever that stands. */
interface FileWords {
  /** Channels, slices and maps that are made. */
  readonly made: ReadonlySet<string>;
  /** Maps that something is deleted from. */
  readonly deletedFrom: ReadonlySet<string>;
  /** What becomes false, nil or empty outside of a declaration. */
  readonly emptied: ReadonlySet<string>;
}

/** How far before a name its `var` is looked for. Characters. */
const declarationLength = 200;

const fileWords = new WeakMap<GoUnit['source'], FileWords>();

function wordsOf({ source }: GoUnit): FileWords {
  let known = fileWords.get(source);
  if (known === undefined) {
    const { text } = source.template;
    const emptied = [...text.matchAll(/\b(\w+)\s*=\s*(?:false\b|nil\b|"")/g)].filter(
      ({ index }) => !/(?:^|\n)[ \t]*var\b[^\n]*$/.test(text.slice(Math.max(0, index - declarationLength), index)),
    );
    known = {
      made: new Set(Array.from(text.matchAll(/\b(\w+)\s*=\s*make\(/g), ([, name = '']) => name)),
      deletedFrom: new Set(
        Array.from(text.matchAll(/\bdelete\(([^,\n]*),/g), ([, map = '']) => /\b\w+$/.exec(map)?.[0] ?? ''),
      ),
      emptied: new Set(emptied.map(([, name = '']) => name)),
    };
    fileWords.set(source, known);
  }
  return known;
}

function lastOf(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}

function statementsOf(block: GoNode | undefined): readonly GoNode[] {
  return block?.children.find(({ type }) => type === 'statement_list')?.children ?? [];
}
