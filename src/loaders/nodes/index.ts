/** Files that say what a node has: modules-load.d, /etc/default/grub, apt's preferences, logind.conf, fstab, zram-generator.conf. */
import type { Fact } from '../../core/fact.ts';
import type { Loader } from '../../core/loader.ts';
import { fileTemplate, sliceTemplate, spanOf, type Template } from '../../core/template.ts';
import { bootParameters } from './boot-parameters.ts';
import { fstabFacts, zramGeneratorFacts } from './swap.ts';

/** A modules-load.d file: one module a line, `#` and `;` begin comment lines. */
export function modulesLoadFacts(template: Template): readonly Fact[] {
  const facts: Fact[] = [];
  for (const match of template.text.matchAll(/^[^\S\r\n\u2028\u2029]*([^\s#;]\S*)/gm)) {
    const [whole, name = ''] = match;
    const start = match.index + whole.indexOf(name);
    const span = spanOf(template, start, start + name.length);
    facts.push({ kind: 'kernel.module', span, name: name.replaceAll('-', '_'), source: 'modules-load' });
  }
  return facts;
}

/** GRUB's defaults: the boot parameters in `GRUB_CMDLINE_LINUX` and `GRUB_CMDLINE_LINUX_DEFAULT`. */
export function grubDefaultFacts(template: Template): readonly Fact[] {
  const facts: Fact[] = [];
  const pattern =
    /^[^\S\r\n\u2028\u2029]*(?:export[^\S\r\n\u2028\u2029]+)?GRUB_CMDLINE_LINUX(?:_DEFAULT)?\+?=("(?:[^"\\\n]+|\\[^])*"?|'[^'\n]*'?|[^\s]*)/gm;
  for (const match of template.text.matchAll(pattern)) {
    const [whole, written = ''] = match;
    const start = match.index + whole.length - written.length;
    const quote = /^(["'])/.exec(written)?.[1];
    const opened = quote === undefined ? 0 : 1;
    const closed = quote !== undefined && written.length > 1 && written.endsWith(quote) ? 1 : 0;
    const value = sliceTemplate(template, start + opened, start + written.length - closed);
    facts.push({
      kind: 'kernel.parameters',
      span: spanOf(value),
      text: quote === "'" ? value : bootParameters(value),
      source: 'grub-default',
    });
  }
  return facts;
}

/** apt's preferences: packages whose version is pinned. */
export function aptPreferencesFacts(template: Template): readonly Fact[] {
  const facts: Fact[] = [];
  let start = 0;
  for (const stanza of template.text.split(/(?<=\n)[^\S\n]*\r?\n/)) {
    const at = template.text.indexOf(stanza, start);
    start = at + stanza.length;
    const names = /^Package:[^\S\n]*(\S[^\n]*)/m.exec(stanza)?.[1]?.trim().split(/\s+/) ?? [];
    const pin = /^Pin:[^\S\n]*version[^\S\n]+(\S+)/m.exec(stanza);
    const version = pin?.[1];
    if (pin === null || version === undefined) continue;
    const from = at + pin.index + pin[0].length - version.length;
    const text = sliceTemplate(template, from, from + version.length);
    for (const name of names) facts.push({ kind: 'package', span: spanOf(text), name, version: text, source: 'apt' });
  }
  return facts;
}

/** logind's configuration: how long programs may delay a shutdown. `logind.conf` itself sorts before all drop-ins. */
export function logindFacts(template: Template): readonly Fact[] {
  const inForce = [
    ...template.text.matchAll(/^[^\S\r\n\u2028\u2029]*InhibitDelayMaxSec[^\S\n]*=[^\S\n]*([^\s#][^\n]*)/gm),
  ].at(-1);
  const written = inForce?.[1]?.trimEnd();
  if (inForce === undefined || written === undefined) return [];
  const start = inForce.index + inForce[0].length - (inForce[1]?.length ?? 0);
  const value = sliceTemplate(template, start, start + written.length);
  const name = template.file.slice(template.file.lastIndexOf('/') + 1);
  const fileName = template.file.endsWith('logind.conf') ? '' : name;
  return [{ kind: 'logind.inhibit-delay', span: spanOf(value), value, fileName }];
}

export const loader: Loader = {
  facts: ({ path, text, kind }) => {
    const template = fileTemplate(path, text);
    switch (kind) {
      case 'logind-conf':
        return logindFacts(template);
      case 'apt-preferences':
        return aptPreferencesFacts(template);
      case 'grub-default':
        return grubDefaultFacts(template);
      case 'fstab':
        return fstabFacts(template);
      case 'zram-generator':
        return zramGeneratorFacts(template);
      default:
        return modulesLoadFacts(template);
    }
  },
  ast: (file) => loader.facts(file),
};
