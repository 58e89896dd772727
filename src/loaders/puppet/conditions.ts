/** What the tests of `if`, `unless`, `case` and selectors say: which branch is taken, and which facts decide. */
import type { Condition } from '../../core/facts/condition.ts';
import { literalText, spanOf, type Answer } from '../../core/template.ts';
import type { Binary, Case, Expression, If, Node, Selector, Unless } from '../../core/puppet-ast.ts';
import type { PuppetValue } from './evaluated.ts';
import type { Evaluator, Place } from './evaluator.ts';
import { isOtherSystem, tellsSystem } from './fact-paths.ts';
import { agreed, equalValues, knownText, opposite, truthOf } from './values.ts';
import { walk } from './walk.ts';
import { addAll } from '../../core/lists.ts';

/** What a test says. */
export interface Asked {
  readonly answer: Answer;
  /** What the facts are if the test holds. */
  readonly yes: readonly Condition[];
  /** What they are if it does not. */
  readonly no: readonly Condition[];
}

/** One branch of a condition. */
export interface Way {
  readonly index: number;
  /** Statements; for a selector the one expression. */
  readonly body: readonly Expression[];
  /** Whether it is taken: `no` also for what no Linux node takes. */
  readonly answer: Answer;
  readonly conditions: readonly Condition[];
}

const nothing = { yes: [], no: [] } as const;

/** The branches of a condition, in the order of the text. */
export function waysOf(node: If | Unless | Case | Selector, place: Place, evaluator: Evaluator): readonly Way[] {
  const known = place.scope.branches.get(node) as readonly Way[] | undefined;
  if (known !== undefined) return known;
  // A test that asks for what its own branches assign goes round in a circle: nothing is known of it then.
  const open = node.type === 'Case' || node.type === 'Selector' ? optionsOf(node) : ifBodies(node);
  place.scope.branches.set(
    node,
    open.map(({ body }, index) => way(index, body, 'unknown', [])),
  );
  const certain = { ...place, certain: true };
  const ways =
    node.type === 'Case' || node.type === 'Selector'
      ? caseWays(node, certain, evaluator)
      : ifWays(node, certain, evaluator);
  place.scope.branches.set(node, ways);
  return ways;
}

function way(index: number, body: readonly Expression[], answer: Answer, conditions: readonly Condition[]): Way {
  return { index, body, answer: conditions.some(excludesLinux) ? 'no' : answer, conditions };
}

function excludesLinux({ fact, operator, values }: Condition): boolean {
  if (!tellsSystem(fact)) return false;
  if (operator === 'is') return values.length > 0 && values.every(isOtherSystem);
  return operator === 'is-not' && fact === 'kernel' && values.some((value) => value.toLowerCase() === 'linux');
}

function ifBodies(node: If | Unless): readonly { readonly body: readonly Expression[] }[] {
  return [{ body: node.then }, { body: node.else ?? [] }];
}

function ifWays(node: If | Unless, place: Place, evaluator: Evaluator): readonly Way[] {
  const asked = ask(node.test, place, evaluator);
  const [then, other] = node.type === 'If' ? [asked, negated(asked)] : [negated(asked), asked];
  return [way(0, node.then, then.answer, then.yes), way(1, node.else ?? [], other.answer, other.yes)];
}

interface Option {
  readonly matches: readonly Expression[];
  readonly body: readonly Expression[];
}

function optionsOf(node: Case | Selector): readonly Option[] {
  return node.type === 'Case'
    ? node.options.map(({ values, body }) => ({ matches: values, body }))
    : node.options.map(({ match, result }) => ({ matches: [match], body: [result] }));
}

/** `default` is taken when no other option matches, wherever it stands. */
function caseWays(node: Case | Selector, place: Place, evaluator: Evaluator): readonly Way[] {
  const test = node.type === 'Case' ? node.test : node.value;
  const value = evaluator.evaluate(test, place);
  const options = optionsOf(node);
  const ways: Way[] = [];
  const before: Condition[] = [];
  let taken: Answer = 'no';
  options.forEach(({ matches, body }, index) => {
    if (matches.some((match) => match.type === 'Default')) return;
    const asked = either(matches.map((match) => matchOption(test, value, match, place, evaluator)));
    const answer = taken === 'yes' ? 'no' : taken === 'unknown' && asked.answer === 'yes' ? 'unknown' : asked.answer;
    ways.push(way(index, body, answer, [...before, ...asked.yes]));
    addAll(before, asked.no);
    if (asked.answer === 'yes') taken = 'yes';
    else if (asked.answer === 'unknown' && taken === 'no') taken = 'unknown';
  });
  options.forEach(({ matches, body }, index) => {
    if (matches.some((match) => match.type === 'Default')) ways.push(way(index, body, opposite(taken), before));
  });
  return ways.sort((a, b) => a.index - b.index);
}

function matchOption(
  test: Expression,
  value: PuppetValue,
  match: Expression,
  place: Place,
  evaluator: Evaluator,
): Asked {
  if (match.type === 'RegexLiteral') return matchRegex(test, value, match.pattern, place);
  // `case true { $facts[...] == 'x': ... }`
  if (test.type === 'BooleanLiteral' && test.value) return ask(match, place, evaluator);
  return compare(test, value, evaluator.evaluate(match, place), place);
}

/** What a test says, as far as literals, what is certain and facts decide it. */
export function ask(test: Expression, place: Place, evaluator: Evaluator): Asked {
  const certain = place.certain ? place : { ...place, certain: true };
  switch (test.type) {
    case 'Parenthesized':
      return ask(test.expression, certain, evaluator);
    case 'Unary':
      if (test.operator === '!') return negated(ask(test.operand, certain, evaluator));
      break;
    case 'Binary':
      return askBinary(test, certain, evaluator);
    default:
  }
  return { answer: truthOf(evaluator.evaluate(test, certain)), ...nothing };
}

function askBinary(test: Binary, place: Place, evaluator: Evaluator): Asked {
  switch (test.operator) {
    case 'and':
      return both(ask(test.left, place, evaluator), ask(test.right, place, evaluator));
    case 'or':
      return either([ask(test.left, place, evaluator), ask(test.right, place, evaluator)]);
    case '==':
    case '!=': {
      const left = evaluator.evaluate(test.left, place);
      const right = evaluator.evaluate(test.right, place);
      const asked = isFactValue(left)
        ? compare(test.left, left, right, place)
        : compare(test.right, right, left, place);
      return test.operator === '==' ? asked : negated(asked);
    }
    case 'in': {
      const left = evaluator.evaluate(test.left, place);
      const [list] = evaluator.evaluate(test.right, place);
      if (list?.type === 'array' && !list.open) {
        return either(list.elements.map((element) => compare(test.left, left, element, place)));
      }
      return { answer: 'unknown', ...nothing };
    }
    case '=~':
    case '!~': {
      if (test.right.type !== 'RegexLiteral') return { answer: 'unknown', ...nothing };
      const asked = matchRegex(test.left, evaluator.evaluate(test.left, place), test.right.pattern, place);
      return test.operator === '=~' ? asked : negated(asked);
    }
    case '<':
    case '<=':
    case '>':
    case '>=':
      return askOrder(test, place, evaluator);
    default:
      return { answer: truthOf(evaluator.evaluate(test, place)), ...nothing };
  }
}

/** `versioncmp(fact, '4.0') < 0`, and `Integer(fact) < 8`. */
function askOrder(test: Binary, place: Place, evaluator: Evaluator): Asked {
  const left = evaluator.evaluate(test.left, place);
  const right = evaluator.evaluate(test.right, place);
  const numbers = [left, right].map((value) =>
    value.length === 1 && value[0]?.type === 'number' ? value[0].value : undefined,
  );
  const [first, second] = numbers;
  if (first !== undefined && second !== undefined) {
    const holds = { '<': first < second, '<=': first <= second, '>': first > second, '>=': first >= second }[
      test.operator as '<' | '<=' | '>' | '>='
    ];
    return { answer: holds ? 'yes' : 'no', ...nothing };
  }
  const call = unwrapped(test.left);
  if (call.type === 'Call' && call.callee.type === 'Name' && call.callee.name === 'versioncmp' && second === 0) {
    const [asked, than] = call.arguments;
    if (asked === undefined || than === undefined) return { answer: 'unknown', ...nothing };
    return order(asked, evaluator.evaluate(asked, place), evaluator.evaluate(than, place), test.operator, place);
  }
  return order(test.left, left, right, test.operator, place);
}

function order(asked: Expression, value: PuppetValue, than: PuppetValue, operator: string, place: Place): Asked {
  const fact = factOf(value);
  const version = than.length === 1 ? knownText(than[0]) : undefined;
  if (fact === undefined || version === undefined) return { answer: 'unknown', ...nothing };
  const below = condition(fact, 'below', [version], asked, place);
  const atLeast = condition(fact, 'at-least', [version], asked, place);
  switch (operator) {
    case '<':
      return { answer: 'unknown', yes: [below], no: [atLeast] };
    case '>=':
      return { answer: 'unknown', yes: [atLeast], no: [below] };
    case '>':
      return { answer: 'unknown', yes: [atLeast], no: [] };
    default:
      return { answer: 'unknown', yes: [], no: [atLeast] };
  }
}

function compare(asked: Expression, value: PuppetValue, wanted: PuppetValue, place: Place): Asked {
  const fact = factOf(value);
  if (fact === undefined) return { answer: equalValues(value, wanted), ...nothing };
  const texts = wanted.map(knownText);
  if (texts.includes(undefined)) return { answer: 'unknown', ...nothing };
  const values = texts.filter((text) => text !== undefined);
  return {
    answer: 'unknown',
    yes: [condition(fact, 'is', values, asked, place)],
    no: values.length === 1 ? [condition(fact, 'is-not', values, asked, place)] : [],
  };
}

/** Patterns that are a choice of plain words are followed: `/^(RedHat|CentOS)$/`, `/(?i:debian)/`. */
function matchRegex(asked: Expression, value: PuppetValue, pattern: string, place: Place): Asked {
  const words = pattern
    .replaceAll(/\(\?[a-z]+\)|\(\?[a-z]*:|[()^$]|\\[AzZ]/g, '')
    .split('|')
    .map((word) => word.replaceAll('\\.', '.'));
  if (words.some((word) => /[\\[\]*+?{}]/.test(word) || word === '')) return { answer: 'unknown', ...nothing };
  const fact = factOf(value);
  if (fact !== undefined) {
    const isWhole = /^\W*(?:\^|\\A)/.test(pattern);
    return {
      answer: 'unknown',
      yes: [condition(fact, 'is', words, asked, place)],
      no: isWhole ? [condition(fact, 'is-not', words, asked, place)] : [],
    };
  }
  const text = value.length === 1 ? knownText(value[0]) : undefined;
  if (text === undefined) return { answer: 'unknown', ...nothing };
  try {
    // A choice of plain words cannot backtrack far.
    return {
      answer: new RegExp(`(?:${words.map(quoted).join('|')})`).test(text) ? wholeOrUnknown(pattern) : 'no',
      ...nothing,
    };
  } catch {
    return { answer: 'unknown', ...nothing };
  }
}

/** With anchors a word inside the text is no match yet. */
function wholeOrUnknown(pattern: string): Answer {
  return /[\^$]|\\[AzZ]/.test(pattern) ? 'unknown' : 'yes';
}

function quoted(word: string): string {
  return word.replaceAll(/[.]/g, '\\.');
}

function condition(
  fact: string,
  operator: Condition['operator'],
  values: readonly string[],
  asked: Expression,
  { scope: { manifest } }: Place,
): Condition {
  const text = manifest.source.text.slice(asked.start, asked.end).replace(/\s+/g, ' ');
  return { fact, operator, values, text, span: spanOf(manifest.source, asked.start, asked.end) };
}

function negated({ answer, yes, no }: Asked): Asked {
  return { answer: opposite(answer), yes: no, no: yes };
}

function both(left: Asked, right: Asked): Asked {
  const answers = [left.answer, right.answer];
  if (answers.includes('no')) return { answer: 'no', ...nothing };
  const yes = [...left.yes, ...right.yes];
  // That both do not hold says which one fails only if the other surely holds.
  const no = left.answer === 'yes' ? right.no : right.answer === 'yes' ? left.no : [];
  return { answer: agreed(answers), yes, no };
}

/** One of several questions; the same fact asked each time gives one condition with all values. */
function either(all: readonly Asked[]): Asked {
  const possible = all.filter(({ answer }) => answer !== 'no');
  if (possible.some(({ answer }) => answer === 'yes')) return { answer: 'yes', ...nothing };
  const [first] = possible;
  if (first === undefined) return { answer: 'no', ...nothing };
  const no = possible.flatMap((asked) => asked.no);
  const single = possible.map(({ yes }) => (yes.length === 1 ? yes[0] : undefined));
  const [lead] = single;
  const same =
    lead !== undefined &&
    single.every((each) => each?.fact === lead.fact && each.operator === 'is' && lead.operator === 'is');
  const yes =
    possible.length === 1
      ? first.yes
      : same
        ? [{ ...lead, values: single.flatMap((each) => each?.values ?? []) }]
        : otherSystems(possible);
  return { answer: 'unknown', yes, no };
}

/** `$kernel == 'OpenBSD' or $osfamily == 'FreeBSD'`: no Linux either way. */
function otherSystems(possible: readonly Asked[]): readonly Condition[] {
  const excluding = possible.map(({ yes }) => yes.find(excludesLinux));
  const [first] = excluding;
  return first !== undefined && excluding.every((each) => each !== undefined) ? [first] : [];
}

function factOf(value: PuppetValue): string | undefined {
  const [first] = value;
  return value.length === 1 && first?.type === 'unknown' && first.fact !== undefined && first.fact !== ''
    ? first.fact
    : undefined;
}

function isFactValue(value: PuppetValue): boolean {
  return factOf(value) !== undefined;
}

function unwrapped(expression: Expression): Expression {
  return expression.type === 'Parenthesized' ? unwrapped(expression.expression) : expression;
}

/** What `hostnamectl`, `timedatectl` and `localectl` change: comparing it makes a command run once, not always. */
const changeable =
  /host_?name|fqdn|certname|domain|time_?zone|\btz\b|locale|keymap|keyboard|chassis|icon|deployment|location|\bntp|rtc/i;
/** Facts are the state of the node; a parameter, also one named as a fact, is what somebody wants of it. */
const factAccess = /\$(?:::)?facts\b|\bfacts?\(|\$::(?!\w*::)\w/;

/** The source of the comparison or call in a test that asks for something the node itself may change. */
export function changeableQuestion(node: If | Unless | Case, place: Place, evaluator: Evaluator): string | undefined {
  const { source } = place.scope.manifest;
  let found: string | undefined;
  const consider = (asked: Node) => {
    const text = source.text.slice(asked.start, asked.end);
    // Whether something is set at all is no state of the node.
    if (/''|""|\bundef\b/.test(text)) return;
    if ((changeable.test(text) && factAccess.test(text)) || asksVariable(asked, place, evaluator))
      found = text.replace(/\s+/g, ' ');
  };
  if (node.type === 'Case') {
    consider(node.test);
    return found;
  }
  walk(node.test, (each) => {
    if (found !== undefined) return false;
    const compares = each.type === 'Binary' && /^(?:[!=]=|[=!]~|[<>]=?|in)$/.test(each.operator);
    if (compares || each.type === 'Call' || each.type === 'MethodCall') consider(each);
    return undefined;
  });
  return found;
}

/** A variable that holds such a fact: `$current = $facts['networking']['hostname']`, or a fact of old. */
function asksVariable(asked: Node, place: Place, evaluator: Evaluator): boolean {
  let found = false;
  walk(asked, (node) => {
    if (found) return false;
    if (node.type !== 'Variable') return undefined;
    found = evaluator
      .evaluate(node, { ...place, certain: true })
      .some(
        (one) =>
          (one.type === 'unknown' && one.fact !== undefined && changeable.test(one.fact)) ||
          (one.type === 'string' &&
            literalText(one.text) === undefined &&
            one.text.holes.some(({ label }) => factAccess.test(label) && changeable.test(label))),
      );
    return undefined;
  });
  return found;
}
