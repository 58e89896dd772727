import { describe, expect, it } from 'vitest';
import { displayText } from '../../../src/core/template.ts';
import { unitScripts } from '../../../src/loaders/systemd/scripts.ts';
import { factsOf } from './helpers.ts';

const shell = '#!/bin/sh\nhostnamectl --static\n';

/** Scripts found, as `file path-on-node commands`. */
async function scripts(units: Readonly<Record<string, string>>, files: Readonly<Record<string, string>>) {
  const found = await unitScripts(factsOf(units), {
    paths: [...Object.keys(units), ...Object.keys(files)],
    file: (path) => (Object.hasOwn(files, path) ? { path, text: files[path] ?? '' } : undefined),
  });
  return found.map(({ span, path, commands }) => [
    span.file,
    path,
    ...commands.map(({ words }) => words.map(displayText).join(' ')),
  ]);
}

const unit = (command: string) => `[Service]\nType=oneshot\nExecStart=${command}\n`;

describe('scripts that units run', () => {
  it.each([
    ['at the same path below a root', 'etc/systemd/system/a.service', 'usr/local/bin/check.sh'],
    ['below another root', 'roles/x/files/etc/systemd/system/a.service', 'overlay/usr/local/bin/check.sh'],
    ['by name in the role', 'roles/x/templates/a.service.j2', 'roles/x/files/check.sh'],
    ['a template in the role', 'roles/x/files/a.service', 'roles/x/templates/check.sh.j2'],
  ])('%s', async (_what, place, file) => {
    expect(await scripts({ [place]: unit('/usr/local/bin/check.sh --all') }, { [file]: shell })).toEqual([
      [file, '/usr/local/bin/check.sh', 'hostnamectl --static'],
    ]);
  });

  it('given to a shell', async () => {
    const files = { 'usr/local/bin/check.sh': shell };
    expect(await scripts({ 'a.service': unit('/bin/bash -e /usr/local/bin/check.sh') }, files)).toHaveLength(1);
  });

  it.each([
    ['another role', 'roles/x/templates/a.service.j2', { 'roles/y/files/check.sh': shell }],
    [
      'two of the name',
      'roles/x/templates/a.service.j2',
      { 'roles/x/files/check.sh': shell, 'roles/x/b/check.sh': shell },
    ],
    ['another language', 'a.service', { 'usr/local/bin/check.sh': '#!/usr/bin/python3\nprint()\n' }],
    ['a file that cannot be read', 'a.service', {}],
  ])('%s: none', async (_what, place, files) => {
    expect(await scripts({ [place]: unit('/usr/local/bin/check.sh') }, files)).toEqual([]);
  });
});
