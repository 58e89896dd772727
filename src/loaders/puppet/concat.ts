/** Files that are put together from fragments: `concat` and `concat::fragment` of puppetlabs-concat. */
import type { Condition } from '../../core/facts/condition.ts';
import type { Fact } from '../../core/fact.ts';
import { compareText, type Span } from '../../core/span.ts';
import { displayText, HOLE, literalText, type Segment, type Template } from '../../core/template.ts';
import { unitLocation } from '../../core/unit-place.ts';
import { documentFacts, mayMatter } from './documents.ts';
import { contentOf, pathsOf } from './embedded.ts';
import { literalOf, placeText, plainText, type EvaluatedResource, type ExpansionContext } from './evaluated.ts';
import type { Place } from './evaluator.ts';
import { conditionalParts, type ConditionalPart, type RenderedTemplate } from './rendered.ts';
import type { Branch, Scope } from './scope.ts';
import { addTo } from '../../core/lists.ts';

/** Types of resources that `concatPiece` reads. */
export const concatTypes: ReadonlySet<string> = new Set(['concat', 'concat::fragment']);

/** A file, or one of its fragments, wherever in the tree they stand. */
export type ConcatPiece = ConcatFile | ConcatFragment;

interface Piece {
  readonly span: Span;
  readonly conditions: readonly Condition[];
  readonly scope: Scope;
  readonly branch: Branch | undefined;
}

interface ConcatFile extends Piece {
  readonly type: 'file';
  /** Its path, and the title if that is another name for it. */
  readonly names: readonly string[];
  readonly path: Template;
  readonly isNumeric: boolean;
  readonly addsNewlines: boolean;
}

interface ConcatFragment extends Piece {
  readonly type: 'fragment';
  readonly target: string;
  /** `undefined` if it is not known. */
  readonly order: string | undefined;
  readonly name: string;
  /** `undefined` if it is not known, or may be several. */
  readonly text: Template | undefined;
}

/** What such a resource adds; `undefined` for what says nothing of a node. */
export function concatPiece(
  resource: EvaluatedResource,
  { scope, branch }: Pick<Place, 'scope' | 'branch'>,
  context: ExpansionContext,
): ConcatPiece | undefined {
  const { attributes, span, conditions, form } = resource;
  if (form !== 'regular' || literalOf(attributes.get('ensure')?.value) === 'absent') return undefined;
  const shared = { span, conditions, scope: bodyScope(scope), branch };
  const text = (name: string) => literalOf(attributes.get(name)?.value);
  if (resource.type === 'concat') {
    const [path, ...others] = pathsOf(resource, 'path');
    const literal = path && literalText(path);
    if (path === undefined || literal === undefined || others.length > 0 || !mayMatter(path)) return undefined;
    const names = [literal, ...resource.title.map(literalText).filter((name) => name !== undefined)];
    const addsNewlines = text('ensure_newline') === 'true';
    return { ...shared, type: 'file', names, path, isNumeric: text('order') === 'numeric', addsNewlines };
  }
  const target = text('target');
  // Of what goes to another place the text need not be worked out.
  if (target === undefined || (target.startsWith('/') && !mayMatter(plainText(target)))) return undefined;
  const [title] = resource.title;
  const order = attributes.has('order') ? text('order') : '10';
  const name = title === undefined ? '' : displayText(title);
  return { ...shared, type: 'fragment', target, order, name, text: contentOf(resource, context) };
}

/** Steps of a lambda belong to the body around it. */
function bodyScope(scope: Scope): Scope {
  let body = scope;
  while (body.kind === 'lambda' && body.outer !== undefined) body = body.outer;
  return body;
}

/** The facts of all files whose fragments are known in their order; a fragment that is not known is a line with a hole. */
export function concatFacts(pieces: readonly ConcatPiece[]): readonly Fact[] {
  const byTarget = new Map<string, ConcatFragment[]>();
  for (const piece of pieces) {
    if (piece.type !== 'fragment') continue;
    addTo(byTarget, piece.target, piece);
  }
  return pieces.flatMap((file) => {
    if (file.type !== 'file') return [];
    const fragments = [...new Set(file.names)].flatMap((name) => byTarget.get(name) ?? []);
    if (fragments.length === 0 || fragments.some(({ order }) => order === undefined)) return [];
    const sorted = fragments.sort((a, b) => compareOrder(a, b, file.isNumeric));
    const places = new Places(sorted);
    const text = joinFragments(file, sorted);
    return documentFacts(text, file.path).map((fact) => {
      const index = Places.indexOf(fact.span.start);
      const own = fact.kind === 'unit.file' ? [] : (sorted[index]?.conditions ?? []);
      const conditions = [...new Set([...file.conditions, ...own])];
      const real = places.real(fact) as Fact;
      return conditions.length === 0 ? real : { ...real, conditions };
    });
  });
}

/** As concat sorts them: by `order` and name as text, or numbers by their value. */
function compareOrder(one: ConcatFragment, other: ConcatFragment, isNumeric: boolean): number {
  const [a = '', b = ''] = [one.order, other.order];
  const byNumber = isNumeric && /^\d+$/.test(a) && /^\d+$/.test(b) ? Number(a) - Number(b) : 0;
  return byNumber || compareText(`${a}___${one.name}`, `${b}___${other.name}`);
}

/** Each fragment has a range of offsets of its own, far from each other, so that what is read can be led back to it. */
const stride = 2 ** 32;

/** The whole text, with what may not be there as conditional parts. */
function joinFragments(file: ConcatFile, fragments: readonly ConcatFragment[]): RenderedTemplate {
  const segments: Segment[] = [];
  const holes: Template['holes'][number][] = [];
  const conditional: ConditionalPart[] = [];
  const choices = new Map<unknown, number>();
  let text = '';
  let next = 0;
  fragments.forEach((fragment, index) => {
    const base = (index + 1) * stride;
    const at = text.length;
    const own = fragment.text ?? placeText(plainText(HOLE), fragment.span);
    const ending = fragment.text === undefined || (file.addsNewlines && !own.text.endsWith('\n')) ? '\n' : '';
    for (const { at: from, source, ...segment } of own.segments)
      segments.push({ ...segment, at: at + from, source: base + source });
    for (const hole of own.holes) holes.push({ at: at + hole.at, label: hole.label });
    text += own.text + ending;
    const last = own.segments.at(-1);
    const end = last === undefined ? own.source : last.source + last.sourceLength;
    if (ending !== '') segments.push({ at: text.length - 1, length: 1, source: base + end, sourceLength: 0 });
    const parts = conditionalParts(own);
    for (const part of parts)
      conditional.push({ ...part, start: part.start + at, end: part.end + at, choice: part.choice + next });
    next += 1 + Math.max(-1, ...parts.map(({ choice }) => choice));
    const uncertain = whatDecides(file, fragment);
    if (uncertain === undefined) return;
    const choice = choices.get(uncertain.choice) ?? next++;
    choices.set(uncertain.choice, choice);
    const branch = uncertain.branch ?? index + 1;
    conditional.push({ start: at, end: text.length, choice, branch });
  });
  return { file: file.span.file, text, holes, segments, source: segments[0]?.source ?? 0, conditional };
}

/**
 * What decides whether a fragment is in the file: a branch that the file does not depend on, too; in a unit, for a fragment of another
 * class or define, whether the node has that, and then two of them need not come together. `undefined` if it surely is.
 */
function whatDecides(
  file: ConcatFile,
  { scope, branch }: ConcatFragment,
): { readonly choice: unknown; readonly branch: number | undefined } | undefined {
  const isNear = scope === file.scope;
  for (let at = branch; at !== undefined; at = at.outer) {
    // Not by the node: another manifest may have come upon it in a tree that was parsed again.
    if (!isNear || !isOn(at, file.branch))
      return { choice: `${scope.manifest.path}:${at.node.start}`, branch: at.index };
  }
  const isUnit = unitLocation(displayText(file.path)) !== undefined;
  return isNear || !isUnit ? undefined : { choice: file, branch: undefined };
}

function isOn({ node, index }: Branch, way: Branch | undefined): boolean {
  for (let at = way; at !== undefined; at = at.outer) if (at.node === node) return at.index === index;
  return false;
}

/** Leads what was read from the whole text back to the fragments. */
class Places {
  readonly #fragments: readonly { readonly file: string; readonly start: number; readonly end: number }[];

  constructor(fragments: readonly ConcatFragment[]) {
    this.#fragments = fragments.map(({ text, span }) => {
      if (text === undefined) return span;
      const starts = text.segments.map(({ source }) => source);
      const ends = text.segments.map(({ source, sourceLength }) => source + sourceLength);
      return { file: text.file, start: Math.min(text.source, ...starts), end: Math.max(text.source, ...ends) };
    });
  }

  /** Of the fragment that an offset of the whole text lies in. */
  static indexOf(offset: number): number {
    return Math.floor(offset / stride) - 1;
  }

  /** Plain data with its spans and templates at their own places. */
  real(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((each) => this.real(each));
    if (typeof value !== 'object' || value === null) return value;
    if ('segments' in value && 'holes' in value) return this.#template(value as unknown as Template);
    const copy = Object.fromEntries(Object.entries(value).map(([key, each]) => [key, this.real(each)]));
    const { file, start, end } = copy;
    if (typeof file !== 'string' || typeof start !== 'number' || typeof end !== 'number' || start < stride) return copy;
    return { ...copy, ...this.#span(start, end) };
  }

  /** Of what goes over several fragments: all of those that stand in the file of the first. */
  #span(start: number, end: number): Span {
    const [first, last] = [Places.indexOf(start), Places.indexOf(end)];
    const file = this.#fragments[first]?.file ?? '';
    if (first === last) return { file, start: start % stride, end: end % stride };
    const same = this.#fragments.slice(first, last + 1).filter((each) => each.file === file);
    return { file, start: Math.min(...same.map((each) => each.start)), end: Math.max(...same.map((each) => each.end)) };
  }

  #template(template: Template): Template {
    const { source, segments } = template;
    if (source < stride) return template;
    const file = this.#fragments[Places.indexOf(source)]?.file ?? '';
    const home = source % stride;
    return {
      ...template,
      file,
      source: home,
      segments: segments.map((segment) => {
        const isHere = this.#fragments[Places.indexOf(segment.source)]?.file === file;
        return isHere ? { ...segment, source: segment.source % stride } : { ...segment, source: home, sourceLength: 0 };
      }),
    };
  }
}
