/** Resources that set one thing of a node: kernel parameters, options of modules, services, lines of known files. */
import type { ModprobeFact } from '../../core/facts/puppet.ts';
import type { Fact } from '../../core/fact.ts';
import type { Span } from '../../core/span.ts';
import { sysctlKey } from '../../core/sysctl-key.ts';
import { HOLE, literalText, sliceTemplate, TemplateBuilder, type Template } from '../../core/template.ts';
import { lineFacts } from './documents.ts';
import {
  elementsOf,
  literalOf,
  placeText,
  plainText,
  texts,
  type EvaluatedAttribute,
  type EvaluatedResource,
  type PuppetValue,
} from './evaluated.ts';

type Reader = (resource: EvaluatedResource) => readonly Fact[];

const readers: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['sysctl', sysctlSetting],
  ['sysctl::value', sysctlSetting],
  ['sysctl::configuration', sysctlSetting],
  ['sysctl::parameters', sysctlParameters],
  ['service', serviceState],
  ['schedule', scheduleTimes],
  ['kmod::option', moduleOption],
  ['kmod::blacklist', (resource) => moduleSettings(resource, 'blacklist', undefined)],
  ['kmod::install', (resource) => moduleSettings(resource, 'install', resource.attributes.get('command'))],
  ['kmod::alias', (resource) => moduleSettings(resource, 'alias', undefined)],
  ['augeas', augeasChanges],
  ['ini_setting', iniSetting],
  ['ini_subsetting', iniSubsetting],
  ['shellvar', shellVariable],
]);

/** Types of resources that `settingFacts` reads. */
export const settingTypes: ReadonlySet<string> = new Set(readers.keys());

/** The facts of a resource that sets one thing; of a resource that takes it away there are none. */
export function settingFacts(resource: EvaluatedResource): readonly Fact[] {
  if (resource.form !== 'regular' || literalOf(resource.attributes.get('ensure')?.value) === 'absent') return [];
  return readers.get(resource.type)?.(resource) ?? [];
}

/** `sysctl { 'vm.swappiness': value => '10' }`, by the modules that have such a type. */
function sysctlSetting(resource: EvaluatedResource): readonly Fact[] {
  const { attributes } = resource;
  const value = attributes.get('value') ?? attributes.get('val');
  if (value === undefined) return [];
  const named = attributes.get('key') ?? attributes.get('name');
  const keys = named === undefined ? resource.title : texts(named.value);
  const target = literalOf(attributes.get('target')?.value);
  return keys.flatMap((key) => sysctlFact(literalText(key), value.value, value.span, resource.span, baseName(target)));
}

/** `sysctl::parameters { 'name': values => { 'vm.swappiness' => 10 } }` */
function sysctlParameters(resource: EvaluatedResource): readonly Fact[] {
  const values = resource.attributes.get('values');
  const [hash, ...others] = values?.value ?? [];
  if (values === undefined || hash?.type !== 'hash' || others.length > 0) return [];
  return [...hash.entries].flatMap(([key, { value }]) => sysctlFact(key, value, values.span, resource.span, undefined));
}

function sysctlFact(
  key: string | undefined,
  value: EvaluatedAttribute['value'],
  at: Span,
  entry: Span,
  fileName: string | undefined,
): readonly Fact[] {
  if (key === undefined || !/^[\w./*-]+$/.test(key)) return [];
  const text = oneText(value, at);
  const span = text.source >= at.start && text.source < at.end ? { ...at, start: text.source } : at;
  return [
    {
      kind: 'sysctl.setting',
      span: { ...span, end: at.end },
      entry,
      key: sysctlKey(key),
      value: text,
      source: 'puppet',
      fileName,
      ignoreErrors: false,
    },
  ];
}

function baseName(path: string | undefined): string | undefined {
  return path?.slice(path.lastIndexOf('/') + 1);
}

/** The text of a value, at a place of the manifest; a hole if there are several or none. */
function oneText(value: EvaluatedAttribute['value'], at: Span): Template {
  const [text, ...others] = texts(value);
  return placeText(text === undefined || others.length > 0 ? plainText(HOLE) : text, at);
}

function serviceState(resource: EvaluatedResource): readonly Fact[] {
  const { attributes, titleSpan } = resource;
  const named = attributes.get('name');
  const ensure = literalOf(attributes.get('ensure')?.value);
  const enable = literalOf(attributes.get('enable')?.value);
  const running = ensure === 'running' || ensure === 'true' ? true : ensure === undefined ? undefined : false;
  const enabled =
    enable === 'mask' || enable === 'manual' ? enable : enable === undefined ? undefined : enable === 'true';
  return (named === undefined ? resource.title : texts(named.value)).flatMap((text): readonly Fact[] => {
    const name = literalText(text);
    return name === undefined ? [] : [{ kind: 'puppet.service', span: titleSpan, name, running, enabled }];
  });
}

/** `schedule { 'nightly': period => daily, range => '2 - 4' }` */
function scheduleTimes(resource: EvaluatedResource): readonly Fact[] {
  const { attributes, span, splat } = resource;
  const period = literalOf(attributes.get('period')?.value);
  const repeat = attributes.has('repeat') ? Number(literalOf(attributes.get('repeat')?.value)) : 1;
  const lists = ['range', 'weekday'].map((name) =>
    elementsOf(attributes.get(name)?.value ?? noElements).map(literalOf),
  );
  const [ranges = [], weekdays = []] = lists.map((list) => list.filter((each) => each !== undefined));
  const complete =
    !splat &&
    attributes.has('period') === (period !== undefined) &&
    Number.isInteger(repeat) &&
    repeat > 0 &&
    lists.every((list) => !list.includes(undefined));
  return resource.title.flatMap((title): readonly Fact[] => {
    const name = literalText(title);
    return name === undefined
      ? []
      : [{ kind: 'puppet.schedule', span, name, period, repeat, ranges, weekdays, complete }];
  });
}

const noElements: PuppetValue = [{ type: 'array', elements: [], open: false }];

/** `kmod::option { 'nf_conntrack hashsize': module => 'nf_conntrack', option => 'hashsize', value => '32768' }` */
function moduleOption(resource: EvaluatedResource): readonly Fact[] {
  const { attributes } = resource;
  const option = literalOf(attributes.get('option')?.value) ?? resource.title.map(literalText)[0];
  const value = attributes.get('value');
  const named = attributes.get('module');
  const module = named === undefined ? resource.title.map(literalText)[0] : literalOf(named.value);
  const text = literalOf(value?.value);
  if (module === undefined || option === undefined || value === undefined || text === undefined) return [];
  const name = module.replaceAll('-', '_');
  return [{ kind: 'kernel.module-option', span: value.span, module: name, name: option, value: text }];
}

function moduleSettings(
  resource: EvaluatedResource,
  directive: ModprobeFact['directive'],
  value: EvaluatedAttribute | undefined,
): readonly Fact[] {
  return resource.title.flatMap((title) => {
    const module = literalText(title);
    if (module === undefined) return [];
    const name = module.replaceAll('-', '_');
    const command = value && oneText(value.value, value.span);
    return [{ kind: 'kernel.module-setting', span: resource.titleSpan, module: name, directive, value: command }];
  });
}

/** The change of a boot parameter, with the path before it and the value, which stands in quotes or not. */
const grubValue =
  /^\s*set\s+(\S*?)GRUB_CMDLINE_LINUX(?:_DEFAULT)?(?:\/[\w.-]+(?:\[[^\]]*\])?)?\s+(?:["']{1,2}([^]*?)["']{1,2}|(\S[^]*))$/d;

/** Changes of /etc/default/grub: `set GRUB_CMDLINE_LINUX/value[last()+1] nokmem`. */
function augeasChanges(resource: EvaluatedResource): readonly Fact[] {
  const { attributes } = resource;
  const context = literalOf(attributes.get('context')?.value) ?? '';
  const changes = attributes.get('changes');
  if (changes === undefined) return [];
  return elementsOf(changes.value)
    .flatMap(texts)
    .flatMap((change): readonly Fact[] => {
      const match = grubValue.exec(change.text.trimEnd());
      if (match === null || !/\/etc\/default\/grub/.test(`${context}/${match[1] ?? ''}`)) return [];
      const [from, to] = match.indices?.[2] ?? match.indices?.[3] ?? [0, 0];
      const text = placeText(sliceTemplate(change, from, to), changes.span);
      return [{ kind: 'kernel.parameters', source: 'puppet', span: resource.span, text }];
    });
}

/** A setting of puppet.conf or of an environment file. */
function iniSetting(resource: EvaluatedResource): readonly Fact[] {
  const { attributes, span } = resource;
  const key = literalOf(attributes.get('setting')?.value);
  const value = attributes.get('value');
  const path = literalOf(attributes.get('path')?.value);
  if (key === undefined || value === undefined || path === undefined) return [];
  const text = oneText(value.value, value.span);
  if (/^\/etc\/(?:puppetlabs\/)?puppet\/puppet\.conf$/.test(path)) {
    const section = literalOf(attributes.get('section')?.value);
    return section === undefined
      ? []
      : [{ kind: 'puppet.setting', span, section: section || 'main', key, value: text }];
  }
  return assignmentFacts(key, text, path, value.span);
}

/** `ini_subsetting { 'x': path => '/etc/default/grub', setting => 'GRUB_CMDLINE_LINUX', subsetting => 'audit', value => '=1' }` */
function iniSubsetting(resource: EvaluatedResource): readonly Fact[] {
  const { attributes } = resource;
  const [path, key, name] = ['path', 'setting', 'subsetting'].map((each) => literalOf(attributes.get(each)?.value));
  const value = attributes.get('value');
  if (path === undefined || key === undefined || name === undefined || value === undefined) return [];
  const { span } = value;
  const text = new TemplateBuilder(span.file, span.start).text(name, span.start, 0).append(oneText(value.value, span));
  return assignmentFacts(key, text.build(), path, span);
}

/** `shellvar { 'GRUB_CMDLINE_LINUX': target => '/etc/default/grub', value => ... }` */
function shellVariable(resource: EvaluatedResource): readonly Fact[] {
  const { attributes } = resource;
  const value = attributes.get('value');
  const target = literalOf(attributes.get('target')?.value);
  const named = attributes.get('variable') ?? attributes.get('name');
  const key = named === undefined ? resource.title.map(literalText)[0] : literalOf(named.value);
  if (value === undefined || target === undefined || key === undefined) return [];
  return elementsOf(value.value).flatMap((element) =>
    assignmentFacts(key, oneText(element, value.span), target, value.span),
  );
}

/** The facts of a line `KEY="value"` in a file. */
function assignmentFacts(key: string, value: Template, path: string, at: Span): readonly Fact[] {
  const quote = /["\\\n]/.test(value.text) ? '' : '"';
  const text = new TemplateBuilder(at.file, at.start).text(`${key}=${quote}`, at.start, 0).append(value);
  return lineFacts(text.text(`${quote}\n`, at.end, 0).build(), plainText(path));
}
