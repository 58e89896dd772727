/** puppet.conf: `[section]` headers, `key = value`, and comment lines that begin with `#`. */
import type { PuppetSettingFact } from '../../core/facts/puppet.ts';
import { linesOf, trimTemplate } from '../../core/lines.ts';
import type { Loader } from '../../core/loader.ts';
import type { SourceFile } from '../../core/source-file.ts';
import { fileTemplate, sliceTemplate, spanOf, type Template } from '../../core/template.ts';

export const loader: Loader = { facts: (file) => settings(file), ast: (file) => settings(file) };

function settings(file: SourceFile): readonly PuppetSettingFact[] {
  return puppetSettingFacts(fileTemplate(file.path, file.text));
}

/** The settings of a puppet.conf. */
export function puppetSettingFacts(text: Template): readonly PuppetSettingFact[] {
  const facts: PuppetSettingFact[] = [];
  let section = 'main';
  for (const raw of linesOf(text)) {
    const line = trimTemplate(raw);
    if (line.text === '' || line.text.startsWith('#')) continue;
    const header = /^\[([^\]]*)\]/.exec(line.text);
    if (header !== null) {
      section = header[1]?.trim() ?? '';
      continue;
    }
    const equals = line.text.indexOf('=');
    if (equals <= 0) continue;
    facts.push({
      kind: 'puppet.setting',
      span: spanOf(line),
      section,
      key: line.text.slice(0, equals).trim(),
      value: withoutMetadata(trimTemplate(sliceTemplate(line, equals + 1, line.text.length))),
    });
  }
  return facts;
}

/** File settings may end in `{owner = root, mode = 0644}`. */
function withoutMetadata(value: Template): Template {
  const brace = value.text.indexOf('{');
  return brace < 0 ? value : trimTemplate(sliceTemplate(value, 0, brace));
}
