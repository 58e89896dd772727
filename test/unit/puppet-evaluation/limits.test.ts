/** Manifests that would say more than memory holds. */
import { expect, test } from 'vitest';
import { Session } from '../../../src/session.ts';

const template = `[Service]\n${'ExecStart=/bin/a b\nKillMode=none\n'.repeat(3000)}`;

const manifest = (name: string, resources: number): string =>
  `class m::${name} {\n${Array.from(
    { length: resources },
    (_, at) => `  file { '/etc/systemd/system/${name}-${at}.service': content => epp('m/a.epp') }\n`,
  ).join('')}}\n`;

async function run(manifests: Readonly<Record<string, string>>) {
  const session = new Session({ only: ['systemd/kill-mode-none'] });
  session.update(
    Object.entries({ 'templates/a.epp': template, ...manifests }).map(([path, text]) => ({
      path: `modules/m/${path}`,
      read: () => text,
    })),
  );
  const { findings, notices } = await session.run();
  return { rules: [...new Set(findings.map(({ rule }) => rule))], notices };
}

test('a hundred units of one large template', async () => {
  const { rules, notices } = await run({ 'manifests/a.pp': manifest('a', 100) });
  expect(rules).toEqual(['systemd/kill-mode-none']);
  expect(notices).toEqual([
    {
      file: 'modules/m/manifests/a.pp',
      message: 'Its resources were looked at up to 20000 facts only: many of them copy large texts.',
      incomplete: true,
    },
  ]);
});

test('many such manifests', async () => {
  const names = Array.from({ length: 20 }, (_, at) => `c${at + 10}`);
  const { rules, notices } = await run(
    Object.fromEntries(names.map((name) => [`manifests/${name}.pp`, manifest(name, 10)])),
  );
  expect(rules).toEqual(['systemd/kill-mode-none']);
  expect(notices.at(-1)?.message).toMatch(/^Not evaluated, nor what comes after it \(\d+ of 20 manifests\)/);
  expect(notices.length).toBeLessThan(20);
});

test('loops in loops', async () => {
  const list = `[${Array.from({ length: 30 }, (_, at) => at).join(', ')}]`;
  const file = 'file { "/etc/systemd/system/${a}-${b}-${c}.service": content => "[Service]\\nKillMode=none\\n" }';
  const { rules, notices } = await run({
    'manifests/a.pp': `class m::a {\n  ${list}.each |$a| { ${list}.each |$b| { ${list}.each |$c| {\n    ${file}\n  } } }\n}\n`,
  });
  expect(rules).toEqual(['systemd/kill-mode-none']);
  expect(notices).toEqual([
    {
      file: 'modules/m/manifests/a.pp',
      message: 'It was evaluated up to 50000 expressions only, those in what it calls among them.',
      incomplete: true,
    },
  ]);
});
