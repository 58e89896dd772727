/** A model that goes on works out again what has changed, and only that. */
import { describe, expect, test } from 'vitest';
import type { CommandFact } from '../../../src/core/facts/command.ts';
import type { Fact } from '../../../src/core/fact.ts';
import type { PackageFact } from '../../../src/core/facts/node.ts';
import type { ScriptFact } from '../../../src/core/facts/script.ts';
import { fileTemplate } from '../../../src/core/template.ts';
import { loader } from '../../../src/loaders/systemd/index.ts';
import { JoinedFacts } from '../../../src/model/joined-facts.ts';
import { livingModel } from '../../../src/model/model.ts';

const span = (file: string) => ({ file, start: 0, end: 1 });

function command(file: string, line: string): CommandFact {
  const words = line.split(' ').map((word) => fileTemplate(file, word));
  return {
    kind: 'command',
    span: span(file),
    words,
    always: 'yes',
    origin: { type: 'cron', at: span(file), schedule: undefined, written: '' },
  };
}

function installed(file: string, name: string, version: string): PackageFact {
  return { kind: 'package', span: span(file), name, version: fileTemplate(file, version), source: 'puppet' };
}

const texts = (commands: readonly CommandFact[]) =>
  commands.map(({ words }) => words.map(({ text }) => text).join(' '));

describe('joined facts', () => {
  test('are in the order of their files, given ones first, whenever they came', () => {
    const facts = new JoinedFacts();
    for (const file of ['c', 'a', 'b']) facts.set(file, [installed(file, file, '1')]);
    facts.set('z', [installed('z', 'z', '1')], true);
    expect(facts.facts('package').map(({ name }) => name)).toEqual(['z', 'a', 'b', 'c']);
    facts.set('b', []);
    expect(facts.facts('package').map(({ name }) => name)).toEqual(['z', 'a', 'c']);
    expect(facts.hasOwn).toBe(true);
    facts.set('a', []);
    facts.set('c', []);
    expect([facts.hasOwn, facts.has('package')]).toEqual([false, true]);
  });

  test('are the same list as long as none of the kind, or of the programs, changes', () => {
    const facts = new JoinedFacts();
    const known = installed('a', 'kernel', '1');
    facts.set('a', [known, command('a', '/usr/sbin/sysctl -p')]);
    facts.set('b', [command('b', 'true')]);
    const [packages, commands, ofPrograms] = [
      facts.facts('package'),
      facts.facts('command'),
      facts.commands(['sysctl']),
    ];
    expect(texts(ofPrograms)).toEqual(['/usr/sbin/sysctl -p']);
    facts.set('b', [command('b', 'false')]);
    expect(facts.facts('package')).toBe(packages);
    expect(facts.commands(['sysctl'])).toBe(ofPrograms);
    expect(facts.facts('command')).not.toBe(commands);
    facts.set('a', [known, command('a', 'sysctl -w a=1')]);
    expect(facts.facts('package')).toBe(packages);
    expect(texts(facts.commands(['sysctl']))).toEqual(['sysctl -w a=1']);
    facts.set('b', [command('b', 'sysctl b')]);
    expect(texts(facts.commands(['sysctl']))).toEqual(['sysctl -w a=1', 'sysctl b']);
  });
});

describe('a model that goes on', () => {
  const unit = (text: string): readonly Fact[] => loader.facts({ path: 'a.service', kind: 'unit', text });

  test('knows whether what was read of it is the same', () => {
    const facts = new JoinedFacts();
    facts.set('a', [installed('a', 'kernel', '3.10.0')]);
    const model = livingModel(facts);
    const { model: seen, isSame } = model.watched();
    expect(seen.fleet.kernels()).toHaveLength(1);
    facts.set('b', [command('b', 'true')]);
    expect(isSame()).toBe(true);
    // It was kept, and is asked something else for the first time.
    expect(seen.fleet.ipvs()).toEqual([]);
    facts.set('b', [command('b', 'kube-proxy --proxy-mode=ipvs')]);
    expect(isSame()).toBe(false);
    expect(model.fleet.ipvs()).toHaveLength(1);
  });

  test('keeps the units as long as they and the version of systemd are the same', () => {
    const facts = new JoinedFacts();
    facts.set('a.service', unit('[Service]\nExecStart=/bin/a\n'));
    const model = livingModel(facts);
    const { units } = model;
    facts.set('p', [installed('p', 'kernel', '4.18.0')]);
    expect(model.units).toBe(units);
    facts.set('p', [installed('p', 'kernel', '3.10.0-957.el7')]);
    expect(model.units).not.toBe(units);
    const [old] = model.units.all;
    facts.set('a.service', unit('[Service]\nExecStart=/bin/b\n'));
    expect(old?.text('Service', 'ExecStart')).toBe('/bin/a');
    expect(model.units.all[0]?.text('Service', 'ExecStart')).toBe('/bin/b');
  });

  test('follows scripts that commands run', () => {
    const facts = new JoinedFacts();
    const script = (line: string): ScriptFact => ({
      kind: 'script',
      span: span('s'),
      path: '/opt/s.sh',
      commands: [{ span: span('s'), words: command('s', line).words, always: 'yes' }],
    });
    facts.set('c', [command('c', '/bin/sh /opt/s.sh')]);
    const model = livingModel(facts);
    expect(texts(model.commands(['hostnamectl']))).toEqual([]);
    facts.set('s', [script('hostnamectl status')]);
    expect(texts(model.commands(['hostnamectl']))).toEqual(['hostnamectl status']);
    expect(texts(model.facts('command'))).toEqual(['/bin/sh /opt/s.sh', 'hostnamectl status']);
    const before = model.commands(['hostnamectl']);
    facts.set('d', [command('d', 'true')]);
    expect(model.commands(['hostnamectl'])).toBe(before);
    facts.set('s', [script('true')]);
    expect(texts(model.commands(['hostnamectl']))).toEqual([]);
  });
});
