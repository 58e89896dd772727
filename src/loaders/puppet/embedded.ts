/** Texts that resources put on the node: files, units, drop-ins and timers, each with the place it is written to. */
import type { Fact } from '../../core/fact.ts';
import type { Span } from '../../core/span.ts';
import type { Expression } from '../../core/puppet-ast.ts';
import { displayText, HOLE, TemplateBuilder, type Template } from '../../core/template.ts';
import { unitLink, unitTypeOf } from '../../core/unit-place.ts';
import { documentFacts, lineFacts, mayMatter, takesScriptsOnly } from './documents.ts';
import {
  elementsOf,
  literalOf,
  placeText,
  plainText,
  texts,
  type EvaluatedAttribute,
  type EvaluatedResource,
  type ExpansionContext,
  type HashAlternative,
  type PuppetValue,
} from './evaluated.ts';
import { sourceFileOf } from './templates.ts';

/** Types of resources that `embeddedFacts` reads. */
export const embeddingTypes: ReadonlySet<string> = new Set([
  'file',
  'file_line',
  'systemd::dropin_file',
  'systemd::manage_dropin',
  'systemd::manage_unit',
  'systemd::service',
  'systemd::timer',
  'systemd::timer_wrapper',
  'systemd::unit',
  'systemd::unit_file',
]);

/** Alternatives of a text that are read; a resource with more of them is generated. */
const maximumTexts = 4;

/** The facts of the texts that a resource puts on the node. */
export function embeddedFacts(resource: EvaluatedResource, context: ExpansionContext): readonly Fact[] {
  const state = literalOf(resource.attributes.get('ensure')?.value);
  if (resource.form !== 'regular' || state === 'absent' || state === 'directory') return [];
  switch (resource.type) {
    case 'file':
      return fileFacts(resource, context);
    case 'file_line':
      return pathsOf(resource, 'path').flatMap((path) =>
        contentsOf(resource, context, 'line').flatMap(({ text }) => lineFacts(text, path)),
      );
    case 'systemd::timer':
      return timerFacts(resource, context);
    case 'systemd::timer_wrapper':
      return timerWrapperFacts(resource);
    case 'systemd::manage_unit':
    case 'systemd::manage_dropin':
      return entryFacts(resource);
    case 'systemd::unit_file':
    case 'systemd::dropin_file':
    case 'systemd::service':
    case 'systemd::unit':
      return unitFacts(resource, context);
    default:
      return [];
  }
}

function fileFacts(resource: EvaluatedResource, context: ExpansionContext): readonly Fact[] {
  const paths = pathsOf(resource, 'path').filter(mayMatter);
  if (paths.length === 0) return [];
  const target = literalOf(resource.attributes.get('target')?.value);
  if (target !== undefined) return paths.flatMap((path) => linkFacts(resource, path, target));
  if (paths.every(takesScriptsOnly) && isNoScript(resource.attributes.written?.('content'))) return [];
  // Which text goes to which of several places is not known, and a text at the wrong place says what is not so.
  if (pathsOf(resource, 'path').length > 1 && contentsOf(resource, context, 'content', 'source').length > 1) return [];
  return paths.flatMap((path) => deploy(resource, context, path, 'content', 'source'));
}

/** Whether a text surely does not begin with `#!`, by the first characters as they are written. */
function isNoScript(content: Expression | undefined): boolean {
  const text = content?.type === 'Heredoc' ? content.text : content;
  if (text?.type === 'StringLiteral') return !text.value.startsWith('#!');
  const first = text?.type === 'InterpolatedString' ? text.parts[0] : undefined;
  return first?.type === 'StringText' && !first.value.startsWith('#');
}

function linkFacts({ span }: EvaluatedResource, path: Template, target: string): readonly Fact[] {
  const link = unitLink(displayText(path), target);
  return link === undefined || link.layer === 'other' ? [] : [{ ...link, span }];
}

/** `systemd::unit_file { 'a.service': content => ... }` and its kin, also those that take a name without its type. */
function unitFacts(resource: EvaluatedResource, context: ExpansionContext): readonly Fact[] {
  const { type, attributes } = resource;
  const directory = literalOf(attributes.get('path')?.value) ?? '/etc/systemd/system';
  if (type === 'systemd::unit_file') {
    const target = literalOf(attributes.get('target')?.value);
    return resource.title.flatMap((name) => {
      const path = joined(resource, [`${directory}/`, name]);
      return target === undefined
        ? deploy(resource, context, path, 'content', 'source')
        : linkFacts(resource, path, target);
    });
  }
  if (type === 'systemd::dropin_file') {
    return pathsOf(resource, 'unit').flatMap((unit) =>
      pathsOf(resource, 'filename').flatMap((name) =>
        deploy(resource, context, joined(resource, [`${directory}/`, unit, '.d/', name]), 'content', 'source'),
      ),
    );
  }
  const isDropIn = literalOf(attributes.get('override')?.value) === 'true';
  return pathsOf(resource, 'unit').flatMap((name) => {
    const unit = unitTypeOf(name.text) === undefined ? joined(resource, [name, '.service']) : name;
    const ending = isDropIn ? '.d/override.conf' : '';
    return deploy(resource, context, joined(resource, ['/etc/systemd/system/', unit, ending]), 'content', 'source');
  });
}

/** `systemd::timer { 'a.timer': timer_content => ..., service_content => ... }` */
function timerFacts(resource: EvaluatedResource, context: ExpansionContext): readonly Fact[] {
  const service = resource.attributes.get('service_unit');
  return resource.title.flatMap((timer) => {
    const [named] = service === undefined ? [] : texts(service.value);
    const name = named ?? withType(timer, 'service');
    const timerPath = joined(resource, ['/etc/systemd/system/', timer]);
    const servicePath = joined(resource, ['/etc/systemd/system/', name]);
    return [
      ...deploy(resource, context, timerPath, 'timer_content', 'timer_source'),
      ...deploy(resource, context, servicePath, 'service_content', 'service_source'),
    ];
  });
}

/** `a.service` of `a.timer`; a name without a type gets one. */
function withType(name: Template, type: string): Template {
  const { text } = name;
  const base = unitTypeOf(text) === undefined ? text : text.slice(0, text.lastIndexOf('.'));
  if (!base.includes(HOLE)) return plainText(`${base}.${type}`);
  const shown = displayText(name);
  return plainText(`${unitTypeOf(shown) === undefined ? shown : shown.slice(0, shown.lastIndexOf('.'))}.${type}`);
}

const onCalendarSettings: readonly (readonly [attribute: string, setting: string])[] = [
  ['on_active_sec', 'OnActiveSec'],
  ['on_boot_sec', 'OnBootSec'],
  ['on_start_up_sec', 'OnStartUpSec'],
  ['on_unit_active_sec', 'OnUnitActiveSec'],
  ['on_unit_inactive_sec', 'OnUnitInactiveSec'],
  ['on_calendar', 'OnCalendar'],
];

/** `systemd::timer_wrapper { 'a': command => ..., on_calendar => ... }`: a timer and a service of type oneshot. */
function timerWrapperFacts(resource: EvaluatedResource): readonly Fact[] {
  const { attributes } = resource;
  const timer = new EntryText(resource).section('Timer', resource.titleSpan);
  for (const [name, setting] of onCalendarSettings) timer.attribute(setting, attributes.get(name));
  timer.hash('Timer', attributes.get('timer_overrides')).hash('Unit', attributes.get('timer_unit_overrides'));
  const service = new EntryText(resource).section('Service', resource.titleSpan);
  service.line('Type', plainText('oneshot'), resource.titleSpan);
  service.attribute('ExecStartPre', attributes.get('pre_command')).attribute('ExecStart', attributes.get('command'));
  service.attribute('ExecStartPost', attributes.get('post_command')).attribute('User', attributes.get('user'));
  service.hash('Service', attributes.get('service_overrides')).hash('Unit', attributes.get('service_unit_overrides'));
  return resource.title.flatMap((title) => [
    ...documentFacts(timer.build(), joined(resource, ['/etc/systemd/system/', title, '.timer'])),
    ...documentFacts(service.build(), joined(resource, ['/etc/systemd/system/', title, '.service'])),
  ]);
}

/** `systemd::manage_unit` and `systemd::manage_dropin`: each section is a hash, `service_entry => { 'Type' => 'simple' }`. */
function entryFacts(resource: EvaluatedResource): readonly Fact[] {
  const { attributes, type } = resource;
  const text = new EntryText(resource);
  for (const [name, attribute] of attributes) {
    const section = /^([a-z]+)_entry$/.exec(name)?.[1];
    if (section !== undefined) text.hash(section.charAt(0).toUpperCase() + section.slice(1), attribute);
  }
  if (resource.splat) text.unknownLine(resource.span);
  const directory = literalOf(attributes.get('path')?.value) ?? '/etc/systemd/system';
  const unit = text.build();
  if (type === 'systemd::manage_unit') {
    return pathsOf(resource, 'name').flatMap((name) => documentFacts(unit, joined(resource, [`${directory}/`, name])));
  }
  return pathsOf(resource, 'unit').flatMap((name) =>
    pathsOf(resource, 'filename').flatMap((fileName) =>
      documentFacts(unit, joined(resource, [`${directory}/`, name, '.d/', fileName])),
    ),
  );
}

/** A unit's text put together from values of the manifest, so that each assignment points to where its value stands. */
class EntryText {
  readonly #builder: TemplateBuilder;

  constructor({ span }: EvaluatedResource) {
    this.#builder = new TemplateBuilder(span.file, span.start);
  }

  section(name: string, at: Span): this {
    this.#builder.text(`[${name}]\n`, at.start, 0);
    return this;
  }

  /** One assignment, at a place of the manifest. */
  line(key: string, value: Template, at: Span): this {
    this.#builder.text(`${key}=`, at.start, 0).append(within(value, at)).text('\n', at.end, 0);
    return this;
  }

  /** One assignment for each element of an array. */
  attribute(key: string, attribute: EvaluatedAttribute | undefined): this {
    return attribute === undefined ? this : this.#lines(key, attribute.value, attribute.span);
  }

  /** A section from a hash; with entries that are not known, any line may follow. */
  hash(section: string, attribute: EvaluatedAttribute | undefined): this {
    if (attribute === undefined) return this;
    const { span, value } = attribute;
    this.section(section, span);
    const hash = onlyHash(value);
    for (const [key, item] of hash?.entries ?? []) {
      const start = isWithin(item.key, span) ? item.key.source : span.start;
      this.#lines(key, item.value, { ...span, start });
    }
    return hash?.open === false ? this : this.unknownLine(span);
  }

  unknownLine({ start }: Span): this {
    this.#builder.hole('…', start, 0).text('\n', start, 0);
    return this;
  }

  build(): Template {
    return this.#builder.build();
  }

  #lines(key: string, value: PuppetValue, at: Span): this {
    for (const element of elementsOf(value)) {
      const [text, ...others] = texts(element);
      if (text !== undefined) this.line(key, others.length === 0 ? text : holeText, at);
    }
    return this;
  }
}

const holeText = plainText(HOLE);

function isWithin({ file, source }: Template, span: Span): boolean {
  return file === span.file && span.start <= source && source <= span.end;
}

/** A text that may stand somewhere else, or nowhere, as one of this place. */
function within(text: Template, at: Span): Template {
  return isWithin(text, at) ? text : placeText(text, at);
}

function onlyHash(value: PuppetValue): HashAlternative | undefined {
  const [first] = value;
  return value.length === 1 && first?.type === 'hash' ? first : undefined;
}

/** The facts of what `content` or `source` puts at `path`; a file of the tree has its own facts no more. */
function deploy(
  resource: EvaluatedResource,
  context: ExpansionContext,
  path: Template,
  content: string,
  source: string,
): readonly Fact[] {
  return contentsOf(resource, context, content, source).flatMap(({ text, deployed }): readonly Fact[] => {
    const facts = documentFacts(text, path);
    if (!deployed || facts.length === 0) return facts;
    const { span } = resource;
    return [...facts, { kind: 'puppet.deployed', span, path: text.file, destination: displayText(path) }];
  });
}

interface Content {
  readonly text: Template;
  /** It stands in a file of the tree that is no manifest. */
  readonly deployed: boolean;
}

/** The texts that an attribute holds or, if it is not there, those of the files that `source` names. */
function contentsOf(
  resource: EvaluatedResource,
  context: ExpansionContext,
  content: string,
  source?: string,
): readonly Content[] {
  const written = resource.attributes.get(content);
  if (written?.value.some(({ type }) => type !== 'undef') === true) {
    return texts(written.value)
      .slice(0, maximumTexts)
      .map((text) => ({ text: text.file === '' ? placeText(text, written.span) : text, deployed: isModuleFile(text) }));
  }
  const named = source === undefined ? undefined : resource.attributes.get(source);
  // Of several sources Puppet takes the first that there is.
  const candidates = named === undefined ? [] : elementsOf(named.value).flatMap(texts);
  for (const candidate of candidates) {
    const text = sourceFileOf(context, candidate);
    if (text !== undefined) return [{ text, deployed: true }];
  }
  return [];
}

/** The one text that `content` or `source` gives; `undefined` if it is not known, or one of several. */
export function contentOf(resource: EvaluatedResource, context: ExpansionContext): Template | undefined {
  const [only, ...others] = contentsOf(resource, context, 'content', 'source');
  return others.length > 0 ? undefined : only?.text;
}

function isModuleFile({ file }: Template): boolean {
  return /(?:^|\/)(?:templates|files)\//.test(file) && !file.endsWith('.pp');
}

/** What an attribute says, or else the title: alternatives of a path or name. */
export function pathsOf(resource: EvaluatedResource, attribute: string): readonly Template[] {
  const named = resource.attributes.get(attribute);
  return named === undefined ? resource.title : texts(named.value);
}

/** A path for the node put together from parts; what is not known stays a hole that shows as it is written. */
function joined({ titleSpan }: EvaluatedResource, parts: readonly (string | Template)[]): Template {
  const builder = new TemplateBuilder(titleSpan.file, titleSpan.start);
  const length = titleSpan.end - titleSpan.start;
  for (const part of parts) {
    if (typeof part === 'string') builder.text(part, titleSpan.start, length);
    else builder.append(placeText(part, titleSpan));
  }
  return builder.build();
}
