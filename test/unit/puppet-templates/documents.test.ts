import { beforeAll, describe, expect, it } from 'vitest';
import type { Fact } from '../../../src/core/fact.ts';
import { displayText, fileTemplate, type Template } from '../../../src/core/template.ts';
import { documentFacts, loadDocumentParsers } from '../../../src/loaders/puppet/documents.ts';
import { renderErb } from '../../../src/loaders/puppet/erb.ts';

beforeAll(async () => {
  await loadDocumentParsers();
});

const file = 'modules/a/templates/x.erb';

/** The facts of a template that is written to a place of the node. */
function deployed(text: string, destination: string): readonly Fact[] {
  return documentFacts(renderErb(fileTemplate(file, text)), fileTemplate('site.pp', destination));
}

/** A fact in one line: what it says, and the source it points to. */
function shown(text: string, destination: string): readonly string[] {
  const show = (template: Template | undefined): string => (template === undefined ? '' : displayText(template));
  return deployed(text, destination).map((fact): string => {
    const at = text.slice(fact.span.start, fact.span.end);
    expect(fact.span.file).toBe(file);
    switch (fact.kind) {
      case 'unit.file':
        return `${fact.role} ${fact.unit} ${fact.layer} in '${fact.root}'${fact.complete ? '' : ', partly known'}`;
      case 'unit.assignment':
        return `[${fact.section}] ${fact.key}=${show(fact.value)} @ ${at}`;
      case 'command':
        return `runs ${fact.always} ${fact.origin.type}: ${fact.words.map(show).join(' ')} @ ${at}`;
      case 'sysctl.setting':
        return `${fact.key}=${show(fact.value)} of ${fact.fileName ?? '?'}`;
      case 'kernel.module':
        return `module ${fact.name}`;
      case 'kernel.module-option':
        return `option ${fact.module} ${fact.name}=${fact.value}`;
      case 'kernel.parameters':
        return `boots with ${show(fact.text)}`;
      case 'environment.variable':
        return `${fact.name}=${show(fact.value)}`;
      case 'puppet.setting':
        return `[${fact.section}] ${fact.key} = ${show(fact.value)}`;
      case 'kubelet.setting':
        return `kubelet ${fact.path}: ${show(fact.value)}`;
      case 'script':
        return `${fact.path}: ${fact.commands.map(({ words, always }) => `${always} ${words.map(show).join(' ')}`).join('; ')}`;
      default:
        return fact.kind;
    }
  });
}

describe('units', () => {
  it('a service', () => {
    expect(shown('[Service]\nExecStart=/bin/a <%= @x %>\n', '/etc/systemd/system/a.service')).toEqual([
      "unit a.service etc in 'modules/a/'",
      '[Service] ExecStart=/bin/a <%= @x %> @ ExecStart=/bin/a <%= @x %>',
      'runs yes unit: /bin/a <%= @x %> @ /bin/a <%= @x %>',
    ]);
  });

  it('a drop-in', () => {
    expect(shown('[Service]\nRestart=no\n', '/etc/systemd/system/a.service.d/b.conf')).toEqual([
      "drop-in a.service etc in 'modules/a/'",
      '[Service] Restart=no @ Restart=no',
    ]);
  });

  it('what stands in an if is not sure to be there', () => {
    const text = '[Service]\n<% if @x -%>\nExecStartPre=/bin/p\n<% end -%>\nExecStart=/bin/a\n';
    expect(shown(text, '/etc/systemd/system/a.service')).toEqual([
      "unit a.service etc in 'modules/a/', partly known",
      '[Service] ExecStartPre=/bin/p @ ExecStartPre=/bin/p',
      'runs unknown unit: /bin/p @ /bin/p',
      '[Service] ExecStart=/bin/a @ ExecStart=/bin/a',
      'runs yes unit: /bin/a @ /bin/a',
    ]);
  });

  it('two branches do not both set the same thing', () => {
    const text = '[Service]\n<% if @x -%>\nExecStart=/bin/a\n<% else -%>\nExecStart=/bin/b\nUser=c\n<% end -%>\n';
    expect(shown(text, '/etc/systemd/system/a.service')).toEqual([
      "unit a.service etc in 'modules/a/', partly known",
      '[Service] ExecStart=/bin/a @ ExecStart=/bin/a',
      'runs unknown unit: /bin/a @ /bin/a',
      '[Service] User=c @ User=c',
    ]);
  });

  it('the same text at two places is two documents', () => {
    const documents = ['a', 'b'].flatMap((name) =>
      deployed('[Service]\n', `/etc/systemd/system/${name}.service`).map((fact) =>
        fact.kind === 'unit.file' ? fact.document : '',
      ),
    );
    expect(new Set(documents).size).toBe(2);
  });

  it('an unknown text is no empty unit, which would mask it', () => {
    expect(shown('<%= @content %>', '/etc/systemd/system/a.service')).toEqual([]);
  });

  it('a name with an unknown part is shown as it is written', () => {
    const path = renderErb(fileTemplate('site.pp', '/etc/systemd/system/<%= @name %>.service'));
    const [unit] = documentFacts(fileTemplate(file, '[Service]\n'), path);
    expect(unit?.kind === 'unit.file' && unit.unit).toBe('<%= @name %>.service');
  });
});

describe('other files', () => {
  it.each([
    [
      '/etc/cron.d/report',
      '*/2 * * * * root hostnamectl\n<% if @x %>\n@daily root date\n<% end %>\n',
      ['runs yes cron: hostnamectl @ hostnamectl', 'runs unknown cron: date @ date'],
    ],
    ['/var/spool/cron/crontabs/root', '@daily date\n', ['runs yes cron: date @ date']],
    [
      '/etc/cron.hourly/report',
      '#!/bin/sh\nhostnamectl\n',
      ['runs yes cron: hostnamectl @ hostnamectl', '/etc/cron.hourly/report: yes hostnamectl'],
    ],
    ['/etc/sysctl.d/50-a.conf', 'vm.swappiness = <%= @x %>\n', ['vm/swappiness=<%= @x %> of 50-a.conf']],
    ['/etc/sysctl.conf', 'vm.swappiness=1\n', ['vm/swappiness=1 of sysctl.conf']],
    ['/etc/modules-load.d/a.conf', 'ip-vs\n', ['module ip_vs']],
    ['/etc/modprobe.d/a.conf', 'options nf-conntrack hashsize=1\n', ['option nf_conntrack hashsize=1']],
    ['/etc/default/grub', 'GRUB_CMDLINE_LINUX="a <%= @x %>"\n', ['boots with a <%= @x %>']],
    ['/etc/sysconfig/kubelet', 'KUBELET_EXTRA_ARGS=--a\n', ['KUBELET_EXTRA_ARGS=--a']],
    ['/var/lib/kubelet/kubeadm-flags.env', 'A="b"\n', ['A=b']],
    ['/etc/puppetlabs/puppet/puppet.conf', '[agent]\nruninterval = 2m\n', ['[agent] runinterval = 2m']],
    [
      '/var/lib/kubelet/config.yaml',
      'kind: KubeletConfiguration\napiVersion: kubelet.config.k8s.io/v1beta1\ncgroupDriver: <%= @x %>\n',
      ['kubelet.config', 'kubelet cgroupDriver: <%= @x %>'],
    ],
    [
      '/usr/local/bin/report',
      '#!/bin/bash -e\nhostnamectl\n<% if @x %>\ndate\n<% end %>\n',
      ['/usr/local/bin/report: yes hostnamectl; unknown date'],
    ],
    ['/opt/report.sh', 'hostnamectl <%= @x %>\n', ['/opt/report.sh: yes hostnamectl <%= @x %>']],
    ['/opt/report.py', '#!/usr/bin/python3\nhostnamectl()\n', []],
    ['/etc/motd', 'hostnamectl\n', []],
  ])('%s', (destination, text, expected) => {
    expect(shown(text, destination)).toEqual(expected);
  });

  it('of two branches the first counts', () => {
    const text = '<% if @x -%>\nvm.swappiness=1\n<% else -%>\nvm.swappiness=2\n<% end -%>\n';
    expect(shown(text, '/etc/sysctl.conf')).toEqual(['vm/swappiness=1 of sysctl.conf']);
  });
});
