import { describe, expect, test } from 'vitest';
import { formats, reporters, type Format } from '../../../src/reporters/index.ts';
import type { Report, RuleInfo } from '../../../src/reporters/report.ts';
import { makeFinding, makeReport, spanOf, type Files } from './support.ts';

const files: Files = new Map([
  ['a/b c.pp', 'one\ntwo three\nfour\n'],
  ['<x>&"\u001b.service', '[Service]\nExecStart=/bin/a\n'],
]);
const rule: RuleInfo = {
  id: 'theme/name',
  severity: 'warning',
  confidence: 'high',
  summary: 'It is wrong.',
  page: () => '# theme/name\n',
};
const first = makeFinding(spanOf(files, 'a/b c.pp', 'two three\nfour'), {
  severity: 'error',
  message: 'Bad, 100% "bad" <b>\'value\'</b>: `x` [y](1).',
  help: 'Do *this*.\nThen that.',
  evidence: [
    { note: 'cron runs this every 2 minutes.', span: spanOf(files, '<x>&"\u001b.service', 'ExecStart') },
    { note: 'A fact.', source: 'the <manual>' },
  ],
  fingerprint: '1111111111111111',
});
const second = makeFinding(spanOf(files, '<x>&"\u001b.service', '/bin/a'), { severity: 'info' });
const report = makeReport(files, [first, second], {
  rules: [rule],
  notices: [{ file: 'c.pp', message: 'Skipped <it>.', incomplete: true }],
});
const clean = makeReport(files, [], { rules: [rule] });

async function render(format: Format, of: Report): Promise<string> {
  return (await reporters[format]())(of, { color: false });
}

describe('every format', () => {
  test.each(formats)('%s ends its lines, hides no control character and is the same twice', async (format) => {
    const text = await render(format, report);
    expect(text.endsWith('\n')).toBe(true);
    expect(text).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f]/);
    expect(await render(format, report)).toBe(text);
    expect(await render(format, clean)).not.toContain('theme/name at');
  });
});

test('compact', async () => {
  expect(await render('compact', report)).toBe(
    'a/b c.pp:2:1: error[theme/name] Bad, 100% "bad" <b>\'value\'</b>: `x` [y](1).\n' +
      '<x>&"\\x1b.service:2:11: info[theme/name] It is wrong.\n',
  );
  expect(await render('compact', clean)).toBe('');
});

test('jsonl: each line is a finding of the JSON format', async () => {
  const lines = (await render('jsonl', report)).trimEnd().split('\n');
  const { findings } = JSON.parse(await render('json', report)) as { findings: unknown[] };
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(findings);
});

test('github: columns only within a line, special characters escaped', async () => {
  const [one, two] = (await render('github', report)).split('\n');
  expect(one).toBe(
    '::error file=a/b c.pp,line=2,endLine=3,title=theme/name::Bad, 100%25 "bad" <b>\'value\'</b>: `x` [y](1).%0ADo *this*.%0AThen that.',
  );
  expect(two).toContain('::notice file=<x>&"\\x1b.service,line=2,endLine=2,col=11,endColumn=17,title=theme/name::');
  const odd = makeFinding({ file: 'a:b,c%.pp', start: 0, end: 0 });
  expect(await render('github', makeReport(new Map([['a:b,c%.pp', 'x']]), [odd]))).toContain('file=a%3Ab%2Cc%25.pp');
});

test('gitlab: the fields of Code Quality', async () => {
  expect(JSON.parse(await render('gitlab', report))).toEqual([
    {
      description: expect.stringMatching(/^theme\/name: Bad/) as string,
      check_name: 'theme/name',
      fingerprint: '1111111111111111',
      severity: 'critical',
      location: { path: 'a/b c.pp', lines: { begin: 2, end: 3 } },
    },
    expect.objectContaining({ severity: 'info' }),
  ]);
  expect(await render('gitlab', clean)).toBe('[]\n');
});

/** Elements and attributes of an XML text; throws where it is not well formed. */
function readXml(text: string): readonly { name: string; attributes: Readonly<Record<string, string>> }[] {
  const body = text.replace(/^<\?xml version="1\.0" encoding="UTF-8"\?>\n/, '');
  const open: string[] = [];
  const found: { name: string; attributes: Readonly<Record<string, string>> }[] = [];
  const token = /<(\/?)([a-z]+)((?: [a-z]+="[^"<]*")*)(\/?)>|[^<]+/gy;
  let at = 0;
  for (let match = token.exec(body); match !== null; match = token.exec(body)) {
    at = token.lastIndex;
    const [whole, closing, name, attributes = '', empty] = match;
    if (/&(?!(?:amp|lt|gt|quot|#39);)/.test(whole)) throw new Error(`A bare & in ${whole}`);
    if (name === undefined) continue;
    if (closing === '/') {
      if (open.pop() !== name) throw new Error(`Wrong end of ${name}`);
      continue;
    }
    if (empty !== '/') open.push(name);
    const pairs = [...attributes.matchAll(/ ([a-z]+)="([^"]*)"/g)].map(([, key = '', value = '']) => [key, value]);
    found.push({ name, attributes: Object.fromEntries(pairs) as Readonly<Record<string, string>> });
  }
  if (at !== body.length || open.length > 0) throw new Error(`Not well formed at ${at}`);
  return found;
}

test('checkstyle', async () => {
  const elements = readXml(await render('checkstyle', report));
  expect(elements.map(({ name }) => name)).toEqual(['checkstyle', 'file', 'error', 'file', 'error']);
  expect(elements[2]?.attributes).toMatchObject({
    line: '2',
    column: '1',
    severity: 'error',
    source: 'fleetlint.theme.name',
  });
  expect(elements[3]?.attributes['name']).toBe('&lt;x&gt;&amp;&quot;\\x1b.service');
  expect(readXml(await render('checkstyle', clean))).toHaveLength(1);
});

test('junit: counts add up, and what could not be checked is an error', async () => {
  const elements = readXml(await render('junit', report));
  expect(elements[0]?.attributes).toMatchObject({ tests: '3', failures: '2', errors: '1' });
  expect(elements.filter(({ name }) => name === 'error').map(({ attributes }) => attributes)).toEqual([
    { type: 'incomplete', message: 'Skipped &lt;it&gt;.' },
  ]);
  expect(elements.filter(({ name }) => name === 'failure')).toHaveLength(2);
  expect(readXml(await render('junit', clean)).map(({ name }) => name)).toEqual([
    'testsuites',
    'testsuite',
    'testcase',
  ]);
});

test('markdown: nothing of a message becomes markup', async () => {
  const text = await render('markdown', report);
  expect(text).toContain('**2** problems in 2 files: 1 errors, 0 warnings, 1 infos.');
  expect(text).toContain('Bad, 100% "bad" &lt;b\\>\'value\'&lt;/b\\>: \\`x\\` \\[y\\]\\(1\\)');
  expect(text).toContain('1. A fact. (the &lt;manual\\>)');
  expect(text).toContain('`c.pp`: Skipped &lt;it\\>.');
  expect(await render('markdown', clean)).toBe('## fleetlint\n\nNo problems in 2 files.\n');
});

describe('html', () => {
  test('escapes everything, runs nothing, loads nothing', async () => {
    const text = await render('html', report);
    expect(text).not.toContain("<b>'value'");
    expect(text).toContain('&lt;b&gt;&#39;value&#39;&lt;/b&gt;');
    expect(text).not.toMatch(/<script|<link|<img|<iframe|\bsrc=|@import|url\(/);
    expect(text).toContain("default-src 'none'");
  });

  test('draws the chain, with the pace on its arrow', async () => {
    const text = await render('html', report);
    expect(text.match(/<li>/g)).toHaveLength(4);
    expect(text).toContain('<span class="rate">every 2 minutes</span>');
  });

  test('a clean run', async () => {
    expect(await render('html', clean)).toContain('<h1>No problems</h1>');
  });
});
