import { describe, expect, it } from 'vitest';
import type { Fact } from '../../../src/core/fact.ts';
import { unitLink } from '../../../src/core/unit-place.ts';
import { createUnits } from '../../../src/model/units.ts';
import { factsOf, unitOf, unitsOf } from './helpers.ts';

const link = (path: string, target: string): readonly Fact[] =>
  [unitLink(path, target)].filter((fact) => fact !== undefined);

const assign = (key: string, value: string) => `[Service]\n${key}=${value}\n`;

describe('files of a unit', () => {
  it('hide each other by their layer', () => {
    const unit = unitOf(
      {
        'usr/lib/systemd/system/a.service': assign('User', 'usr'),
        'run/systemd/system/a.service': assign('User', 'run'),
        'etc/systemd/system/a.service': assign('User', 'etc'),
      },
      'a.service',
    );
    expect(unit.text('Service', 'User')).toBe('etc');
    expect(unit.files).toHaveLength(1);
  });

  it('get drop-ins in the order of their names, whatever their directory', () => {
    const unit = unitOf(
      {
        'etc/systemd/system/a-b.service.d/30.conf': assign('Environment', 'own'),
        'etc/systemd/system/service.d/20.conf': assign('Environment', 'type'),
        'usr/lib/systemd/system/a-.service.d/10.conf': assign('Environment', 'prefix'),
        'usr/lib/systemd/system/a-b.service': assign('Environment', 'unit'),
      },
      'a-b.service',
    );
    expect(unit.values('Service', 'Environment').map(({ value }) => value.text)).toEqual([
      'unit',
      'prefix',
      'type',
      'own',
    ]);
  });

  // Measured on 252: own names before aliases before the type; within them the layer counts more than how near the name is.
  it.each([
    ['etc/systemd/system/a-.service.d', 'usr/lib/systemd/system/a-b.service.d'],
    ['usr/lib/systemd/system/a-b.service.d', 'etc/systemd/system/service.d'],
    ['usr/lib/systemd/system/a-.service.d', 'etc/systemd/system/service.d'],
    ['usr/lib/systemd/system/a-b.service.d', 'etc/systemd/system/alias.service.d'],
    ['usr/lib/systemd/system/a-b.service.d', 'usr/lib/systemd/system/a-.service.d'],
    ['etc/systemd/system/a-b.service.d', 'run/systemd/system/a-b.service.d'],
  ])('%s hides an equal name in %s', (strong, weak) => {
    const unit = unitOf(
      {
        'usr/lib/systemd/system/a-b.service': '[Install]\nAlias=alias.service\n',
        [`${weak}/x.conf`]: assign('User', 'weak'),
        [`${strong}/x.conf`]: assign('User', 'strong'),
      },
      'a-b.service',
    );
    expect(unit.values('Service', 'User').map(({ value }) => value.text)).toEqual(['strong']);
  });

  it('of templates take drop-ins of the template, and instances their own too', () => {
    const files = {
      'usr/lib/systemd/system/a@.service': assign('User', 'template'),
      'etc/systemd/system/a@.service.d/1.conf': assign('Environment', 'all'),
      'etc/systemd/system/a@b.service.d/2.conf': assign('Environment', 'b'),
    };
    const environment = (name: string) =>
      unitOf(files, name)
        .values('Service', 'Environment')
        .map(({ value }) => value.text);
    expect(environment('a@.service')).toEqual(['all']);
    expect(environment('a@b.service')).toEqual(['all', 'b']);
    expect(environment('a@c.service')).toEqual(['all']);
    expect(unitOf(files, 'a@c.service').isTemplate).toBe(true);
    expect(unitOf(files, 'a@b.service').isTemplate).toBe(false);
  });

  it('are masked by an empty file or a link to /dev/null', () => {
    const vendor = { 'usr/lib/systemd/system/a.service': assign('User', 'x') };
    expect(unitOf({ ...vendor, 'etc/systemd/system/a.service': '' }, 'a.service').masked).toBe(true);
    const linked = createUnits([...factsOf(vendor), ...link('etc/systemd/system/a.service', '/dev/null')]);
    expect(linked.all).toMatchObject([{ name: 'a.service', masked: true, complete: false, files: [] }]);
  });

  it('have drop-ins that a link to /dev/null hides', () => {
    const facts = factsOf({
      'usr/lib/systemd/system/a.service': assign('User', 'x'),
      'usr/lib/systemd/system/a.service.d/x.conf': assign('User', 'hidden'),
    });
    const units = createUnits([...facts, ...link('etc/systemd/system/a.service.d/x.conf', '/dev/null')]);
    expect(units.find('a.service')?.text('Service', 'User')).toBe('x');
  });

  it('have aliases from links and from [Install]', () => {
    const facts = factsOf({
      'usr/lib/systemd/system/a.service': '[Install]\nAlias=b.service c.service\n',
      'usr/lib/systemd/system/t@.service': assign('User', 'x'),
    });
    const units = createUnits([
      ...facts,
      ...link('usr/lib/systemd/system/dbus-org.example.service', 'a.service'),
      ...link('usr/lib/systemd/system/x.target.wants/t@1.service', '../t@.service'),
    ]);
    for (const name of ['b.service', 'c.service', 'dbus-org.example.service']) {
      expect(units.find(name)?.name).toBe('a.service');
    }
    expect(units.find('t@1.service')?.aliases).toEqual([]);
    expect(units.find('nothing.service')).toBeUndefined();
  });
});

describe('links', () => {
  const directory = 'etc/systemd/system/';

  it('over other links are names of the last unit, with its drop-ins', () => {
    const units = createUnits([
      ...factsOf({
        [`${directory}c.service`]: '[Service]\nExecStart=/bin/c\n',
        [`${directory}a.service.d/10.conf`]: '[Service]\nNice=5\n',
      }),
      ...link(`${directory}a.service`, 'b.service'),
      ...link(`${directory}b.service`, '/etc/systemd/system/c.service'),
    ]);
    expect(units.all).toHaveLength(1);
    expect(units.find('a.service')?.name).toBe('c.service');
    expect(units.find('b.service')?.text('Service', 'Nice')).toBe('5');
  });

  it('in a circle are nothing', () => {
    const { all } = createUnits([
      ...link(`${directory}a.service`, 'b.service'),
      ...link(`${directory}b.service`, 'a.service'),
    ]);
    expect(all).toEqual([]);
  });

  it('to a template are instances', () => {
    const units = createUnits([
      ...factsOf({ [`${directory}a@.service`]: '[Service]\nExecStart=/bin/a %i\n' }),
      ...link(`${directory}multi-user.target.wants/a@x.service`, '../a@.service'),
      ...link(`${directory}a@y.service`, 'a@.service'),
    ]);
    expect(units.find('a@y.service')).toMatchObject({ name: 'a@.service', aliases: [] });
  });
});

describe('files that do not belong together', () => {
  it('of two roles stay two units', () => {
    const units = unitsOf({
      'roles/a/files/x.service': assign('User', 'a'),
      'roles/b/files/x.service': assign('User', 'b'),
      'roles/b/files/x.service.d/y.conf': assign('Group', 'b'),
    });
    expect(units.all.map((unit) => [unit.text('Service', 'User'), unit.text('Service', 'Group')])).toEqual([
      ['a', undefined],
      ['b', 'b'],
    ]);
    expect(units.find('x.service', { root: 'roles/b/templates/', manager: 'system' })?.root).toBe('roles/b/files/');
    expect(units.find('x.service', { root: 'other/', manager: 'system' })).toBeUndefined();
  });

  it('of several hosts make variants of a common unit', () => {
    const units = unitsOf({
      'common/x.service': assign('User', 'x'),
      'hosts/a/etc/systemd/system/x.service.d/1.conf': assign('Group', 'a'),
      'hosts/b/etc/systemd/system/x.service.d/2.conf': assign('Group', 'b'),
    });
    expect(units.all.map((unit) => unit.values('Service', 'Group').map(({ value }) => value.text))).toEqual([
      ['a'],
      ['b'],
    ]);
  });

  it('are found by the file', () => {
    const units = unitsOf({
      'roles/a/files/x.service': assign('User', 'a'),
      'roles/b/files/x.service': assign('User', 'b'),
      'roles/b/files/y.service': assign('User', 'b'),
      'roles/b/files/service.d/y.conf': assign('Group', 'b'),
    });
    expect(units.ofFile('roles/b/files/x.service').map(({ root }) => root)).toEqual(['roles/b/files/']);
    expect(units.ofFile('roles/b/files/service.d/y.conf').map(({ name }) => name)).toEqual(['x.service', 'y.service']);
    expect(units.ofFile('roles/c/files/x.service')).toEqual([]);
  });

  it('are drop-ins without a unit', () => {
    const unit = unitOf({ 'etc/systemd/system/docker.service.d/x.conf': assign('User', 'x') }, 'docker.service');
    expect(unit).toMatchObject({ fragment: undefined, complete: false, masked: false });
    expect(unit.text('Service', 'User')).toBe('x');
  });

  it('are those of users and of the system', () => {
    const units = unitsOf({
      'etc/systemd/system/x.service': assign('User', 'x'),
      'etc/systemd/user/x.service.d/y.conf': assign('Group', 'y'),
    });
    expect(units.find('x.service')?.text('Service', 'Group')).toBeUndefined();
    expect(units.all).toHaveLength(2);
  });
});

describe('values in force', () => {
  const service = (text: string, version?: number) =>
    unitOf({ 'a.service': `[Service]\n${text}` }, 'a.service', version);

  it('of a list are all since the last reset', () => {
    const unit = service('Environment=a\nEnvironment=\nEnvironment=b\nEnvironment=c\n');
    expect(unit.values('Service', 'Environment').map(({ value }) => value.text)).toEqual(['b', 'c']);
  });

  it('stay where systemd rejects an empty assignment', () => {
    const unit = service('PrivateNetwork=yes\nPrivateNetwork=\nUser=x\nUser=\n');
    expect(unit.boolean('Service', 'PrivateNetwork')?.value).toBe(true);
    expect(unit.value('Service', 'User')).toBeUndefined();
    expect(unit.ineffectiveResets()).toMatchObject([
      { assignment: { key: 'PrivateNetwork', empty: true }, previous: { key: 'PrivateNetwork', empty: false } },
    ]);
  });

  it('depend on the version where it matters, and nothing is claimed when it is not known', () => {
    const text = 'PrivateMounts=yes\nPrivateMounts=\n';
    expect(service(text, 252).ineffectiveResets()).toHaveLength(1);
    expect(service(text, 262).ineffectiveResets()).toHaveLength(0);
    expect(service(text, 255).ineffectiveResets()).toHaveLength(0);
    expect(service(text).ineffectiveResets()).toHaveLength(0);
    expect(service(text, 252).boolean('Service', 'PrivateMounts')?.value).toBe(true);
  });

  it('of dependencies are never taken back', () => {
    const unit = unitOf({ 'a.service': '[Unit]\nAfter=x.service\nAfter=\n' }, 'a.service');
    expect(unit.values('Unit', 'After')).toHaveLength(1);
    expect(unit.ineffectiveResets()).toHaveLength(1);
  });

  it('of a timer go all together', () => {
    const unit = unitOf(
      { 'a.timer': '[Timer]\nOnBootSec=1\nOnCalendar=daily\nOnCalendar=\nOnUnitActiveSec=1h\n' },
      'a.timer',
    );
    const count = (key: string) => unit.values('Timer', key).length;
    expect(['OnBootSec', 'OnCalendar', 'OnUnitActiveSec'].map(count)).toEqual([0, 0, 1]);
  });

  it('of a switch are the last word that is one', () => {
    expect(service('RemainAfterExit=on\nRemainAfterExit=maybe\n').boolean('Service', 'RemainAfterExit')?.value).toBe(
      true,
    );
    expect(
      service('RemainAfterExit=on\nRemainAfterExit={{ x }}\n').boolean('Service', 'RemainAfterExit')?.value,
    ).toBeUndefined();
    expect(service('User=x\n').boolean('Service', 'RemainAfterExit')).toBeUndefined();
  });

  it('do not mix sections', () => {
    expect(service('[X-Service]\nUser=x\n').value('Service', 'User')).toBeUndefined();
  });
});
