import { describe, expect, it } from 'vitest';
import type { CommandFact } from '../../../src/core/facts/command.ts';
import type { ScriptFact } from '../../../src/core/facts/script.ts';
import { fileTemplate, type Answer, type Template } from '../../../src/core/template.ts';
import { createModel } from '../../../src/model/model.ts';

const words = (file: string, text: string): readonly Template[] =>
  text.split(' ').map((word) => fileTemplate(file, word));
const span = { file: 'site.pp', start: 0, end: 1 };

function command(text: string, always: Answer = 'yes'): CommandFact {
  const origin = { type: 'cron', at: span, schedule: '@hourly', written: '@hourly' } as const;
  return { kind: 'command', span, words: words('site.pp', text), always, origin };
}

function script(path: string, ...commands: readonly (readonly [string, Answer])[]): ScriptFact {
  const inScript = { file: 'report.sh', start: 5, end: 9 };
  return {
    kind: 'script',
    span: inScript,
    path,
    commands: commands.map(([text, always]) => ({ span: inScript, words: words('report.sh', text), always })),
  };
}

function seen(facts: readonly (CommandFact | ScriptFact)[]): readonly string[] {
  return createModel(facts)
    .facts('command')
    .map(({ words: all, always, span: at }) => `${at.file} ${always}: ${all.map(({ text }) => text).join(' ')}`);
}

describe('a command that runs a script of the tree', () => {
  const report = script('/opt/report.sh', ['hostnamectl', 'yes'], ['date', 'unknown']);

  it.each(['/opt/report.sh', '/opt/report.sh -v', '/bin/sh -e /opt/report.sh', 'bash /opt/report.sh'])('%s', (text) => {
    const all = seen([command(text), report]);
    expect(all).toEqual([`site.pp yes: ${text}`, 'report.sh yes: hostnamectl', 'report.sh unknown: date']);
  });

  it('may run its commands where it may run itself', () => {
    expect(seen([command('/opt/report.sh', 'unknown'), report])).toContain('report.sh unknown: hostnamectl');
  });

  it('keeps what makes it run', () => {
    const [, inScript] = createModel([command('/opt/report.sh'), report]).facts('command');
    expect(inScript?.origin.at).toEqual(span);
  });

  it.each(['/opt/other.sh', 'cat /opt/report.sh', 'sh -c /opt/report.sh'])('is not: %s', (text) => {
    expect(seen([command(text), report])).toEqual([`site.pp yes: ${text}`]);
  });

  it('is not known to run one of two scripts for the same path', () => {
    const other = { ...script('/opt/report.sh', ['true', 'yes']), span: { file: 'other.sh', start: 0, end: 9 } };
    expect(seen([command('/opt/report.sh'), report, other]).slice(1)).toEqual([
      'report.sh unknown: hostnamectl',
      'report.sh unknown: date',
      'report.sh unknown: true',
    ]);
  });

  it('is followed one level deep', () => {
    const loop = script('/opt/loop.sh', ['/opt/loop.sh', 'yes']);
    expect(seen([command('/opt/loop.sh'), loop])).toHaveLength(2);
  });
});
