/** How often the Puppet agent runs, as the modules that set it up are told: as settings of puppet.conf. */
import type { PuppetSettingFact } from '../../core/facts/puppet.ts';
import type { Span } from '../../core/span.ts';
import { literalText, spanOf, TemplateBuilder, type Template } from '../../core/template.ts';
import { literalOf, placeText, texts, type EvaluatedResource, type PuppetValue } from './evaluated.ts';

/** Classes that set up the agent, with the parameter that holds the time between two runs. */
const intervals: ReadonlyMap<string, string> = new Map([
  ['puppet', 'runinterval'],
  ['puppet::agent', 'runinterval'],
]);

/** Keys of Hiera that say the same for classes of modules which are not in the tree. */
export const agentKeys: readonly string[] = [
  ...[...intervals].map(([name, parameter]) => `${name}::${parameter}`),
  'puppet_agent::config',
];

/** `class { 'puppet': runinterval => 1200 }`, `class { 'puppet_agent': config => [...] }` */
export function agentClassFacts({ type, title, attributes }: EvaluatedResource): readonly PuppetSettingFact[] {
  const [text] = title;
  const name = text === undefined ? undefined : literalText(text)?.replace(/^::/, '');
  if (type !== 'class' || name === undefined) return [];
  if (name === 'puppet_agent') return configFacts(attributes.get('config')?.value ?? []);
  const interval = attributes.get(intervals.get(name) ?? '');
  return interval === undefined ? [] : intervalFacts(interval.value, interval.span);
}

/** What Hiera holds for such a key. */
export function agentDataFacts(key: string, values: readonly PuppetValue[]): readonly PuppetSettingFact[] {
  return values.flatMap((value) => (key === 'puppet_agent::config' ? configFacts(value) : intervalFacts(value)));
}

/** `[{ section => 'agent', setting => 'runinterval', value => '1h' }]` */
function configFacts(value: PuppetValue): readonly PuppetSettingFact[] {
  return value.flatMap((one) => {
    if (one.type !== 'array') return [];
    return one.elements.flatMap((element) => {
      const [entry] = element;
      if (element.length !== 1 || entry?.type !== 'hash') return [];
      const field = (name: string) => entry.entries.get(name)?.value;
      if (literalOf(field('setting')) !== 'runinterval' || literalOf(field('ensure')) === 'absent') return [];
      const section = literalOf(field('section'));
      return section === undefined ? [] : intervalFacts(field('value') ?? [], undefined, section);
    });
  });
}

function intervalFacts(value: PuppetValue, span?: Span, section = 'agent'): readonly PuppetSettingFact[] {
  return texts(value)
    .filter((text) => literalText(text) !== undefined)
    .map((text) => {
      const at = span ?? spanOf(text);
      return { kind: 'puppet.setting', span: at, section, key: 'runinterval', value: atPlace(text, at) };
    });
}

function atPlace(text: Template, span: Span): Template {
  return text.file === span.file
    ? text
    : new TemplateBuilder(span.file, span.start).append(placeText(text, span)).build();
}
