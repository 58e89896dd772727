/** The fixes of the go rules: all edits applied, the text is what gofmt would leave. */
import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import type { Finding, Fix } from '../../../src/core/finding.ts';
import { Session } from '../../../src/session.ts';

const gofmt = spawnSync('gofmt', ['-h']).error === undefined;

async function findingsOf(text: string): Promise<readonly Finding[]> {
  const session = new Session();
  session.update([{ path: 'fetch/fetch.go', read: () => text }]);
  return (await session.run()).findings.filter(({ rule }) => rule.startsWith('go/'));
}

function apply(text: string, { edits }: Fix): string {
  let result = text;
  for (const { span, text: replacement } of edits.toSorted((a, b) => b.span.start - a.span.start)) {
    result = result.slice(0, span.start) + replacement + result.slice(span.end);
  }
  return result;
}

/** Every fix of every finding, made by itself. */
async function fixed(text: string): Promise<readonly (readonly [title: string, safety: string, text: string])[]> {
  const findings = await findingsOf(text);
  return findings.flatMap(({ fixes }) => fixes.map((fix) => [fix.title, fix.safety, apply(text, fix)] as const));
}

const around = (transport: string, more = '') => `package fetch

import (
	"net/http"
	"time"
)

func fetch(url string) error {
	tr := ${transport}
	client := &http.Client{Transport: tr, Timeout: time.Second}
	req, err := http.NewRequest("GET", url, nil)
	if err != nil {
		return err
	}
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	return nil
}
${more}`;

const literals: readonly (readonly [name: string, before: string, after: string])[] = [
  ['empty', '&http.Transport{}', '&http.Transport{DisableKeepAlives: true}'],
  ['one line', '&http.Transport{MaxIdleConns: 1}', '&http.Transport{MaxIdleConns: 1, DisableKeepAlives: true}'],
  ['false', '&http.Transport{DisableKeepAlives: false}', '&http.Transport{DisableKeepAlives: true}'],
  [
    'a line with two',
    '&http.Transport{\n\t\tProxy: http.ProxyFromEnvironment, MaxIdleConns: 1,\n\t\tMaxConnsPerHost: 2,\n\t}',
    '&http.Transport{\n\t\tProxy: http.ProxyFromEnvironment, MaxIdleConns: 1,\n\t\tMaxConnsPerHost:   2,\n\t\tDisableKeepAlives: true,\n\t}',
  ],
  [
    'two on the last line',
    '&http.Transport{\n\t\tProxy: http.ProxyFromEnvironment, MaxIdleConns: 1,\n\t}',
    '&http.Transport{\n\t\tProxy: http.ProxyFromEnvironment, MaxIdleConns: 1,\n\t\tDisableKeepAlives: true,\n\t}',
  ],
  [
    'shorter keys move',
    '&http.Transport{\n\t\tMaxIdleConns: 1,\n\t\tProxy:        http.ProxyFromEnvironment,\n\t}',
    '&http.Transport{\n\t\tMaxIdleConns:      1,\n\t\tProxy:             http.ProxyFromEnvironment,\n\t\tDisableKeepAlives: true,\n\t}',
  ],
  [
    'a longer key',
    '&http.Transport{\n\t\tMaxIdleConns:          1,\n\t\tResponseHeaderTimeout: time.Second,\n\t}',
    '&http.Transport{\n\t\tMaxIdleConns:          1,\n\t\tResponseHeaderTimeout: time.Second,\n\t\tDisableKeepAlives:     true,\n\t}',
  ],
  [
    'below a value of several lines',
    '&http.Transport{\n\t\tMaxIdleConns: 1,\n\t\tProxy: http.ProxyURL(\n\t\t\tnil,\n\t\t),\n\t}',
    '&http.Transport{\n\t\tMaxIdleConns: 1,\n\t\tProxy: http.ProxyURL(\n\t\t\tnil,\n\t\t),\n\t\tDisableKeepAlives: true,\n\t}',
  ],
  [
    'comments',
    '&http.Transport{\n\t\tMaxIdleConns: 1,   // one\n\t\tProxy:        nil, // none\n\t}',
    '&http.Transport{\n\t\tMaxIdleConns: 1,   // one\n\t\tProxy:        nil, // none\n\n\t\tDisableKeepAlives: true,\n\t}',
  ],
];

describe('DisableKeepAlives', () => {
  test.each(literals)('%s', async (_name, before, after) => {
    const text = around(before);
    const first = (await fixed(text))[0];
    expect(first?.[0]).toBe('Set DisableKeepAlives: true');
    expect(first?.[1]).toBe('safe');
    expect(first?.[2]).toBe(around(after));
  });

  test('is no safe fix where the Transport serves several requests', async () => {
    const text = around('&http.Transport{}').replace(
      'defer resp.Body.Close()',
      'defer resp.Body.Close()\n\tclient.Do(req)',
    );
    expect((await fixed(text)).map(([title, safety]) => [title, safety])[0]).toEqual([
      'Set DisableKeepAlives: true',
      'unsafe',
    ]);
  });

  test('after a creation that is no literal', async () => {
    const [first] = await fixed(around('new(http.Transport)'));
    expect(first?.[2]).toBe(around('new(http.Transport)\n\ttr.DisableKeepAlives = true'));
  });
});

describe('other fixes of a Transport a call', () => {
  test('closing its idle connections, and Close of the request', async () => {
    const text = around('&http.Transport{}');
    expect(await fixed(text)).toEqual([
      ['Set DisableKeepAlives: true', 'safe', around('&http.Transport{DisableKeepAlives: true}')],
      ['Defer CloseIdleConnections', 'safe', around('&http.Transport{}\n\tdefer tr.CloseIdleConnections()')],
      [
        'Set Close on the request (lost on a redirect)',
        'unsafe',
        text.replace('\tresp, err :=', '\treq.Close = true\n\tresp, err :='),
      ],
    ]);
  });

  test('nothing is deferred in a loop', async () => {
    const text = around('&http.Transport{}').replace('\ttr :=', '\tfor {\n\ttr :=').replace('\treturn nil', '\t}');
    expect((await fixed(text)).map(([title]) => title)).not.toContain('Defer CloseIdleConnections');
  });

  test('lines end as they did', async () => {
    const text = around('&http.Transport{\n\t\tProxy: nil,\n\t}').replaceAll('\n', '\r\n');
    for (const [, , after] of await fixed(text)) expect(after.replaceAll('\r\n', '')).not.toContain('\n');
  });
});

const others: readonly string[] = [
  around('&http.Transport{IdleConnTimeout: 15}'),
  'package fetch\n\nimport "net/http"\n\nfunc status(url string) (int, error) {\n\tresp, err := http.Get(url) // now\n\tif err != nil {\n\t\treturn 0, err\n\t}\n\treturn resp.StatusCode, nil\n}\n',
  'package fetch\n\nimport "net/http"\n\ntype agent struct{ c *http.Client }\n\nfunc (a agent) ask() {\n\tif a.c == nil {\n\t\ta.c = &http.Client{Transport: &http.Transport{}}\n\t}\n\ta.c.CloseIdleConnections()\n}\n',
];

describe.runIf(gofmt || process.env.CI !== undefined)(
  'what gofmt had nothing to say about, it has nothing to say about',
  () => {
    const texts = [...literals.map(([, before]) => around(before)), ...others].map((text) => [text] as const);
    test.each(texts)('%s', async (text) => {
      const format = (input: string) => spawnSync('gofmt', { input, encoding: 'utf8' });
      const formatted = format(text).stdout;
      const results = await fixed(formatted);
      expect(results.length).toBeGreaterThan(0);
      for (const [title, , after] of results) {
        expect(format(after).stderr).toBe('');
        expect([title, after]).toEqual([title, format(after).stdout]);
      }
    });
  },
);

describe('what is made cannot be found again', () => {
  test.each(others.slice(1).map((text) => [text] as const))('%s', async (text) => {
    const findings = await findingsOf(text);
    const [fix] = findings[0]?.fixes ?? [];
    expect(fix).toBeDefined();
    const after = fix === undefined ? [] : await findingsOf(apply(text, fix));
    expect(after.map(({ rule }) => rule)).not.toContain(findings[0]?.rule);
  });
});
