import { defineRule } from '../../core/define-rule.ts';
import type { Fix } from '../../core/finding.ts';
import { once } from '../../core/once.ts';
import { literalText } from '../../core/template.ts';
import type { Directive } from '../../knowledge/systemd-directives.ts';
import { isListType, valueFault } from '../../model/setting-value.ts';
import { fileFault, unitFault } from '../../model/unit-load.ts';
import { inlineComment, settingFacts, unitSettings } from '../../model/unit-settings.ts';
import type { Assignment, Unit } from '../../model/units.ts';

export default defineRule({
  id: 'systemd/invalid-value',
  severity: 'warning',
  confidence: 'high',
  summary: 'A value that systemd cannot read, so it keeps the default or an older one.',
  needs: [...settingFacts, 'unit.problem', 'unit.link', 'node', 'package'],
  startsFrom: ['unit.assignment'],
  messages: {
    value: "'{value}' is no {expected}, so systemd ignores '{key}=' here and keeps the default or an older value.",
    word: "'{word}' in '{key}=' is no {expected}, so systemd ignores it.",
    list: "'{key}=' is no {expected}, so systemd ignores it from there on.",
  },
  check({ model, report }) {
    const fatal = once(() => new Set(model.units.all.flatMap(faultPlaces)));
    for (const setting of unitSettings(model)) {
      const { assignment, directive } = setting;
      const { key, section, span, unit, value, valueSpan } = assignment;
      const fault = directive && valueFault(directive, value);
      if (fault === undefined || fatal().has(`${span.file}:${span.start}`) || inlineComment(setting) !== undefined)
        continue;
      const { expected, word } = fault;
      const shown = shorten(word ?? literalText(value) ?? '');
      const place = { at: valueSpan, key: `${unit}/${section}/${key}=${shown}` };
      if (fault.unreadable === true) report({ message: 'list', data: { key, expected }, ...place });
      else if (word !== undefined) report({ message: 'word', data: { word: shown, key, expected }, ...place });
      else
        report({
          message: 'value',
          data: { value: shown, expected, key },
          ...place,
          fixes: fixesOf(directive, assignment),
        });
    }
  },
});

/** Where `systemd/unit-not-loadable` has its findings. */
function faultPlaces(unit: Unit): readonly string[] {
  const faults = [...unit.files.map((file) => fileFault(unit, file)), unit.complete ? unitFault(unit) : undefined];
  return faults.flatMap((fault) => (fault === undefined ? [] : [`${fault.at.file}:${fault.at.start}`]));
}

/** Quotes around the whole of a value that takes none, and capitals in a word that has none. */
function fixesOf(directive: Directive | undefined, { key, value, valueSpan }: Assignment): readonly Fix[] {
  const text = literalText(value) ?? '';
  if (directive === undefined || isListType(directive.valueType)) return [];
  const bare = /^(["'])([^"'\\]+)\1$/.exec(text)?.[2];
  const candidates = [bare, text.toLowerCase(), bare?.toLowerCase()];
  const better = candidates.find(
    (each) => each !== undefined && each !== text && valueFault(directive, { ...value, text: each }) === undefined,
  );
  if (better === undefined) return [];
  return [{ title: `Write '${key}=${better}'`, safety: 'unsafe', edits: [{ span: valueSpan, text: better }] }];
}

function shorten(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 59)}…`;
}
