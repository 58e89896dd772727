import { describe, expect, it } from 'vitest';
import { fixSession } from '../../../src/fixer.ts';
import { Session } from '../../../src/session.ts';
import { fileTemplate } from '../../../src/core/template.ts';
import { directiveNames, directiveOf, sectionsWith } from '../../../src/knowledge/systemd-directives.ts';
import { valueFault } from '../../../src/model/setting-value.ts';

const good = '[Service]\nExecStart=/usr/bin/agent\n';

/** Rule, text before, text after all fixes. */
const fixed: readonly (readonly [rule: string, before: string, after: string])[] = [
  ['unknown-directive', `${good}restart=always\n`, `${good}Restart=always\n`],
  [
    'misplaced-directive',
    `[Unit]\nDescription=A\n${good}StartLimitIntervalSec=0\nRestart=always\n`,
    `[Unit]\nStartLimitIntervalSec=0\nDescription=A\n${good}\nRestart=always\n`,
  ],
  ['invalid-value', `${good}EnvironmentFile="/etc/a"\nType=OneShot\n`, `${good}EnvironmentFile=/etc/a\nType=oneshot\n`],
  ['invalid-value', `${good}RemainAfterExit='Yes'\n`, `${good}RemainAfterExit=Yes\n`],
  ['ineffective-reset', `${good}PrivateTmp=yes\nPrivateTmp=\n`, `${good}PrivateTmp=yes\nPrivateTmp=no\n`],
  ['inline-comment', `${good}PrivateTmp=yes # mine\nNice=5\n`, `${good}# mine\nPrivateTmp=yes\nNice=5\n`],
  ['inline-comment', '[Service]\r\nExecStart=/a # b\r\n', '[Service]\r\n# b\r\nExecStart=/a\r\n'],
  ['removed-directive', `${good}MemorySoftLimit=1G\nNice=5\n`, `${good}\nNice=5\n`],
];

/** Rule, and a text with a finding that is not for a machine to mend. */
const unfixed: readonly (readonly [rule: string, text: string])[] = [
  ['unknown-directive', `${good}RestartSecs=5\n`],
  ['misplaced-directive', `${good}StartLimitIntervalSec=0\n`],
  ['misplaced-directive', `[Unit]\nStartLimitIntervalSec=5\n${good}StartLimitIntervalSec=0\n`],
  ['misplaced-directive', `[Unit]\nDescription=A\n${good}After=a.service \\\n  b.service\n`],
  ['unknown-section', `[unit]\nDescription=A\n${good}`],
  ['invalid-value', `${good}Restart=yes\n`],
  ['ineffective-reset', `${good}TimeoutStopSec=5\nTimeoutStopSec=\n`],
  ['broken-continuation', `${good}  --flag\n`],
];

async function lint(rule: string, text: string) {
  const session = new Session({ only: [`systemd/${rule}`] });
  session.update([{ path: 'agent.service', read: () => text }]);
  return { session, result: await session.run() };
}

describe('fixes', () => {
  it.each(fixed)('%s %j', async (rule, before, after) => {
    const { session, result } = await lint(rule, before);
    expect(result.findings.length).toBeGreaterThan(0);
    const { notices } = await fixSession(session, result, 'all');
    expect(notices).toEqual([]);
    expect(session.text('agent.service')).toBe(after);
    expect((await session.run()).findings).toEqual([]);
  });

  it.each(unfixed)('%s %j has none', async (rule, text) => {
    const { result } = await lint(rule, text);
    expect(result.findings).toHaveLength(1);
    expect(result.findings[0]?.fixes).toEqual([]);
  });
});

describe('what is known of settings', () => {
  it('by section and version', () => {
    expect(directiveOf('Service', 'PrivateNetwork')).toMatchObject({ valueType: 'boolean', since: 183 });
    expect(directiveOf('Unit', 'StartLimitIntervalSec')?.since).toBe(230);
    expect(directiveOf('Service', 'StartLimitIntervalSec')).toBeUndefined();
    expect(directiveOf('Service', 'MemoryLimit')?.removed).toEqual({ last: [257, 261], named: true });
    expect(directiveOf('Service', 'ControlGroup')?.removed).toEqual({ last: [204, 204], named: false });
    expect(directiveOf('Service', '__proto__')).toBeUndefined();
    expect(directiveOf('__proto__', 'x')).toBeUndefined();
    expect(sectionsWith('OnCalendar')).toEqual(['Timer']);
    expect(directiveNames('Service')).toHaveLength(286);
    expect(directiveNames('Unit')).toHaveLength(125);
  });
});

describe('values that are made to hurt', () => {
  it.each([
    ['MemoryMax', '1'.repeat(1_000_000) + 'x'],
    ['MemoryMax', '1G '.repeat(300_000) + 'x'],
    ['Environment', '"'.repeat(1_000_001)],
    ['ExecStop', `; ${' '.repeat(1_000_000)}x`],
    ['ReadWritePaths', `${'/'.repeat(1_000_000)} x`],
    ['After', 'a.service '.repeat(100_000) + 'x'],
    ['TimeoutStopSec', '1h '.repeat(300_000) + 'x'],
    ['SuccessExitStatus', '\\'.repeat(1_000_000)],
  ])('%s', (key, text) => {
    const directive = directiveOf(key === 'After' ? 'Unit' : 'Service', key);
    if (directive === undefined) throw new Error(`'${key}' is not known.`);
    expect(() => valueFault(directive, fileTemplate('a.service', text))).not.toThrow();
  });

  it('many unknown settings take a moment', async () => {
    const lines = Array.from({ length: 1000 }, (_, index) => `Colour${index}=blue\n`).join('');
    const { result } = await lint('unknown-directive', good + lines);
    expect(result.findings).toHaveLength(1000);
  });
});
