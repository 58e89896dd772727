/** Files that turn swap on at boot: /etc/fstab and zram-generator's configuration. */
import type { SwapDeviceFact } from '../../core/facts/node.ts';
import { spanOf, type Template } from '../../core/template.ts';

/** The lines of an fstab with the type `swap`, by fstab(5); those with the option `noauto` are not used at boot. */
export function fstabFacts(template: Template): readonly SwapDeviceFact[] {
  const facts: SwapDeviceFact[] = [];
  const line = /^[ \t]*([^\s#]\S*)[^\S\r\n]+\S+[^\S\r\n]+swap(?=\s|$)[^\S\r\n]*(\S*)/gm;
  for (const match of template.text.matchAll(line)) {
    const [whole, device = '', options = ''] = match;
    if (options.split(',').includes('noauto')) continue;
    const start = match.index + whole.indexOf(device);
    const span = spanOf(template, start, match.index + whole.length);
    facts.push({ kind: 'swap.device', span, device: spanText(template, start, device), source: 'fstab' });
  }
  return facts;
}

/**
 * The `[zramN]` sections of a zram-generator.conf(5): each is a swap device but where it has a file system, a mount point or
 * the size 0.
 */
export function zramGeneratorFacts(template: Template): readonly SwapDeviceFact[] {
  const facts: SwapDeviceFact[] = [];
  for (const match of template.text.matchAll(/^[ \t]*\[(zram\d+)\]([^[]*)/gm)) {
    const [whole, device = '', body = ''] = match;
    if (
      /^[ \t]*(?:mount-point|fs-type[^\S\r\n]*=(?![^\S\r\n]*swap\b)|zram-(?:size|fraction)[^\S\r\n]*=[^\S\r\n]*0[^\S\r\n]*$)/m.test(
        body,
      )
    )
      continue;
    const start = match.index + whole.indexOf('[');
    const span = spanOf(template, start, start + device.length + 2);
    facts.push({ kind: 'swap.device', span, device, source: 'zram-generator' });
  }
  return facts;
}

/** A device's name, with the name of a hole where there is one. */
function spanText(template: Template, start: number, device: string): string {
  const hole = template.holes.find(({ at }) => at >= start && at < start + device.length);
  return hole === undefined ? device : hole.label;
}
