import { describe, expect, it } from 'vitest';
import { fileKind } from '../../../src/config/file-kind.ts';
import { unitLocation } from '../../../src/core/unit-place.ts';
import { unitsOf } from './helpers.ts';

describe('the place of a unit', () => {
  it.each([
    ['roles/a/templates/foo.service.j2', 'foo.service', 'unit', 'unit'],
    ['roles/a/templates/foo@.timer.jinja2', 'foo@.timer', 'unit', 'unit'],
    ['modules/a/templates/foo.service.epp', 'foo.service', 'unit', 'unit'],
    ['modules/a/templates/foo.socket.erb', 'foo.socket', 'unit', 'unit'],
    ['units/foo.service.in', 'foo.service', 'unit', 'unit'],
    ['chart/files/foo.mount.tmpl', 'foo.mount', 'unit', 'unit'],
    ['roles/a/templates/foo.service.d/10-x.conf.j2', 'foo.service', 'drop-in', 'drop-in'],
    ['debian/pkg.service', 'pkg.service', 'unit', 'unit'],
    ['debian/pkg.worker.service', 'worker.service', 'unit', 'unit'],
    ['debian/pkg.worker@.service', 'worker@.service', 'unit', 'unit'],
    ['debian/python3.11.service', 'python3.11.service', 'unit', 'unit'],
    ['meta-x/recipes-core/foo/files/foo.service', 'foo.service', 'unit', 'unit'],
  ])('%s', (path, unit, role, kind) => {
    expect(fileKind(path)).toBe(kind);
    expect(unitLocation(path)).toMatchObject({ unit, role });
  });

  it.each(['foo.conf.j2', 'service.in', 'a.d/b.conf'])('%s is none', (path) => {
    expect(unitLocation(path)).toBeUndefined();
  });

  it('of templates and files of one role is one', () => {
    const units = unitsOf({
      'roles/a/templates/foo.service.j2': '[Service]\nExecStart={{ program }}\n',
      'roles/a/files/foo.service.d/10-nice.conf': '[Service]\nNice=5\n',
      'roles/b/files/foo.service': '[Service]\nExecStart=/bin/b\n',
    });
    expect(units.all).toHaveLength(2);
    const [unit] = units.ofFile('roles/a/templates/foo.service.j2');
    expect(unit?.text('Service', 'Nice')).toBe('5');
    expect(unit?.value('Service', 'ExecStart')?.value.holes).toHaveLength(1);
  });

  it('holds parameters of a template, which are no lines of a unit', () => {
    const units = unitsOf({
      'a.service.epp': '<%- |\n  String $program,\n| -%>\n[Service]\nExecStart=<%= $program %>\n',
      'b.service.j2': '{# two\nlines #}\n[Service]\nExecStart=/bin/b\n',
    });
    expect(units.all.map(({ name, complete }) => [name, complete])).toEqual([
      ['a.service', false],
      ['b.service', false],
    ]);
    expect(units.find('b.service')?.text('Service', 'ExecStart')).toBe('/bin/b');
  });
});
