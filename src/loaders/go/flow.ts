/** What becomes of a value inside one function: requests sent through it, what bounds it, how it leaves. */
import type { GoClose, GoEscape, GoFlow, GoRequest, GoSetting } from '../../core/facts/go.ts';
import type { Span } from '../../core/span.ts';
import { settingOf, settingsOfLiteral } from './settings.ts';
import { isPolled, literalUse } from './place.ts';
import { requestCloses } from './request.ts';
import { isClosedUnread } from './responses.ts';
import { nodeSpan, packageMember, textOf } from './source.ts';
import { closeRequestEdit } from './edits.ts';
import { assignedValue, bare, chainBase, child, enclosing, isWithin, type GoNode } from './syntax.ts';
import {
  argumentsOf,
  calledName,
  callOf,
  importedName,
  isFresh,
  isImported,
  literalsAround,
  type GoUnit,
} from './unit.ts';
import { addAll } from '../../core/lists.ts';

/**
 * What a value is, as far as known: a Transport itself, a client around it, a struct whose fields are seen here, something
 * else around it, the result of a call.
 */
type Role = 'transport' | 'client' | 'struct' | 'holder' | 'unknown';

interface Step {
  readonly node: GoNode;
  readonly role: Role;
  readonly through: readonly string[];
}

const requestMethods = new Set(['Do', 'Get', 'Head', 'Post', 'PostForm', 'RoundTrip', 'ServeHTTP']);
const closeMethods = new Set(['Close', 'Shutdown', 'Stop', 'Disconnect', 'Logout']);
/** Methods that do not return while their object is of use. */
const staying = /^(?:Start|Run|Serve|Listen|Loop|Watch|Work|Monitor)/i;
/** Methods by which an object takes a client in. */
const taking = /^(?:Set|With|Use|Add|Register|Configure|Apply)/;
/** Functions whose result holds what they are given. */
const wrapping =
  /^(?:New|new|With|with|Wrap|wrap|Make|make|Create|create|Build|build|Instrument|Open|Connect|Dial|Default)|(?:Transport|RoundTripper|Client|Option)$/;
/** Results that hold no client: errors and flags. */
const neverHolds = /^(?:_|err\w*|ok|found|cancel|\w+Err)$/;
/** Functions that look at what they are given and let it go. */
const harmless =
  /^(?:fmt|log|reflect|encoding\/json|errors|github\.com\/stretchr\/testify\/\w+)\.|^golang\.org\/x\/net\/http2\.|klog|logrus|zap/;

/** Expressions that a value is followed through; in real functions it is a handful. */
const maximumSteps = 300;

/** Follows a value from the expressions it starts in; `role`: what they are. */
export function flowOf(unit: GoUnit, origins: readonly GoNode[], role: Role): GoFlow {
  return new FlowReader(unit, origins).read(role);
}

/** Whether anything at all becomes of the value. */
export function isIdle(flow: GoFlow): boolean {
  return (
    flow.requests.length + flow.uses.length + flow.closes.length + flow.escapes.length + flow.settings.length === 0
  );
}

class FlowReader {
  readonly #unit: GoUnit;
  readonly #origins: readonly GoNode[];
  readonly #around: ReadonlySet<GoNode>;
  readonly #open: Step[] = [];
  readonly #seen = new Set<string>();
  readonly #requests: GoRequest[] = [];
  readonly #uses: Span[] = [];
  readonly #closes: GoClose[] = [];
  readonly #escapes: GoEscape[] = [];
  readonly #settings: GoSetting[] = [];
  readonly #holders = new Set<string>();
  /** Fields of structs that the value was put into. */
  readonly #fields = new Set<string>();
  #client: Span | undefined;

  constructor(unit: GoUnit, origins: readonly GoNode[]) {
    this.#unit = unit;
    this.#origins = origins;
    this.#around = new Set(origins.flatMap((origin) => literalsAround(unit, origin)));
  }

  read(role: Role): GoFlow {
    for (const node of this.#origins) this.#open.push({ node, role, through: [] });
    let steps = 0;
    for (let step = this.#open.pop(); step !== undefined; step = this.#open.pop()) {
      if (++steps > maximumSteps) {
        this.#lose(step.node);
        break;
      }
      this.#follow(step);
    }
    return {
      requests: this.#requests,
      uses: this.#uses,
      closes: this.#closes,
      escapes: this.#escapes,
      settings: this.#settings,
      holders: [...this.#holders],
      client: this.#client,
    };
  }

  /** From an expression outwards to where its value ends up. */
  #follow(start: Step): void {
    let step: Step | undefined = start;
    while (step !== undefined) step = this.#outwards(step);
  }

  #outwards(step: Step): Step | undefined {
    const { node } = step;
    const { parent } = node;
    switch (parent?.type) {
      case 'unary_expression':
        return ['&', '*'].includes(child(parent, 'operator')?.type ?? '') ? { ...step, node: parent } : undefined;
      case 'parenthesized_expression':
      case 'type_assertion_expression':
      case 'type_conversion_expression':
      case 'variadic_argument':
      case 'literal_value':
        return { ...step, node: parent };
      case 'literal_element':
        return parent.field === 'key' ? undefined : { ...step, node: parent };
      case 'keyed_element':
        this.#fields.add(textOf(this.#unit.source, child(parent, 'key') ?? parent));
        return { ...step, node: parent };
      case 'composite_literal':
        return this.#composite(step, parent);
      case 'argument_list':
        return this.#argument(step, parent);
      case 'expression_list':
        return this.#list(step, parent);
      case 'selector_expression':
        return node.field === 'operand' ? this.#selector(step, parent) : undefined;
      case 'index_expression':
        return node.field === 'operand' ? { ...step, node: parent } : undefined;
      case 'send_statement':
        if (node.field === 'value') this.#escape('collection', node);
        return undefined;
      case 'range_clause':
        for (const name of child(parent, 'left')?.children ?? []) this.#variable(name, step);
        return undefined;
      default:
        return undefined;
    }
  }

  #composite(step: Step, literal: GoNode): Step {
    const type = child(literal, 'type');
    const name = packageMember(this.#unit.source, type);
    if (name === 'net/http.Client') {
      this.#client ??= nodeSpan(this.#unit.source, literal);
      addAll(this.#settings, settingsOfLiteral(this.#unit, literal, 'client'));
      return { ...step, node: literal, role: 'client' };
    }
    if (name === 'net/http/httputil.ReverseProxy') return { ...step, node: literal, role: 'client' };
    const held = this.#held(step, literal, type === undefined ? '' : textOf(this.#unit.source, type));
    return type?.type === 'type_identifier' || type?.type === 'qualified_type' ? { ...held, role: 'struct' } : held;
  }

  #held(step: Step, node: GoNode, holder: string): Step {
    if (holder !== '') this.#holders.add(holder);
    return { node, role: 'holder', through: step.through.includes(holder) ? step.through : [...step.through, holder] };
  }

  #argument(step: Step, list: GoNode): Step | undefined {
    const call = list.parent;
    const called = call === undefined ? undefined : child(call, 'function');
    if (call === undefined || called === undefined) return undefined;
    const name = calledName(this.#unit, called);
    const imported = importedName(this.#unit, called);
    if (name === 'append' && called.type === 'identifier') return { ...step, node: call };
    if (imported === 'runtime.SetFinalizer') {
      this.#closes.push({ span: nodeSpan(this.#unit.source, call), method: name, through: [] });
      return undefined;
    }
    if (imported === 'net/http.RoundTripper') return { ...step, node: call };
    if (harmless.test(imported ?? '') || ['len', 'cap', 'panic', 'print', 'println'].includes(name)) return undefined;
    if (called.type === 'selector_expression' && !isImported(this.#unit, called) && taking.test(name)) {
      const base = chainBase(called);
      this.#store(base, step, 'field');
      return this.#held(step, call, '');
    }
    this.#escapes.push({
      how: 'passed',
      span: nodeSpan(this.#unit.source, step.node),
      to: {
        function: name,
        method: called.type === 'selector_expression' && imported === undefined,
        index: list.children.indexOf(step.node),
        imported: imported !== undefined,
        polled: this.#isPolled(call),
        path: imported?.slice(0, imported.lastIndexOf('.')),
      },
    });
    return wrapping.test(name) ? this.#held(step, call, imported === undefined ? '' : name) : undefined;
  }

  #list(step: Step, list: GoNode): Step | undefined {
    const statement = list.parent;
    if (statement?.type === 'return_statement') return this.#returned(step, statement);
    const index = list.children.indexOf(step.node);
    if (statement?.type === 'var_spec' && list.field === 'value') {
      const names = statement.children.filter(({ field }) => field === 'name');
      this.#targets(names, list, index, step);
    } else if (list.field === 'right' && statement !== undefined) {
      this.#targets(child(statement, 'left')?.children ?? [], list, index, step);
    }
    return undefined;
  }

  #targets(targets: readonly GoNode[], values: GoNode, index: number, step: Step): void {
    if (values.children.length === targets.length) {
      const target = targets[index];
      if (target !== undefined) this.#assign(target, step);
      return;
    }
    // One call with several results: which of them holds the value is not said.
    for (const target of targets) this.#assign(target, step);
  }

  #assign(target: GoNode, step: Step): void {
    if (target.type === 'identifier') this.#variable(target, step);
    else if (target.type === 'selector_expression' || target.type === 'index_expression') {
      const field = child(target, 'field');
      if (field !== undefined) this.#fields.add(textOf(this.#unit.source, field));
      this.#store(chainBase(target), step, target.type === 'index_expression' ? 'collection' : 'field');
    } else this.#escape('field', target);
  }

  /** The value is put into a variable: all its mentions count. */
  #variable(target: GoNode, step: Step): void {
    const name = textOf(this.#unit.source, target);
    if (neverHolds.test(name)) return;
    if (!this.#unit.locals.has(name)) {
      this.#escape('global', target);
      return;
    }
    if (this.#unit.results.has(name)) this.#escape('returned', target);
    this.#mentions(name, step);
  }

  #mentions(name: string, step: Step): void {
    // Not by `through`: types can hold each other in any order, and one way to the name is enough.
    const key = `${name} ${step.role}`;
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    const mentions = this.#unit.mentions.get(name) ?? [];
    if (mentions.length > maximumSteps) {
      this.#lose(step.node);
      return;
    }
    for (const mention of mentions) {
      if (mention.parent?.type === 'expression_list' && mention.parent.field === 'left') continue;
      const kept = literalsAround(this.#unit, mention).some(
        (literal) => !this.#around.has(literal) && literalUse(this.#unit, literal).kept,
      );
      if (kept) this.#escape('captured', mention);
      this.#open.push({ ...step, node: mention });
    }
  }

  /** The value is put into a part of something: it stays in the function only if that does. */
  #store(base: GoNode, step: Step, how: 'field' | 'collection'): void {
    const name = base.type === 'identifier' ? textOf(this.#unit.source, base) : undefined;
    const { receiver } = this.#unit;
    if (name === undefined) this.#escape(how, base);
    else if (this.#unit.source.imports.has(name) && !this.#unit.locals.has(name)) this.#escape('global', base);
    else if (name === receiver?.name && !receiver.pointer && how === 'field')
      this.#mentions(name, { ...step, role: 'struct' });
    else if (isFresh(this.#unit, name)) this.#mentions(name, { ...step, role: roleOfBase(this.#unit, name) });
    else this.#escape(this.#unit.locals.has(name) ? how : 'global', base);
  }

  #returned(step: Step, statement: GoNode): Step | undefined {
    const literal = enclosing(statement, ['func_literal'], this.#unit.node);
    if (literal === undefined || this.#origins.some((origin) => origin === literal)) {
      this.#escape('returned', statement);
      return undefined;
    }
    const call = callOf(literal);
    if (call !== undefined) return { ...step, node: call };
    const use = literalUse(this.#unit, literal);
    if (use.kept) this.#escape('captured', statement);
    for (const one of use.calls) {
      if (one.type === 'call_expression') this.#open.push({ ...step, node: one });
      else this.#escape('captured', one);
    }
    return undefined;
  }

  #selector(step: Step, selector: GoNode): Step | undefined {
    const field = child(selector, 'field');
    const name = field === undefined ? '' : textOf(this.#unit.source, field);
    const { source } = this.#unit;
    const call = callOf(selector);
    if (name === 'CloseIdleConnections' || (call !== undefined && closeMethods.has(name))) {
      this.#closes.push({ span: nodeSpan(source, call ?? selector), method: name, through: step.through });
      return undefined;
    }
    if (call !== undefined) return this.#method(step, call, name);
    if (isAssignmentTarget(selector)) {
      const value = assignedValue(selector);
      if (value !== undefined && (step.role === 'transport' || step.role === 'client')) {
        this.#settings.push(settingOf(this.#unit, name, value, step.role, selector));
      }
      return undefined;
    }
    if (step.role === 'transport') return undefined;
    if (step.role === 'client' && name !== 'Transport') return undefined;
    if (step.role === 'struct' && !this.#fields.has(name)) return undefined;
    return { ...step, node: selector, role: step.role === 'struct' ? 'unknown' : step.role };
  }

  #method(step: Step, call: GoNode, name: string): Step | undefined {
    const span = nodeSpan(this.#unit.source, call);
    const isHolder = step.role === 'holder' || step.role === 'struct';
    if (requestMethods.has(name) && (!isHolder || name === 'Do' || name === 'RoundTrip')) {
      this.#requests.push({
        span,
        method: name,
        closes: requestCloses(this.#unit, call, name),
        again: this.#isAgain(call),
        polled: this.#isPolled(call),
        unread: isClosedUnread(this.#unit, call, name),
        setClose: closeRequestEdit(this.#unit, call, name),
      });
      return undefined;
    }
    if (step.role === 'transport' && (name === 'Clone' || name === 'RegisterProtocol')) return undefined;
    if (taking.test(name)) return { ...step, node: call };
    if (staying.test(name) && this.#isInGoroutine(call)) {
      this.#escape('captured', call);
      return undefined;
    }
    this.#uses.push(span);
    return wrapping.test(name) ? this.#held(step, call, '') : undefined;
  }

  /** Whether a call runs in a goroutine that is started after the value was made. */
  #isInGoroutine(call: GoNode): boolean {
    const literals = literalsAround(this.#unit, call).filter((literal) => !this.#around.has(literal));
    return [call, ...literals.map(callOf)].some((one) => one?.parent?.type === 'go_statement');
  }

  #isPolled(node: GoNode): boolean {
    return isPolled(this.#unit, node, (around) => this.#origins.some((origin) => isWithin(origin, around)));
  }

  /** Whether a loop or a function literal stands between the place that the value comes from and a node. */
  #isAgain(node: GoNode): boolean {
    for (let up = node.parent; up !== undefined && up !== this.#unit.node.parent; up = up.parent) {
      if (up.type !== 'for_statement' && up.type !== 'func_literal') continue;
      if (!this.#origins.some((origin) => isWithin(origin, up))) return true;
    }
    return false;
  }

  /** Too much happens to the value to follow it. */
  #lose(node: GoNode): void {
    this.#escapes.push({ how: 'passed', span: nodeSpan(this.#unit.source, node) });
  }

  #escape(how: Exclude<GoEscape['how'], 'passed'>, node: GoNode): void {
    this.#escapes.push({ how, span: nodeSpan(this.#unit.source, node) });
  }
}

const reverseProxyMaker = 'net/http/httputil.NewSingleHostReverseProxy';

function roleOfBase(unit: GoUnit, name: string): Role {
  const made = unit.locals.get(name)?.map(bare) ?? [];
  const types = made.map((value) => packageMember(unit.source, child(value, 'type') ?? argumentsOf(value)[0]));
  if (made.some((value) => importedName(unit, child(value, 'function')) === reverseProxyMaker)) return 'client';
  if (types.some((type) => type === 'net/http.Client' || type === 'net/http/httputil.ReverseProxy')) return 'client';
  return made.length > 0 && made.every(({ type }) => type === 'composite_literal') ? 'struct' : 'holder';
}

function isAssignmentTarget(node: GoNode): boolean {
  return (
    node.parent?.type === 'expression_list' &&
    node.parent.field === 'left' &&
    node.parent.parent?.type === 'assignment_statement'
  );
}
