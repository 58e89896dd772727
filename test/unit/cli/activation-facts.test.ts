import { describe, expect, test } from 'vitest';
import { makeTree, run } from './support.ts';

interface Activation {
  readonly kind: string;
  readonly unit: string;
  readonly perHour: string;
  readonly text: string;
  readonly evidence: readonly string[];
}

async function activations(files: Record<string, string>, path: string): Promise<readonly Activation[]> {
  const { stdout } = await run(makeTree(files), ['facts', path]);
  return (JSON.parse(stdout) as readonly Activation[]).filter(({ kind }) => kind === 'activation');
}

const job = '[Service]\nType=oneshot\nExecStart=/bin/a\n';

describe('facts of a unit', () => {
  test('tell what other files start it, each rate with its place, and the sum', async () => {
    const files = {
      'etc/systemd/system/a.service': job,
      'etc/systemd/system/a.timer': '[Timer]\nOnCalendar=*:0/10\n',
      'etc/cron.d/a': '*/30 * * * * root systemctl start a.service\n',
    };
    const found = await activations(files, 'etc/systemd/system/a.service');
    expect(found.map(({ perHour, text }) => [perHour, text])).toEqual([
      ['6', 'every 10 minutes'],
      ['2', 'every 30 minutes'],
      ['8', 'all of them together'],
    ]);
    expect(found[0]?.evidence).toEqual([
      "etc/systemd/system/a.timer:2:1: 'a.timer' starts 'a.service' every 10 minutes.",
    ]);
    expect(found[1]?.evidence.at(-1)).toBe("etc/cron.d/a:1:19: This starts 'a.service'.");
  });

  test('say what is not known', async () => {
    const files = { 'a.service': job, 'a.path': '[Path]\nPathExists=/run/a\n', 'b.service': job };
    expect(await activations(files, 'a.service')).toMatchObject([
      {
        unit: 'a.service',
        perHour: 'unknown',
        text: 'how often cannot be known',
        evidence: [expect.stringMatching(/^a\.path:2:1: /)],
      },
    ]);
    expect(await activations(files, 'b.service')).toMatchObject([
      { unit: 'b.service', perHour: 'unknown', text: 'nothing here starts it again and again', evidence: [] },
    ]);
  });

  test('of no unit have none', async () => {
    expect(await activations({ 'a.pp': "exec { 'true': }\n" }, 'a.pp')).toEqual([]);
  });
});
