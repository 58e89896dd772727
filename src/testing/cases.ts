/** Cases in Markdown: the tests of a rule, and the examples on its page. The format is in docs/architecture.md. */
import { resolve } from 'node:path';
import { resolveConfig } from '../config/config.ts';
import { configNames } from '../config/schema.ts';
import type { Rule } from '../core/define-rule.ts';
import type { Finding, Severity } from '../core/finding.ts';
import { compareText } from '../core/span.ts';
import { fixSession } from '../fixer.ts';
import type { RuleEntry } from '../rules/entry.ts';
import { Session, type FileInput, type Settings } from '../session.ts';
import { addAll } from '../core/lists.ts';

export interface CaseFile {
  readonly path: string;
  readonly text: string;
  /** Read as if given by `--fleet`. */
  readonly given: boolean;
}

export interface Expectation {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly rule: string;
  readonly severity: Severity | undefined;
  /** Part of the message. */
  readonly part: string | undefined;
}

export interface Case {
  readonly title: string;
  /** Line of its heading in the Markdown, from 1. */
  readonly line: number;
  readonly files: readonly CaseFile[];
  readonly expectations: readonly Expectation[];
  /** What the files are after `--fix=all`; of those that are not here, nothing is said. */
  readonly fixed: readonly { readonly path: string; readonly text: string }[];
}

const expectComment = /^\s*(?:#|\/\/|;|<!--)\s*expect:\s*(.*?)\s*(?:-->)?$/;
const expectation = /^([a-z0-9-]+\/[a-z0-9-]+)(?:\s+(error|warning|info))?(?:\s+"(.*)")?$/;
const ruleId = /(?<=[[\s,])[a-z0-9-]+\/[a-z0-9-]+(?=[\],]|$)/gm;
const expectLine = /^(\S.*):(\d+)\s+(.+)$/;

/** Every `##` section that holds at least one file. Throws an error that names the line for what it cannot read. */
export function parseCases(markdown: string): readonly Case[] {
  const cases: Case[] = [];
  let title = '';
  let headingLine = 0;
  let files: CaseFile[] = [];
  let expectations: Expectation[] = [];
  let fixed: { path: string; text: string }[] = [];
  let next: { path: string; given: boolean } | undefined;
  const lines = markdown.split('\n');

  const finish = () => {
    if (files.length > 0) cases.push({ title, line: headingLine, files, expectations, fixed });
    files = [];
    expectations = [];
    fixed = [];
    next = undefined;
  };

  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] ?? '';
    const fence = /^(`{3,})\s*(\S*)\s*(\S*)/.exec(line);
    if (fence !== null) {
      const close = lines.findIndex((other, at) => at > index && other.trim() === fence[1]);
      if (close < 0) throw new Error(`Line ${index + 1}: this fence is not closed.`);
      const body = lines.slice(index + 1, close);
      const text = body.map((each) => each + '\n').join('');
      if (fence[2] === 'fixed') {
        const path = fence[3] ?? '';
        if (!files.some((file) => file.path === path))
          throw new Error(`Line ${index + 1}: there is no file '${path}'.`);
        fixed.push({ path, text });
      } else if (fence[2] === 'expect') {
        body.forEach((each, offset) => {
          if (each.trim() !== '') expectations.push(readExpectLine(each.trim(), index + 2 + offset));
        });
      } else if (next !== undefined) {
        files.push({ ...next, text });
        addAll(expectations, readComments(next.path, body, index + 2));
        next = undefined;
      }
      index = close;
      continue;
    }
    const heading = /^##\s+(.*)$/.exec(line);
    if (heading !== null) {
      finish();
      title = heading[1] ?? '';
      headingLine = index + 1;
      continue;
    }
    const name = /^`([^`]+)`(\s+\(--fleet\))?:?\s*$/.exec(line);
    if (name?.[1] !== undefined) next = { path: name[1], given: name[2] !== undefined };
  }
  finish();
  return cases;
}

function readComments(file: string, body: readonly string[], firstLine: number): readonly Expectation[] {
  const found: Expectation[] = [];
  body.forEach((text, offset) => {
    const comment = expectComment.exec(text);
    if (comment === null) return;
    let target = offset + 1;
    while (expectComment.test(body[target] ?? '')) target++;
    found.push(readExpectation(comment[1] ?? '', file, target + 1, firstLine + offset));
  });
  return found;
}

function readExpectLine(text: string, at: number): Expectation {
  const match = expectLine.exec(text);
  if (match === null) throw new Error(`Line ${at}: '${text}' is not 'path:line RULE [severity] ["part"]'.`);
  return readExpectation(match[3] ?? '', match[1] ?? '', Number(match[2]), at);
}

function readExpectation(text: string, file: string, line: number, at: number): Expectation {
  const match = expectation.exec(text);
  if (match === null) throw new Error(`Line ${at}: '${text}' is not 'RULE [severity] ["part of the message"]'.`);
  return { file, line, rule: match[1] ?? '', severity: match[2] as Severity | undefined, part: match[3] };
}

/**
 * Runs a case.
 *
 * @param tested the rule under test, or the id of one of fleetlint's; findings of it and of every rule that the case expects
 * must be listed
 * @returns one sentence for each difference; empty when the case holds
 */
export async function runCase(each: Case, tested: string | Rule): Promise<readonly string[]> {
  const rule = typeof tested === 'string' ? tested : tested.id;
  // A rule about comments that hold findings back needs the rules that those comments name.
  const named = rule.startsWith('core/') ? each.files.flatMap((file) => file.text.match(ruleId) ?? []) : [];
  const rules = new Set([rule, ...each.expectations.map((expected) => expected.rule), ...named]);
  const session = new Session({ only: [...rules] });
  const plugins = typeof tested === 'string' ? [] : [{ ...tested, load: () => Promise.resolve({ default: tested }) }];
  session.configure({ ...(await configurationOf(each, [...rules], plugins)), plugins });
  const files = each.files.filter(({ path }) => !configNames.includes(path));
  session.update(files.map((file): FileInput => ({ path: file.path, given: file.given, read: () => file.text })));
  const result = await session.run();
  const { findings, notices } = result;
  const problems = notices.map((notice) => `Notice: ${notice.file ?? ''}: ${notice.message}`);
  const left = [...findings];
  for (const expected of each.expectations) {
    const index = left.findIndex((finding) => matches(finding, expected, session));
    if (index >= 0) left.splice(index, 1);
    else {
      const { severity, part } = expected;
      const wanted = [expected.rule, severity, part === undefined ? undefined : `"${part}"`].filter(Boolean).join(' ');
      problems.push(`Missing: ${expected.file}:${expected.line} ${wanted}`);
    }
  }
  for (const finding of left) {
    const line = lineOf(session.text(finding.span.file) ?? '', finding.span.start);
    problems.push(
      `Not expected: ${finding.span.file}:${line} ${finding.rule} ${finding.severity} "${finding.message}"`,
    );
  }
  if (each.fixed.length > 0) {
    await fixSession(session, result, 'all');
    for (const { path, text } of each.fixed) {
      const now = session.text(path) ?? '';
      if (now !== text) problems.push(`Fixed otherwise: ${path}:${differingLine(now, text)}`);
    }
  }
  return problems.sort(compareText);
}

/** The first line that differs, from 1, as it is and as it should be. */
function differingLine(now: string, wanted: string): string {
  const [is, should] = [now.split('\n'), wanted.split('\n')];
  const index = is.findIndex((line, at) => line !== should[at]);
  const at = index < 0 ? is.length : index;
  return `${at + 1} is '${is[at] ?? ''}', not '${should[at] ?? ''}'`;
}

/** A case may have a configuration file at its top; without one every finding counts. */
async function configurationOf(
  { files }: Case,
  only: readonly string[],
  rules: readonly RuleEntry[],
): Promise<Settings> {
  if (!files.some(({ path }) => configNames.includes(path))) {
    return { severityOf: () => undefined, optionsOf: () => ({}), configure: (finding) => finding };
  }
  const root = resolve('/case');
  const texts = new Map(files.map(({ path, text }) => [resolve(root, path), text]));
  return resolveConfig(
    { root, only, rules, read: (absolute) => texts.get(absolute) },
    files.map(({ path }) => path),
  );
}

function matches(finding: Finding, expected: Expectation, session: Session): boolean {
  return (
    finding.rule === expected.rule &&
    finding.span.file === expected.file &&
    lineOf(session.text(finding.span.file) ?? '', finding.span.start) === expected.line &&
    (expected.severity === undefined || finding.severity === expected.severity) &&
    (expected.part === undefined || finding.message.includes(expected.part))
  );
}

function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}
