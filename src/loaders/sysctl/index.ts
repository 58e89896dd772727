/** Files that set kernel parameters: sysctl.conf and sysctl.d/*.conf. */
import type { SysctlSettingFact } from '../../core/facts/sysctl.ts';
import { linesOf, trimTemplate } from '../../core/lines.ts';
import type { Loader } from '../../core/loader.ts';
import { sysctlKey } from '../../core/sysctl-key.ts';
import { fileTemplate, HOLE, sliceTemplate, spanOf, type Template } from '../../core/template.ts';

/**
 * The settings of a sysctl.d text. Lines that are no `key = value`, such as those that only exclude a key, and keys with
 * unknown parts are left out.
 *
 * @param fileName of the file on the node, by default that of the text; `undefined` if it is not known
 */
export function sysctlFacts(
  text: Template,
  source: SysctlSettingFact['source'] = 'sysctl.d',
  fileName: string | undefined = baseName(text.file),
): readonly SysctlSettingFact[] {
  return linesOf(text).flatMap((line) => {
    const entry = trimTemplate(line);
    const equals = entry.text.indexOf('=');
    if (equals < 0 || entry.text.startsWith('#') || entry.text.startsWith(';')) return [];
    const written = sliceTemplate(entry, 0, equals).text.trim();
    const ignoreErrors = written.startsWith('-');
    const key = ignoreErrors ? written.slice(1).trim() : written;
    if (key === '' || key.includes(HOLE) || /\s/.test(key)) return [];
    const value = trimTemplate(sliceTemplate(entry, equals + 1, entry.text.length));
    const span = value.text === '' ? spanOf(entry, 0, written.length) : spanOf(value);
    return [
      {
        kind: 'sysctl.setting',
        span,
        entry: spanOf(entry),
        key: sysctlKey(key),
        value,
        source,
        fileName,
        ignoreErrors,
      },
    ];
  });
}

export const loader: Loader = {
  facts: ({ path, text }) => sysctlFacts(fileTemplate(path, text)),
  ast: (file) => loader.facts(file),
};

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
