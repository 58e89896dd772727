import { defineRule } from '../../core/define-rule.ts';
import type { UnitProblemFact } from '../../core/facts/systemd.ts';
import { systemdTargets, targetText } from '../../model/systemd-target.ts';

/** From this version on, systemd skips a comment inside a continued line. */
const skipsComments = 240;

/** Distributions may have taken the change over into this one. */
const perhapsSkips = 239;

export default defineRule({
  id: 'systemd/broken-continuation',
  severity: 'warning',
  confidence: 'high',
  summary: 'A line that was meant to go on, or to belong to the line before it, and that systemd reads otherwise.',
  needs: ['unit.problem', 'node', 'package'],
  startsFrom: ['unit.problem'],
  messages: {
    blank:
      'Blanks stand behind the backslash, so the line ends here with a backslash as its last word, and the next line is no part of it.',
    equals:
      'The line is no assignment, so systemd ignores it; if it belongs to the line before, that line needs a backslash at its very end.',
    outside: 'The line stands before any section, so systemd ignores it.',
    comment:
      'A comment stands inside a continued line: {target}, like all before {skips}, takes it as part of the value.',
  },
  check({ model, report, trace }) {
    let torn: UnitProblemFact | undefined;
    const problems = [...model.facts('unit.problem')];
    const old = () => systemdTargets(model.fleet).find(({ version }) => version < skipsComments);
    for (const fact of problems.sort((a, b) =>
      a.document < b.document ? -1 : a.document > b.document ? 1 : a.span.start - b.span.start,
    )) {
      const { problem, span, unit, document } = fact;
      const place = { at: span, key: `${unit}: ${problem}` };
      if (problem === 'blank-after-backslash') {
        torn = fact;
        report({ message: 'blank', ...place });
      } else if (problem === 'missing-equals' || problem === 'missing-key') {
        // What the broken line before it has torn off is told there.
        if (torn?.document === document && span.start - torn.span.end < 400) continue;
        report({ message: 'equals', ...place });
      } else if (problem === 'assignment-outside-section') {
        report({ message: 'outside', ...place });
      } else if (problem === 'comment-in-continuation') {
        const target = old();
        if (target === undefined) continue;
        if (target.version === perhapsSkips) {
          trace(
            span,
            `A distribution may have taught systemd ${perhapsSkips} to skip comments inside a continued line.`,
          );
          continue;
        }
        report({
          message: 'comment',
          data: { target: targetText(target), skips: skipsComments },
          evidence: [target.evidence],
          ...place,
        });
      }
    }
  },
});
