/** Syntax trees that are let go and parsed again. */
import { describe, expect, it } from 'vitest';
import { fileTemplate } from '../../../src/core/template.ts';
import { parsePuppet } from '../../../src/loaders/puppet/parser.ts';
import { keptTrees } from '../../../src/loaders/puppet/syntax-trees.ts';
import { expanded, manifest, treeOf } from './helper.ts';

const files: Readonly<Record<string, string>> = {
  'm/manifests/init.pp': `class m (String $flag = '--all') inherits m::params {
  m::job { 'a': command => "/bin/a \${flag} \${m::params::place}" }
  if $facts['os']['family'] == 'Debian' { m::job { 'b': command => '/bin/b' } }
  concat { '/etc/cron.d/c': }
}
`,
  'm/manifests/job.pp': `define m::job (String $command) {
  exec { $title: command => $command }
  if $title == 'a' {
    concat::fragment { "\${title}-1": target => '/etc/cron.d/c', order => '1', content => "* * * * * root /bin/c\\n" }
  }
}
`,
  'm/manifests/params.pp': "class m::params { $place = '/srv' }\n",
  'n/manifests/init.pp': "class n { class { 'm': flag => '--none' } m::job { 'n': command => '/bin/n' } }\n",
};

describe('with more text than trees are kept of', () => {
  /** Each long enough that two of them are too many. */
  const ending = `# ${'.'.repeat(keptTrees)}\n`;
  const paths = Object.keys(files);
  const long = Object.fromEntries(paths.map((path) => [path, `${files[path] ?? ''}${ending}`]));
  const manifestsOf = (texts: Readonly<Record<string, string>>) =>
    Object.entries(texts).map(([path, text]) => manifest(path, text));

  it('says the same', async () => {
    const few = await expanded(manifestsOf(files), treeOf(files));
    const many = await expanded(manifestsOf(long), treeOf(long));
    expect(few.filter(({ kind }) => kind === 'command').length).toBeGreaterThan(4);
    expect(many).toEqual(few);
  });

  it('says what is new after a change', async () => {
    const repository = {};
    const before = manifestsOf(long);
    await expanded(before, treeOf(long, repository));
    const path = 'm/manifests/params.pp';
    const changed = { ...long, [path]: `class m::params { $place = '/opt' }\n${ending}` };
    const now = before.map((fact) => (fact.path === path ? manifest(path, changed[path]) : fact));
    const facts = await expanded(now, treeOf(changed, repository));
    expect(facts).toEqual(await expanded(manifestsOf(changed), treeOf(changed)));
    expect(JSON.stringify(facts)).toContain('/opt');
  });

  it('has the tree of each manifest', () => {
    const facts = manifestsOf(long);
    for (const { path, text, program } of facts) {
      expect(program.body).toHaveLength(1);
      expect(program).toEqual(parsePuppet(fileTemplate(path, text)).program);
    }
  });
});
