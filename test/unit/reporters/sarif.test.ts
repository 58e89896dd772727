import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import AjvDraft04 from 'ajv-draft-04';
import type { Log, Result } from 'sarif';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../../src/core/finding.ts';
import type { Report, RuleInfo } from '../../../src/reporters/report.ts';
import { reportSarif } from '../../../src/reporters/sarif.ts';
import { makeFinding, makeReport, spanOf, type Files } from './support.ts';

const schemaFile = createRequire(import.meta.url).resolve('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json');
const schema = JSON.parse(readFileSync(schemaFile, 'utf8')) as object;
const validate = new AjvDraft04.default({
  strict: false,
  validateFormats: false,
  unicodeRegExp: false,
  allErrors: true,
}).compile(schema);

/** The log, after the schema has accepted it. */
function logOf(report: Report): Log {
  const log: unknown = JSON.parse(reportSarif(report));
  expect(validate(log) ? [] : validate.errors).toEqual([]);
  return log as Log;
}

function runOf(report: Report): NonNullable<Log['runs'][number]> {
  const { runs } = logOf(report);
  expect(runs).toHaveLength(1);
  return runs[0] as NonNullable<(typeof runs)[0]>;
}

function resultOf(files: Files, finding: Finding): Result {
  const [result] = runOf(makeReport(files, [finding], { rules })).results ?? [];
  if (result === undefined) throw new Error('no result');
  return result;
}

const page = '# theme/name\n\nSummary.\n\n## What happens\n\nThe node\nfails.\n\nLater more.\n\n## Fix\n\nRepair it.\n';

function rule(id: string, more: Partial<RuleInfo> = {}): RuleInfo {
  return { id, severity: 'warning', confidence: 'high', summary: 'What it is.', page: () => page, ...more };
}

const rules = [rule('dbus/periodic-activation', { severity: 'error' }), rule('theme/name')];

describe('SARIF reporter', () => {
  const files: Files = new Map([
    ['site/über/ho st.pp', "one\ntwo\nthree\n  exec { 'hostnamectl': }\nfive\nsix\nseven\n"],
    ['puppet.conf', '[agent]\nruninterval = 30m\n'],
  ]);
  const place = spanOf(files, 'site/über/ho st.pp', "'hostnamectl'");
  const interval = spanOf(files, 'puppet.conf', 'runinterval = 30m');

  it('lists every enabled rule with what consumers show', () => {
    const run = runOf(makeReport(files, [], { rules }));
    expect(run.tool.driver.rules?.map(({ id }) => id)).toEqual(['dbus/periodic-activation', 'theme/name']);
    expect(run.tool.driver.rules?.[0]).toEqual({
      id: 'dbus/periodic-activation',
      name: 'DbusPeriodicActivation',
      shortDescription: { text: 'What it is.' },
      fullDescription: { text: 'The node fails.' },
      help: { text: page, markdown: page },
      helpUri: expect.stringMatching(/^https:.*\/v1\.2\.3\/docs\/rules\/dbus\/periodic-activation\.md$/) as string,
      defaultConfiguration: { level: 'error' },
      properties: { tags: ['reliability', 'dbus'], precision: 'high', 'problem.severity': 'error' },
    });
  });

  it('maps info to what GitHub calls it, and never makes a security alert', () => {
    const [info] = runOf(makeReport(files, [], { rules: [rule('a/b', { severity: 'info', confidence: 'low' })] })).tool
      .driver.rules ?? [undefined];
    expect(info).toMatchObject({
      defaultConfiguration: { level: 'note' },
      properties: { precision: 'low', 'problem.severity': 'recommendation' },
    });
    expect(info?.properties).not.toHaveProperty('security-severity');
  });

  it('cuts descriptions to 1,024 characters, and takes the summary where a page has no section for it', () => {
    const long = `## What happens\n\n${'word '.repeat(500)}\n`;
    const described = runOf(
      makeReport(files, [], {
        rules: [
          rule('a/long', { page: () => long, summary: 'x'.repeat(2000) }),
          rule('a/bare', { page: () => '# a\n' }),
        ],
      }),
    ).tool.driver.rules;
    expect(described?.[0]?.fullDescription?.text).toMatch(/^(word )+.*…$/);
    expect(described?.[0]?.fullDescription?.text.length).toBeLessThanOrEqual(1024);
    expect(described?.[0]?.shortDescription?.text).toHaveLength(1024);
    expect(described?.[1]?.fullDescription?.text).toBe('What it is.');
  });

  it('has an empty list of results and a successful invocation when clean', () => {
    const run = runOf(makeReport(files, [], { rules }));
    expect(run.results).toEqual([]);
    expect(run.invocations).toEqual([{ executionSuccessful: true }]);
  });

  it('says how to read it: units of columns, line ends, category, root without a machine path', () => {
    expect(runOf(makeReport(files, []))).toMatchObject({
      columnKind: 'utf16CodeUnits',
      newlineSequences: ['\r\n', '\n', '\r'],
      automationDetails: { id: 'fleetlint/' },
      originalUriBaseIds: { '%SRCROOT%': { description: { text: 'The root of the repository.' } } },
    });
  });

  it('says which commit it looked at', () => {
    const repository = { uri: 'https://example.org/a.git', revision: 'f'.repeat(40), branch: 'main', prefix: '' };
    const details = { repositoryUri: 'https://example.org/a.git', revisionId: 'f'.repeat(40), branch: 'main' };
    expect(runOf(makeReport(files, [], { repository: () => repository })).versionControlProvenance).toEqual([
      { ...details, mappedTo: { uriBaseId: '%SRCROOT%' } },
    ]);
    const below = { ...repository, prefix: 'site/data' };
    expect(runOf(makeReport(files, [], { repository: () => below })).versionControlProvenance).toEqual([
      { ...details, mappedTo: { uri: '../../', uriBaseId: '%SRCROOT%' } },
    ]);
    expect(runOf(makeReport(files, [], { repository: () => undefined }))).not.toHaveProperty(
      'versionControlProvenance',
    );
  });

  it('has one location with its text, its context and its name in the configuration', () => {
    const result = resultOf(files, makeFinding(place, { key: 'host/exec/command' }));
    expect(result).toMatchObject({ ruleId: 'theme/name', ruleIndex: 1, level: 'warning' });
    expect(result.locations).toEqual([
      {
        physicalLocation: {
          artifactLocation: { uri: 'site/%C3%BCber/ho%20st.pp', uriBaseId: '%SRCROOT%' },
          region: { startLine: 4, startColumn: 10, endLine: 4, endColumn: 23, snippet: { text: "'hostnamectl'" } },
          contextRegion: {
            startLine: 2,
            startColumn: 1,
            endLine: 6,
            endColumn: 4,
            snippet: { text: "two\nthree\n  exec { 'hostnamectl': }\nfive\nsix" },
          },
        },
        logicalLocations: [{ fullyQualifiedName: 'host/exec/command' }],
      },
    ]);
    expect(result.partialFingerprints).toEqual({
      'fleetlint/v1': '0123456789abcdef',
      primaryLocationLineHash: expect.stringMatching(/^[0-9a-f]{1,16}:1$/) as string,
    });
    expect(result).not.toHaveProperty('relatedLocations');
    expect(result).not.toHaveProperty('codeFlows');
    expect(result).not.toHaveProperty('fixes');
  });

  it('links each step of the chain from the message, and walks it to the finding', () => {
    const result = resultOf(
      files,
      makeFinding(place, {
        message: "'hostnamectl' runs twice an hour.",
        help: 'Use a fact.',
        evidence: [
          { note: 'The agent runs every 30 minutes.', span: interval },
          { note: 'It exits when idle.', source: 'systemd 219' },
          { note: 'It runs here.', span: place, source: 'puppet' },
        ],
      }),
    );
    expect(result.message.text).toBe(
      `'hostnamectl' runs twice an hour.
Why: [The agent runs every 30 minutes](1). It exits when idle (systemd 219). [It runs here](2) (puppet).
Help: Use a fact.`,
    );
    expect(result.relatedLocations).toEqual([
      {
        id: 1,
        message: { text: 'The agent runs every 30 minutes.' },
        physicalLocation: {
          artifactLocation: { uri: 'puppet.conf', uriBaseId: '%SRCROOT%' },
          region: { startLine: 2, startColumn: 1, endLine: 2, endColumn: 18 },
        },
      },
      expect.objectContaining({ id: 2, message: { text: 'It runs here.' } }),
    ]);
    const flow = result.codeFlows?.[0]?.threadFlows[0]?.locations.map(({ location }) => [
      location?.physicalLocation?.artifactLocation?.uri,
      location?.message?.text,
    ]);
    expect(flow).toEqual([
      ['puppet.conf', 'The agent runs every 30 minutes.'],
      ['site/%C3%BCber/ho%20st.pp', 'It runs here.'],
      ['site/%C3%BCber/ho%20st.pp', "'hostnamectl' runs twice an hour."],
    ]);
  });

  it('has a code flow for one step in another file, not for one in the same file', () => {
    const step = (span: Finding['span']): Result =>
      resultOf(files, makeFinding(place, { evidence: [{ note: 'Here.', span }] }));
    expect(step(interval).codeFlows?.[0]?.threadFlows[0]?.locations).toHaveLength(2);
    expect(step(place)).not.toHaveProperty('codeFlows');
    expect(step(place).relatedLocations).toHaveLength(1);
  });

  it.each([
    ['[Service] stays.', '[Service] stays.'],
    ['See [this](1).', 'See \\[this\\](1).'],
    ["'[' is open.", "'\\[' is open."],
    ["']' (2) is closed.", "'\\]' (2) is closed."],
    ['[[x]](https://example.com).', '\\[[x]\\](https://example.com).'],
    ['No period', 'No period.'],
    ['A\nB\x1b.', 'A\\nB\\x1b.'],
  ])('escapes what a consumer would read as a link: %j', (message, text) => {
    expect(resultOf(files, makeFinding(place, { message })).message.text).toBe(text);
  });

  it('escapes brackets and backslashes within the text of a link', () => {
    const evidence = [{ note: 'In [Service] of C:\\x.', span: interval }];
    expect(resultOf(files, makeFinding(place, { evidence })).message.text).toBe(
      'It is wrong.\nWhy: [In \\[Service\\] of C:\\\\x](1).',
    );
  });

  it('writes fixes by file, and none that change nothing', () => {
    const fixes: Finding['fixes'] = [
      { title: 'Nothing', safety: 'safe', edits: [] },
      {
        title: 'Slow it down',
        safety: 'unsafe',
        edits: [
          { span: interval, text: 'runinterval = 1d' },
          { span: { ...place, end: place.start }, text: '#' },
          { span: place, text: '' },
        ],
      },
    ];
    expect(resultOf(files, makeFinding(place, { fixes: fixes.slice(0, 1) }))).not.toHaveProperty('fixes');
    expect(resultOf(files, makeFinding(place, { fixes })).fixes).toEqual([
      {
        description: { text: 'Slow it down.' },
        artifactChanges: [
          {
            artifactLocation: { uri: 'puppet.conf', uriBaseId: '%SRCROOT%' },
            replacements: [
              {
                deletedRegion: { startLine: 2, startColumn: 1, endLine: 2, endColumn: 18 },
                insertedContent: { text: 'runinterval = 1d' },
              },
            ],
          },
          {
            artifactLocation: { uri: 'site/%C3%BCber/ho%20st.pp', uriBaseId: '%SRCROOT%' },
            replacements: [
              {
                deletedRegion: { startLine: 4, startColumn: 10, endLine: 4, endColumn: 10 },
                insertedContent: { text: '#' },
              },
              { deletedRegion: { startLine: 4, startColumn: 10, endLine: 4, endColumn: 23 } },
            ],
          },
        ],
      },
    ]);
  });

  it('tells of notices, and of a run that was not complete', () => {
    const notices = [{ message: 'It cannot be read.', file: 'a b', incomplete: true }, { message: 'Old setting.' }];
    expect(runOf(makeReport(files, [], { notices })).invocations).toEqual([
      {
        executionSuccessful: false,
        toolExecutionNotifications: [
          {
            level: 'error',
            message: { text: 'It cannot be read.' },
            locations: [{ physicalLocation: { artifactLocation: { uri: 'a%20b', uriBaseId: '%SRCROOT%' } } }],
          },
          { level: 'warning', message: { text: 'Old setting.' } },
        ],
      },
    ]);
    expect(runOf(makeReport(files, [], { notices: notices.slice(1) })).invocations?.[0]?.executionSuccessful).toBe(
      true,
    );
  });

  it.each([
    ['/etc/a b', { uri: 'file:///etc/a%20b' }],
    ['C:/x y', { uri: 'file:///C:/x%20y' }],
    ['../up', { uri: '../up', uriBaseId: '%SRCROOT%' }],
    ['a:b', { uri: 'a%3Ab', uriBaseId: '%SRCROOT%' }],
    ['100%#?', { uri: '100%25%23%3F', uriBaseId: '%SRCROOT%' }],
    ['x\ud800', { uri: 'x%EF%BF%BD', uriBaseId: '%SRCROOT%' }],
  ])('turns the path %j into a URI', (file, location) => {
    const result = resultOf(new Map([[file, 'text']]), makeFinding({ file, start: 0, end: 1 }));
    expect(result.locations?.[0]?.physicalLocation?.artifactLocation).toEqual(location);
  });

  it('keeps the context of a line of 2 MiB small, and leaves out a snippet of its size', () => {
    const long: Files = new Map([['a', 'ab'.repeat(1 << 20)]]);
    const { region, contextRegion } =
      resultOf(long, makeFinding({ file: 'a', start: 5000, end: 5003 })).locations?.[0]?.physicalLocation ?? {};
    expect(region?.snippet?.text).toBe('aba');
    expect(contextRegion).toMatchObject({ startLine: 1, startColumn: 4501, endLine: 1, endColumn: 5504 });
    const whole = resultOf(long, makeFinding({ file: 'a', start: 0, end: 1 << 21 })).locations?.[0]?.physicalLocation;
    expect(whole?.region).toEqual({ startLine: 1, startColumn: 1, endLine: 1, endColumn: (1 << 21) + 1 });
    expect(whole).not.toHaveProperty('contextRegion');
  });

  it('cuts the context between characters', () => {
    const pairs: Files = new Map([['a', `x${'🙂'.repeat(1000)}key${'🙂'.repeat(1000)}`]]);
    const place = resultOf(pairs, makeFinding(spanOf(pairs, 'a', 'key'))).locations?.[0]?.physicalLocation;
    const odd: Files = new Map([['a', `${'🙂'.repeat(1000)}keys${'🙂'.repeat(1000)}`]]);
    const other = resultOf(odd, makeFinding({ file: 'a', start: 2001, end: 2003 })).locations?.[0]?.physicalLocation;
    expect(place?.contextRegion?.snippet?.text).toMatch(/^(🙂)+key(🙂)+$/u);
    expect(other?.contextRegion?.snippet?.text).toMatch(/^(🙂)+keys(🙂)+$/u);
  });

  it('has a context that is more than the region, or none', () => {
    const short: Files = new Map([['a', 'key\r\n']]);
    const context = (start: number, end: number): unknown =>
      resultOf(short, makeFinding({ file: 'a', start, end })).locations?.[0]?.physicalLocation?.contextRegion;
    expect(context(0, 3)).toMatchObject({ startLine: 1, startColumn: 1, endLine: 2, endColumn: 1 });
    expect(context(0, 5)).toBeUndefined();
    expect(context(99, 99)).toMatchObject({ startLine: 1, endLine: 2, endColumn: 1, snippet: { text: 'key\r\n' } });
  });

  it('is valid for empty and missing files, and spans past their end', () => {
    const odd: Files = new Map([['empty', '']]);
    const findings = ['empty', 'gone'].flatMap((file) => [
      makeFinding({ file, start: 0, end: 0 }),
      makeFinding({ file, start: 7, end: 9 }, { rule: 'not/listed', key: '' }),
    ]);
    const results = runOf(makeReport(odd, findings, { rules })).results ?? [];
    for (const { locations } of results) {
      expect(locations?.[0]?.physicalLocation?.region).toEqual({
        startLine: 1,
        startColumn: 1,
        endLine: 1,
        endColumn: 1,
      });
    }
    expect(results[1]).not.toHaveProperty('ruleIndex');
  });

  it('is the same text for the same input', () => {
    const report = makeReport(files, [makeFinding(place)], { rules });
    expect(reportSarif(report)).toBe(reportSarif(report));
  });
});
