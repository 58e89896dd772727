/** Go in documentation: text without a package clause, and fenced blocks in Markdown. */
import { describe, expect, test } from 'vitest';
import { maskFragment } from '../../../src/loaders/go/fragment.ts';
import { check, severities } from './helper.ts';

const leak = 'client := &http.Client{Transport: &http.Transport{Dial: dial}}\nresp, err := client.Do(req)\n';

describe('fragments', () => {
  test('statements', () => {
    expect(check({ 'a.go': leak }).found).toMatchObject([{ severity: 'warning', text: '&http.Transport{Dial: dial}' }]);
  });

  test('a request that closes its connection', () => {
    expect(severities({ 'a.go': `req.Close = true\n${leak}` })).toEqual([]);
  });

  test('a client that is only shown', () => {
    expect(severities({ 'a.go': 'client := &http.Client{Transport: &http.Transport{Dial: dial}}\n' })).toEqual([]);
  });

  test('lines of dots, returns, indentation', () => {
    expect(severities({ 'a.go': `    ...\n    ${leak.replace('\n', '\n    ')}    return nil, err\n    …\n` })).toEqual([
      'warning',
    ]);
  });

  test('functions only', () => {
    expect(severities({ 'a.go': `func one() {\n${leak}}\n` })).toEqual(['warning']);
  });

  test('imports decide over the assumed meaning of http', () => {
    expect(severities({ 'a.go': `import http "example.org/fast"\n${leak}` })).toEqual([]);
    expect(severities({ 'a.go': `import "net/http"\n${leak}` })).toEqual(['warning']);
  });

  test('a diff: added lines count, removed ones do not', () => {
    const fixed = ` client := &http.Client{\n-\tTransport: &http.Transport{},\n+\tTransport: shared,\n }\n client.Do(req)\n`;
    expect(severities({ 'a.go': fixed })).toEqual([]);
    const broken = ` client := &http.Client{\n-\tTransport: shared,\n+\tTransport: &http.Transport{},\n }\n client.Do(req)\n`;
    const { found } = check({ 'a.go': broken });
    expect(found).toMatchObject([{ severity: 'warning', text: '&http.Transport{}' }]);
  });

  test('masking keeps every offset', () => {
    const text = '+a := 1\r\n-b := 2\r\n ...\r\n@@ -1 +1 @@\r\n c := 3';
    const masked = maskFragment(text);
    expect(masked).toBe(' a := 1\r\n       \r\n    \r\n           \r\n c := 3');
    expect(masked.length).toBe(text.length);
  });

  test('arithmetic is no diff', () => {
    const text = 'a := b -\n\tc\n\t-d()\n';
    expect(maskFragment(text)).toBe(text);
  });
});

describe('Markdown', () => {
  const block = (info: string, indent = '') =>
    `# Title\n\n${indent}${info}\n${leak
      .split('\n')
      .map((line) => indent + line)
      .join('\n')}${info.replace(/[^`~]/g, '')}\n\nEnd.\n`;

  test.each(['```go', '```golang', '~~~go', '``` go', '````go', '```Go', '```go title="a.go"', '```{.go}'])(
    '%s',
    (info) => {
      expect(check({ 'a.md': block(info) }).found).toMatchObject([
        { severity: 'warning', text: '&http.Transport{Dial: dial}' },
      ]);
    },
  );

  test.each(['```', '```js', '```gomod', '```text go'])('%s is no Go', (info) => {
    expect(severities({ 'a.md': block(info) })).toEqual([]);
  });

  test('in a list', () => {
    expect(severities({ 'a.md': block('```go', '   ') })).toEqual(['warning']);
    expect(severities({ 'a.md': `1. \`\`\`go\n   ${leak.replace('\n', '\n   ')}   \`\`\`\n` })).toEqual(['warning']);
  });

  test('a block that is not closed, and Windows line ends', () => {
    expect(severities({ 'a.md': '```go\n' + leak })).toEqual(['warning']);
    expect(severities({ 'a.md': block('```go').replaceAll('\n', '\r\n') })).toEqual(['warning']);
  });

  test('blocks do not mix', () => {
    const constructor = 'func newClient() *http.Client { return &http.Client{Transport: &http.Transport{}} }\n';
    const use = 'newClient().Do(req)\n';
    expect(severities({ 'a.md': `\`\`\`go\n${constructor}\`\`\`\n\n\`\`\`go\n${use}\`\`\`\n` })).toEqual([]);
    expect(severities({ 'a.md': `\`\`\`go\n${constructor}\n${use}\`\`\`\n` })).toEqual(['warning']);
  });
});
