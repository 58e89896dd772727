import { sliceTemplate, spanOf, TemplateBuilder, type Template } from '../../core/template.ts';

/**
 * A value of a shell file with its expansions as holes. `$GRUB_CMDLINE_LINUX` and `$GRUB_CMDLINE_LINUX_DEFAULT` are left out:
 * they stand for another line of the same file, which is read for itself.
 */
export function bootParameters(value: Template): Template {
  const builder = new TemplateBuilder(value.file, value.source);
  let done = 0;
  for (const match of value.text.matchAll(/\$\{[^{}]*\}|\$\([^()]*\)|\$\w+|`[^`]*`/g)) {
    const end = match.index + match[0].length;
    builder.append(sliceTemplate(value, done, match.index));
    done = end;
    if (/^\$\{?GRUB_CMDLINE_LINUX(?:_DEFAULT)?\}?$/.test(match[0])) continue;
    const span = spanOf(value, match.index, end);
    builder.hole(match[0], span.start, span.end - span.start);
  }
  return builder.append(sliceTemplate(value, done, value.text.length)).build();
}
