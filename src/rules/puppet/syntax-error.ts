import { defineRule } from '../../core/define-rule.ts';
import type { SyntaxErrorFact } from '../../core/facts/syntax.ts';

/** Errors after the first are often its consequences; so many of them are shown. */
const maximumEvidence = 4;

export default defineRule({
  id: 'puppet/syntax-error',
  severity: 'error',
  confidence: 'high',
  summary: 'A manifest that Puppet cannot read: catalogs that need it are not compiled.',
  needs: ['syntax.error'],
  messages: {
    refused: '{reason} Puppet refuses the whole file, and every catalog that needs it fails.',
  },
  check({ model, report, trace }) {
    const byFile = new Map<string, SyntaxErrorFact[]>();
    for (const error of model.facts('syntax.error')) {
      if (error.format !== 'puppet') continue;
      const known = byFile.get(error.span.file);
      if (known === undefined) byFile.set(error.span.file, [error]);
      else known.push(error);
    }
    for (const [first, ...others] of byFile.values()) {
      if (first === undefined) continue;
      report({
        message: 'refused',
        data: { reason: first.message },
        at: first.span,
        evidence: others.slice(0, maximumEvidence).map(({ span, message }) => ({ span, note: message })),
        key: 'syntax',
        ...(others.length > 0 && { help: 'Mend the first place, and look at the others again.' }),
      });
      for (const { span } of others.slice(maximumEvidence)) {
        trace(span, 'The file has other errors before this one, which it may follow from.');
      }
    }
  },
});
