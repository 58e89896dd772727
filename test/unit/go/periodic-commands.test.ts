import { describe, expect, test } from 'vitest';
import { displayText } from '../../../src/core/template.ts';
import { factsOfKind } from './helper.ts';

const imports = 'import (\n\t"context"\n\t"os/exec"\n\t"time"\n)\n';

/** Words, seconds, whether always, and the text that sets the pace, of each command in a loop. */
function commands(body: string): readonly unknown[] {
  const text = `package agent\n\n${imports}\n${body}\n`;
  return factsOfKind({ 'agent.go': text }, 'command').map(({ words, always, origin }) => {
    if (origin.type !== 'go-loop') throw new Error(origin.type);
    return [
      words.map(displayText).join(' '),
      origin.intervalSeconds,
      always,
      text.slice(origin.pace.start, origin.pace.end),
    ];
  });
}

const run = 'exec.Command("hostnamectl", "status").Run()';

describe('the pace of a loop', () => {
  test.each([
    ['a sleep', `for { ${run}\ntime.Sleep(2 * time.Minute) }`, 120, 'time.Sleep(2 * time.Minute)'],
    ['time.After', `for { ${run}\n<-time.After(time.Hour) }`, 3600, '<-time.After(time.Hour)'],
    ['time.Tick', `for range time.Tick(30 * time.Second) { ${run} }`, 30, 'range time.Tick(30 * time.Second)'],
    ['a ticker', `t := time.NewTicker(time.Minute)\nfor range t.C { ${run} }`, 60, 'range t.C'],
    [
      'a ticker in a select',
      `t := time.NewTicker(time.Minute)\nfor { select { case <-t.C:\n${run}\ncase <-done:\nreturn } }`,
      60,
      '<-t.C',
    ],
    ['a channel of ticks', `t := time.Tick(time.Minute)\nfor { <-t\n${run} }`, 60, '<-t'],
    ['milliseconds', `for { ${run}\ntime.Sleep(500 * time.Millisecond) }`, 0.5, 'time.Sleep(500 * time.Millisecond)'],
    [
      'a conversion',
      `for { ${run}\ntime.Sleep(time.Duration(90) * time.Second) }`,
      90,
      'time.Sleep(time.Duration(90) * time.Second)',
    ],
    ['an unknown interval', `for { ${run}\ntime.Sleep(interval) }`, undefined, 'time.Sleep(interval)'],
    ['a goroutine', `go func() { for { ${run}\ntime.Sleep(time.Second) } }()`, 1, 'time.Sleep(time.Second)'],
    [
      'a periodic runner',
      `wait.Until(func() { ${run} }, 30*time.Second, stop)`,
      30,
      `wait.Until(func() { ${run} }, 30*time.Second, stop)`,
    ],
  ])('%s', (_name, body, seconds, pace) => {
    expect(commands(`func watch() {\n${body}\n}`)).toEqual([['hostnamectl status', seconds, 'yes', pace]]);
  });

  test('a constant, and a ticker in a field', () => {
    const body = `const every = 5 * time.Minute
type agent struct{ ticker *time.Ticker }
func (a *agent) run() {
	a.ticker = time.NewTicker(every)
	for range a.ticker.C { a.check() }
}
func (a *agent) check() { ${run} }`;
    expect(commands(body)).toEqual([['hostnamectl status', 300, 'yes', 'range a.ticker.C']]);
  });

  test('the function that a loop calls', () => {
    const body = `func watch() { for { check()\ntime.Sleep(time.Minute) } }\nfunc check() { if ok { ${run} } }`;
    expect(commands(body)).toEqual([['hostnamectl status', 60, 'unknown', 'time.Sleep(time.Minute)']]);
  });

  test.each([
    ['a loop without a pace', `for { ${run} }`],
    ['no loop', `${run}\ntime.Sleep(time.Minute)`],
    ['a sleep only on failure', `for { if err { time.Sleep(time.Minute)\ncontinue }\n${run} }`],
    [
      'another case of the select',
      `t := time.NewTicker(time.Minute)\nfor { select { case <-t.C:\nwork()\ncase <-done:\n${run} } }`,
    ],
    ['another package called exec', 'for { exec2.Command("hostnamectl").Run()\ntime.Sleep(time.Minute) }'],
  ])('%s', (_name, body) => {
    expect(commands(`func watch() {\n${body}\n}`)).toEqual([]);
  });
});

describe('the words of a command', () => {
  const inLoop = (call: string) =>
    commands(`const tool = "timedatectl"\nfunc watch() { for { ${call}.Run()\ntime.Sleep(time.Minute) } }`);

  test.each([
    ['CommandContext', 'exec.CommandContext(ctx, "hostnamectl", "--static")', ['hostnamectl --static']],
    ['a shell', 'exec.Command("sh", "-c", "hostnamectl status | grep -q web")', ['hostnamectl status', 'grep -q web']],
    ['sudo', 'exec.Command("sudo", "-n", "hostnamectl")', ['hostnamectl']],
    ['an unknown argument', 'exec.Command("hostnamectl", "set-hostname", name)', ['hostnamectl set-hostname name']],
    ['unknown arguments', 'exec.Command("hostnamectl", args...)', ['hostnamectl args...']],
    ['a constant', 'exec.Command(tool, `status`)', ['timedatectl status']],
    ['an escape', 'exec.Command("sh", "-c", "hostnamectl \\"status\\"")', ['hostnamectl status']],
  ])('%s', (_name, call, words) => {
    expect(inLoop(call).map((command) => (command as unknown[])[0])).toEqual(words);
  });
});
