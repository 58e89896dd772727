import type { Invocation, Log, Notification, ReportingDescriptor, Run, VersionControlDetails } from 'sarif';
import { escapeControls, escapeJson } from '../core/escape.ts';
import { lineIndexes, positionAt, type LineIndex } from '../core/line-index.ts';
import type { Notice } from '../core/notice.ts';
import type { Span } from '../core/span.ts';
import type { Repository } from '../core/repository.ts';
import { lineHashes } from './line-hash.ts';
import type { Report, RuleInfo } from './report.ts';
import { homepage, rulePageUrl } from './rule-page-url.ts';
import { artifactLocation, placesIn, SOURCE_ROOT } from './sarif-place.ts';
import { levelOf, resultOf } from './sarif-result.ts';

const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';

/** GitHub refuses longer descriptions. */
const LONGEST_DESCRIPTION = 1024;

/** SARIF 2.1.0, one run, nothing in it that changes between two runs on the same files. */
export function reportSarif(report: Report): string {
  const log: Log = { $schema: SCHEMA, version: '2.1.0', runs: [runOf(report)] };
  return `${escapeJson(JSON.stringify(log, undefined, 2))}\n`;
}

function runOf(report: Report): Run {
  const indexes = lineIndexes(report.text);
  const ruleIndexes = new Map(report.rules.map((rule, index) => [rule.id, index]));
  const hashes = hashesByFile(indexes);
  const repository = report.repository?.();
  const context = {
    places: placesIn(indexes),
    ruleIndex: (rule: string) => ruleIndexes.get(rule),
    lineHash: (span: Span) => hashes(span.file)[positionAt(indexes(span.file), span.start).line - 1] ?? '',
  };
  return {
    tool: {
      driver: {
        name: 'fleetlint',
        fullName: `fleetlint ${report.version}`,
        version: report.version,
        semanticVersion: report.version,
        informationUri: homepage,
        rules: report.rules.map((rule) => descriptorOf(rule, report.version)),
      },
    },
    language: 'en-US',
    columnKind: 'utf16CodeUnits',
    newlineSequences: ['\r\n', '\n', '\r'],
    originalUriBaseIds: { [SOURCE_ROOT]: { description: { text: 'The root of the repository.' } } },
    automationDetails: { id: 'fleetlint/' },
    ...(repository === undefined ? {} : { versionControlProvenance: [provenanceOf(repository)] }),
    invocations: [invocationOf(report.notices)],
    results: report.findings.map((finding) => resultOf(finding, context)),
  };
}

function provenanceOf({ uri, revision, branch, prefix }: Repository): VersionControlDetails {
  return {
    repositoryUri: uri,
    revisionId: revision,
    ...(branch === undefined ? {} : { branch }),
    // Paths are relative to where fleetlint ran: this is where the top of the repository is from there.
    mappedTo: { ...(prefix === '' ? {} : { uri: prefix.replace(/[^/]+/g, '..') + '/' }), uriBaseId: SOURCE_ROOT },
  };
}

/** The hashes of a file are computed once, and only where something was found. */
function hashesByFile(indexes: (file: string) => LineIndex): (file: string) => readonly string[] {
  const known = new Map<string, readonly string[]>();
  return (file) => {
    const hashes = known.get(file) ?? lineHashes(indexes(file).text);
    known.set(file, hashes);
    return hashes;
  };
}

function descriptorOf(rule: RuleInfo, version: string): ReportingDescriptor {
  const page = rule.page();
  const [theme = rule.id] = rule.id.split('/');
  return {
    id: rule.id,
    name: pascalCase(rule.id),
    shortDescription: { text: shorten(rule.summary) },
    fullDescription: { text: shorten(firstParagraph(page, 'What happens') ?? rule.summary) },
    help: { text: page, markdown: page },
    ...(rule.plugin === undefined && { helpUri: rulePageUrl(rule.id, version) }),
    defaultConfiguration: { level: levelOf(rule.severity) },
    properties: {
      tags: ['reliability', theme],
      precision: rule.confidence,
      'problem.severity': rule.severity === 'info' ? 'recommendation' : rule.severity,
    },
  };
}

function pascalCase(id: string): string {
  return id
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join('');
}

/** The first paragraph under a `##` title of a page, on one line. */
function firstParagraph(page: string, title: string): string | undefined {
  const lines = page.split(/\r\n|\n/);
  const start = lines.indexOf(`## ${title}`);
  if (start < 0) return undefined;
  const body = lines.slice(start + 1);
  const from = body.findIndex((line) => line.trim() !== '');
  const paragraph = body.slice(from, body.indexOf('', from) < 0 ? undefined : body.indexOf('', from));
  return from < 0 || paragraph[0]?.startsWith('#') === true ? undefined : paragraph.join(' ');
}

function shorten(text: string): string {
  return text.length <= LONGEST_DESCRIPTION ? text : `${text.slice(0, LONGEST_DESCRIPTION - 1).trimEnd()}…`;
}

function invocationOf(notices: readonly Notice[]): Invocation {
  const executionSuccessful = !notices.some((notice) => notice.incomplete);
  return notices.length === 0
    ? { executionSuccessful }
    : { executionSuccessful, toolExecutionNotifications: notices.map(notificationOf) };
}

function notificationOf({ message, file, incomplete }: Notice): Notification {
  return {
    level: incomplete === true ? 'error' : 'warning',
    message: { text: escapeControls(message) },
    ...(file === undefined ? {} : { locations: [{ physicalLocation: { artifactLocation: artifactLocation(file) } }] }),
  };
}
