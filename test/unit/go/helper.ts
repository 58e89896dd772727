import type { Fact, FactKind, FactTypes } from '../../../src/core/fact.ts';
import type { Severity } from '../../../src/core/finding.ts';
import type { FileKind } from '../../../src/core/source-file.ts';
import type { Span } from '../../../src/core/span.ts';
import { createGoLoader } from '../../../src/loaders/go/index.ts';
import { loader as moduleLoader } from '../../../src/loaders/go/module.ts';
import { createModel } from '../../../src/model/model.ts';
import { defaultOptions } from '../../../src/core/define-rule.ts';
import rule from '../../../src/rules/go/http-transport-per-call.ts';

const loader = createGoLoader();

export type Files = Readonly<Record<string, string>>;

/** All facts of some files. */
export function factsOf(files: Files): readonly Fact[] {
  return Object.entries(files).flatMap(([path, text]) => {
    const kind = kindOf(path);
    return (kind === 'go-mod' ? moduleLoader : loader).facts({ path, kind, text, companion: true });
  });
}

export function factsOfKind<Kind extends FactKind>(files: Files, kind: Kind): readonly FactTypes[Kind][] {
  return createModel(factsOf(files)).facts(kind);
}

export function astOf(path: string, text: string): unknown {
  return loader.ast({ path, kind: kindOf(path), text });
}

function kindOf(path: string): FileKind {
  if (path.endsWith('go.mod')) return 'go-mod';
  return path.endsWith('.md') ? 'markdown' : 'go';
}

export interface Found {
  readonly severity: Severity;
  /** The text that is pointed at. */
  readonly text: string;
  readonly notes: readonly string[];
}

/** What go/http-transport-per-call finds, and why it is silent elsewhere. */
export function check(files: Files): { readonly found: readonly Found[]; readonly silent: readonly string[] } {
  const found: Found[] = [];
  const silent: string[] = [];
  const textAt = (span: Span) => files[span.file]?.slice(span.start, span.end) ?? '';
  rule.check({
    model: createModel(factsOf(files)),
    options: () => defaultOptions(rule),
    report(report) {
      found.push({
        severity: report.severity ?? rule.severity,
        text: textAt(report.at),
        notes: (report.evidence ?? []).map(({ note }) => note),
      });
    },
    trace(_, note) {
      silent.push(note);
    },
  });
  return { found, silent };
}

/** The severities found. */
export function severities(files: Files): readonly Severity[] {
  return check(files).found.map(({ severity }) => severity);
}
