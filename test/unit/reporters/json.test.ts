import { describe, expect, it } from 'vitest';
import { reportJson } from '../../../src/reporters/json.ts';
import { makeFinding, makeReport, spanOf, type Files } from './support.ts';

describe('JSON reporter', () => {
  const files: Files = new Map([
    ['a.pp', '漢🙂 key\r\nnext\rlast\n'],
    ['puppet.conf', '[agent]\nruninterval = 30m\n'],
  ]);

  it('has the shape that scripts rely on', () => {
    const span = spanOf(files, 'a.pp', 'key');
    const finding = makeFinding(span, {
      rule: 'dbus/periodic-activation',
      severity: 'error',
      evidence: [
        { note: 'The agent.', span: spanOf(files, 'puppet.conf', 'runinterval') },
        { note: 'It exits when idle.', source: 'systemd 219' },
      ],
      fixes: [{ title: 'Take it away', safety: 'unsafe', edits: [{ span: spanOf(files, 'a.pp', 'last'), text: '' }] }],
    });
    const report = makeReport(files, [finding], {
      suppressed: 4,
      notices: [{ message: 'It cannot be read.', file: 'x', incomplete: true }, { message: 'Old setting.' }],
    });
    expect(JSON.parse(reportJson(report))).toEqual({
      version: 1,
      findings: [
        {
          rule: 'dbus/periodic-activation',
          severity: 'error',
          confidence: 'high',
          message: 'It is wrong.',
          file: 'a.pp',
          range: { start: { line: 1, column: 5, offset: 4 }, end: { line: 1, column: 8, offset: 7 } },
          evidence: [
            {
              message: 'The agent.',
              file: 'puppet.conf',
              range: { start: { line: 2, column: 1, offset: 8 }, end: { line: 2, column: 12, offset: 19 } },
            },
            { message: 'It exits when idle.', source: 'systemd 219' },
          ],
          fixes: [
            {
              title: 'Take it away',
              safety: 'unsafe',
              edits: [
                {
                  file: 'a.pp',
                  range: { start: { line: 3, column: 1, offset: 14 }, end: { line: 3, column: 5, offset: 18 } },
                  text: '',
                },
              ],
            },
          ],
          fingerprint: '0123456789abcdef',
        },
      ],
      summary: { files: 2, error: 1, warning: 0, info: 0, suppressed: 4 },
      notices: [
        { message: 'It cannot be read.', file: 'x', incomplete: true },
        { message: 'Old setting.', incomplete: false },
      ],
    });
  });

  it('is indented by 2 and has empty lists when clean', () => {
    expect(reportJson(makeReport(files, []))).toBe(`{
  "version": 1,
  "findings": [],
  "summary": {
    "files": 2,
    "error": 0,
    "warning": 0,
    "info": 0,
    "suppressed": 0
  },
  "notices": []
}
`);
  });

  it('writes control and direction characters as escapes that parse to the same text', () => {
    const name = '__proto__\x1b\x9b\u202e\u2028\ud800';
    const json = reportJson(
      makeReport(files, [makeFinding({ file: name, start: 0, end: 0 }, { message: 'é 🙂 \x07.' })]),
    );
    expect(json.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202e\u2028]/u);
    expect(json).toContain('é 🙂');
    expect(JSON.parse(json)).toMatchObject({ findings: [{ file: name, message: 'é 🙂 \x07.' }] });
  });
});
