/** Looks at what a plugin exports and at what its rules report: no compiler has. */
import type { AnyReport, Rule, RuleOption } from '../core/define-rule.ts';
import { nearestName } from '../core/nearest-name.ts';
import type { Span } from '../core/span.ts';
import { themeOf } from '../config/schema.ts';

/** What a rule may not and may name. */
export interface Known {
  /** The themes of fleetlint's own rules. */
  readonly themes: readonly string[];
  /** The kinds of facts that there are. */
  readonly kinds: readonly string[];
}

type Fields = Readonly<Record<string, unknown>>;

const idPattern = /^[a-z][a-z0-9-]*\/[a-z][a-z0-9-]*$/;
const optionName = /^[a-z][a-z0-9-]*$/;

/** The rule that a plugin exports; its reports are checked too. Throws an error that says what is wrong with it. */
export function checkedRule(value: unknown, known: Known): Rule {
  if (!isFields(value))
    throw new Error("It must export by default a rule, as 'defineRule' returns it, or a list of rules.");
  const { id } = value;
  if (typeof id !== 'string' || !idPattern.test(id)) {
    throw new Error(`The id of its rule must be of the form 'theme/name' in small letters, not ${shown(id)}.`);
  }
  const fault = ruleFault(id, value, known);
  if (fault !== undefined) throw new Error(`Its rule '${id}' ${fault}`);
  const rule = value as unknown as Rule;
  const unchecked = value as unknown as { check(context: Parameters<Rule['check']>[0]): unknown };
  return {
    ...rule,
    check(context) {
      const result = unchecked.check({
        ...context,
        report(report) {
          const wrong = reportFault(report, rule);
          if (wrong !== undefined) throw new Error(wrong);
          context.report(report);
        },
      });
      if (result instanceof Promise) {
        result.catch(() => undefined);
        throw new Error("'check' returns a promise, and what it reports later is lost.");
      }
    },
  };
}

/** What is wrong with a rule: the end of a sentence. */
function ruleFault(id: string, rule: Fields, { themes, kinds }: Known): string | undefined {
  const theme = themeOf(id);
  if (themes.includes(theme)) {
    return `must have a theme of its own: '${theme}' is one of fleetlint's.`;
  }
  for (const [field, allowed] of [
    ['severity', ['error', 'warning', 'info']],
    ['confidence', ['high', 'medium', 'low']],
  ] as const) {
    if (!allowed.some((each) => each === rule[field])) {
      return `has the ${field} ${shown(rule[field])}; it must be ${allowed.join(', ')}.`;
    }
  }
  if (typeof rule['summary'] !== 'string') return "lacks a 'summary'.";
  if (typeof rule['check'] !== 'function') return "lacks the function 'check'.";
  const { needs, startsFrom = [], startsFromPrograms = [], messages, options = {} } = rule;
  if (!isList(needs) || needs.length === 0) return "lacks 'needs', the list of the kinds of facts that it reads.";
  if (!isList(startsFrom)) return "has a 'startsFrom' that is no list.";
  if (!isList(startsFromPrograms)) return "has a 'startsFromPrograms' that is no list.";
  const unknown = [...needs, ...startsFrom].find((kind) => !kinds.includes(kind));
  if (unknown !== undefined) {
    const nearest = nearestName(unknown, kinds);
    return `needs '${unknown}', which is no kind of fact.${nearest === undefined ? '' : ` Did you mean '${nearest}'?`}`;
  }
  if (!isFields(messages) || !Object.values(messages).every((text) => typeof text === 'string')) {
    return "lacks 'messages', texts by their names.";
  }
  if (!isFields(options)) return "has 'options' that are no table.";
  const wrong = Object.entries(options).find(([name, option]) => !optionName.test(name) || !isOption(option));
  return wrong === undefined
    ? undefined
    : `has an option '${wrong[0]}' that is not '{ type, default, description }' with a default of its type, under a name in small letters.`;
}

function isOption(option: unknown): option is RuleOption {
  if (!isFields(option)) return false;
  const { type, default: standard, description } = option;
  return (
    (type === 'number' || type === 'boolean' || type === 'string') &&
    typeof standard === type &&
    typeof description === 'string'
  );
}

/** What is wrong with a report; a sentence. */
function reportFault(report: AnyReport, { messages }: Rule): string | undefined {
  if (!Object.hasOwn(messages, report.message)) return `It has no message ${shown(report.message)}.`;
  if (!isSpan(report.at)) return "It reports without a span 'at' as facts have them.";
  if (typeof report.key !== 'string') return "It reports without a 'key'.";
  const { evidence = [], fixes = [] } = report;
  if (!evidence.every((step) => typeof step.note === 'string' && (step.span === undefined || isSpan(step.span)))) {
    return "Its evidence is not a list of '{ note, span }'.";
  }
  const areFixes = fixes.every(
    ({ title, safety, edits }) =>
      typeof title === 'string' &&
      ['safe', 'unsafe'].includes(safety) &&
      edits.every(({ span, text }) => isSpan(span) && typeof text === 'string'),
  );
  return areFixes ? undefined : "Its fixes are not a list of '{ title, safety, edits: [{ span, text }] }'.";
}

function isSpan(value: unknown): value is Span {
  if (!isFields(value)) return false;
  const { file, start, end } = value;
  return (
    typeof file === 'string' &&
    Number.isSafeInteger(start) &&
    Number.isSafeInteger(end) &&
    Number(start) >= 0 &&
    Number(start) <= Number(end)
  );
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string');
}

function shown(value: unknown): string {
  return typeof value === 'string' ? `'${value}'` : String(value);
}
