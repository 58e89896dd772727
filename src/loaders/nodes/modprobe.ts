/** modprobe.d files: options of kernel modules (modprobe.d(5)). */
import type { Fact } from '../../core/fact.ts';
import { linesOf } from '../../core/lines.ts';
import type { Loader } from '../../core/loader.ts';
import { fileTemplate, spanOf, type Template } from '../../core/template.ts';

/** `options MODULE name=value ...`, one fact for each option. */
export function moduleOptionFacts(template: Template): readonly Fact[] {
  return linesOf(template).flatMap((line): readonly Fact[] => {
    const words = [...line.text.matchAll(/\S+/g)];
    const [command, module, ...options] = words;
    if (command?.[0] !== 'options' || module === undefined) return [];
    return options.flatMap(({ 0: option, index }): readonly Fact[] => {
      const equals = option.indexOf('=');
      if (equals <= 0) return [];
      return [
        {
          kind: 'kernel.module-option',
          span: spanOf(line, index, index + option.length),
          module: module[0].replaceAll('-', '_'),
          name: option.slice(0, equals),
          value: option.slice(equals + 1),
        },
      ];
    });
  });
}

export const loader: Loader = {
  facts: ({ path, text }) => moduleOptionFacts(fileTemplate(path, text)),
  ast: (file) => loader.facts(file),
};
