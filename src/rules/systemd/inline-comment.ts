import { defineRule } from '../../core/define-rule.ts';
import type { Fix } from '../../core/finding.ts';
import { spanOf } from '../../core/template.ts';
import type { ValueType } from '../../knowledge/systemd-directives.ts';
import { isListType } from '../../model/setting-value.ts';
import { inlineComment, settingFacts, unitSettings } from '../../model/unit-settings.ts';
import type { InlineComment } from '../../model/unit-settings.ts';
import type { Assignment } from '../../model/units.ts';

export default defineRule({
  id: 'systemd/inline-comment',
  severity: 'warning',
  confidence: 'high',
  summary: 'A comment at the end of a line, which systemd takes as a part of the value.',
  needs: [...settingFacts],
  startsFrom: ['unit.assignment'],
  messages: {
    value: "'{comment}' is no comment but a part of the value of '{key}=', so {consequence}.",
  },
  check({ model, report }) {
    for (const setting of unitSettings(model)) {
      const { assignment, directive } = setting;
      const comment = inlineComment(setting);
      if (comment === undefined || directive === undefined) continue;
      const { key, section, unit, value } = assignment;
      const text = value.text.slice(comment.at);
      report({
        message: 'value',
        data: {
          comment: text.length <= 60 ? text : `${text.slice(0, 59)}…`,
          key,
          consequence: consequenceOf(directive.valueType),
        },
        at: spanOf(value, comment.at),
        fixes: fixesOf(assignment, comment),
        help: 'A comment needs a line of its own.',
        key: `${unit}/${section}/${key}`,
      });
    }
  },
});

function consequenceOf(valueType: ValueType): string {
  if (valueType === 'exec') return 'the program gets these words as arguments, or systemd runs them as a command';
  if (isListType(valueType)) return 'systemd takes its words as entries of the list';
  if (valueType === 'any' || valueType === 'specifiers') return 'the value is not what it seems';
  return 'systemd cannot read the value and ignores the line';
}

/** Certain in a file of its own, for a value in one line: the comment goes on a line before. */
function fixesOf({ document, span, value, valueSpan }: Assignment, comment: InlineComment): readonly Fix[] {
  if (document !== span.file || value.segments.length > 1) return [];
  const edits = [
    { span: { ...span, end: span.start }, text: `${value.text.slice(comment.at)}\n` },
    { span: { ...valueSpan, start: valueSpan.start + comment.value.text.length }, text: '' },
  ];
  return [{ title: 'Put the comment on a line of its own', safety: 'unsafe', edits }];
}
