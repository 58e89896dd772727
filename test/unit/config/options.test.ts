import { expect, test } from 'vitest';
import { makeTree, run } from '../cli/support.ts';

const rule = 'dbus/periodic-activation';
/** Asks hostnamed four times an hour. */
const cron = '*/15 * * * * root /usr/bin/hostnamectl --static\n';

async function severities(files: Readonly<Record<string, string>>): Promise<Readonly<Record<string, string>>> {
  const { stdout } = await run(makeTree(files), ['--only', rule, '-f', 'json']);
  const { findings } = JSON.parse(stdout) as { findings: { file: string; severity: string }[] };
  return Object.fromEntries(findings.map(({ file, severity }) => [file, severity]));
}

test('an option holds for the files of its configuration, and an override for some of them', async () => {
  const files = { 'etc/cron.d/name': cron, 'old/etc/cron.d/name': cron, 'other/etc/cron.d/name': cron };
  const all = Object.keys(files);
  expect(Object.keys(await severities(files))).toEqual(all);
  expect(await severities({ ...files, 'fleetlint.yaml': `rules: { ${rule}: { least-per-hour: 5 } }\n` })).toEqual({});
  const nested = {
    ...files,
    'fleetlint.yaml': `rules: { ${rule}: { least-per-hour: 5 } }\noverrides:\n  - files: [old/]\n    rules: { ${rule}: { least-per-hour: 4 } }\n`,
    'other/fleetlint.yaml': 'rules: {}\n',
  };
  expect(Object.keys(await severities(nested))).toEqual(['old/etc/cron.d/name', 'other/etc/cron.d/name']);
});

test('an override of the severity leaves the options, and one of the options the severity', async () => {
  const config = (override: string) =>
    `rules: { ${rule}: { severity: info, least-per-hour: 5 } }\noverrides:\n  - files: [etc/]\n    rules: { ${rule}: ${override} }\n`;
  expect(await severities({ 'etc/cron.d/name': cron, 'fleetlint.yaml': config('error') })).toEqual({});
  expect(await severities({ 'etc/cron.d/name': cron, 'fleetlint.yaml': config('{ least-per-hour: 3.5 }') })).toEqual({
    'etc/cron.d/name': 'info',
  });
});

test.each([
  ['lest-per-hour: 5', "fleetlint.yaml:3:5: There is no setting 'lest-per-hour'. Did you mean 'least-per-hour'?"],
  ['least-per-hour: often', "fleetlint.yaml:3:21: 'least-per-hour' is 'often'; it must be a number of at least 0."],
  ['least-per-hour: -2', "fleetlint.yaml:3:21: 'least-per-hour' is '-2'; it must be a number of at least 0."],
  ['least-per-hour: [5]', "fleetlint.yaml:3:21: 'least-per-hour' must be a number."],
])('%s is told with its line', async (line, message) => {
  const tree = makeTree({ 'fleetlint.yaml': `rules:\n  ${rule}:\n    ${line}\n`, 'a.pp': '' });
  expect(await run(tree, [])).toEqual({ status: 2, stdout: '', stderr: `fleetlint: ${message}\n` });
});
