import { describe, expect, it } from 'vitest';
import { editorLines } from '../../../src/lsp/diagnostics.ts';
import { ignoreEdit } from '../../../src/lsp/ignore-edit.ts';
import { fileKind } from '../../../src/config/file-kind.ts';
import { Session } from '../../../src/session.ts';

interface Case {
  readonly path: string;
  readonly text: string;
  /** The rule to hold back. */
  readonly rule: string;
  /** Other files that make it a finding. */
  readonly others?: Readonly<Record<string, string>>;
  /** The added line, and the one below it. */
  readonly expected: string | undefined;
}

async function findings(path: string, text: string, others: Case['others'] = {}) {
  const session = new Session();
  session.update(
    Object.entries({ [path]: text, ...others }).map(([name, content]) => ({ path: name, read: () => content })),
  );
  return (await session.run()).findings.filter(({ span }) => span.file === path);
}

/** The text with the comment that the action adds, and a reason. */
async function ignored({ path, text, rule, others }: Case): Promise<{ changed: string; line: number } | undefined> {
  const kind = fileKind(path);
  const found = (await findings(path, text, others)).find((finding) => finding.rule === rule);
  if (kind === undefined || found === undefined) throw new Error(`There is no ${rule} in ${path}.`);
  const edit = await ignoreEdit(rule, path, kind, editorLines(text), found.span.start);
  if (edit === undefined) return undefined;
  const { line, character } = edit.range.start;
  const lines = text.split(/(?<=\n)/);
  const at = lines.slice(0, line).join('').length + character;
  const added = edit.newText.replace(`[${rule}] `, `[${rule}] For a reason. `);
  return { changed: text.slice(0, at) + added + text.slice(at), line };
}

const tick = { 'a.timer': '[Timer]\nOnCalendar=*:0/2\n' };
const periodic = 'dbus/periodic-activation';
const unit = '[Service]\nType=oneshot\nExecStart=/usr/bin/hostnamectl status\n';
const kill = 'systemd/kill-mode-none';
const killing = '[Service]\nExecStart=/usr/bin/a\nKillMode=none\n';
const indented = (text: string): string => text.replace(/^(?=.)/gm, '    ');
const kubelet = 'apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nmaxPods: "a"\n';

const cases: Readonly<Record<string, Case>> = {
  'a unit': {
    path: 'a.service',
    text: unit,
    rule: periodic,
    others: tick,
    expected: `# fleetlint-ignore[${periodic}] For a reason. \nExecStart=/usr/bin/hostnamectl status\n`,
  },
  'a unit with CRLF': {
    path: 'a.service',
    text: unit.replaceAll('\n', '\r\n'),
    rule: periodic,
    others: tick,
    expected: `# fleetlint-ignore[${periodic}] For a reason. \r\nExecStart=/usr/bin/hostnamectl status\r\n`,
  },
  'a template of a unit': {
    path: 'templates/a.service.erb',
    text: unit,
    rule: periodic,
    others: { 'templates/a.timer.erb': tick['a.timer'] },
    expected: `# fleetlint-ignore[${periodic}] For a reason. \nExecStart=/usr/bin/hostnamectl status\n`,
  },
  'an attribute of a resource': {
    path: 'a.pp',
    text: "class a {\n  exec { 'name':\n    path    => '/usr/bin',\n    command => 'hostnamectl status',\n  }\n}\n",
    rule: periodic,
    expected: `    # fleetlint-ignore[${periodic}] For a reason. \n    command => 'hostnamectl status',\n`,
  },
  'a title': {
    path: 'a.pp',
    text: "class a {\n  exec { '/usr/bin/hostnamectl status': }\n}\n",
    rule: periodic,
    expected: `  # fleetlint-ignore[${periodic}] For a reason. \n  exec { '/usr/bin/hostnamectl status': }\n`,
  },
  'the second line of a string in Puppet': {
    path: 'a.pp',
    text: 'exec { \'name\':\n  command => "/bin/true && \\\n   /usr/bin/hostnamectl status",\n}\n',
    rule: periodic,
    expected: `  # fleetlint-ignore[${periodic}] For a reason. \n  command => "/bin/true && \\\n`,
  },
  'a unit in a heredoc': {
    path: 'a.pp',
    text: `file { '/etc/systemd/system/a.service':\n  content => @(END),\n${indented(killing)}    | END\n}\n`,
    rule: kill,
    expected: `  # fleetlint-ignore[${kill}] For a reason. \n  content => @(END),\n`,
  },
  'a unit in YAML': {
    path: 'user-data.yaml',
    text: `#cloud-config\nwrite_files:\n- path: /etc/systemd/system/a.service\n  content: |\n${indented(killing)}`,
    rule: kill,
    expected: `  # fleetlint-ignore[${kill}] For a reason. \n  content: |\n`,
  },
  'a kubelet configuration': {
    path: 'kubelet.yaml',
    text: kubelet,
    rule: 'kubelet/invalid-value',
    expected: '# fleetlint-ignore[kubelet/invalid-value] For a reason. \nmaxPods: "a"\n',
  },
  'a kubelet configuration in JSON': {
    path: 'kubelet.json',
    text: '{\n"apiVersion": "kubelet.config.k8s.io/v1beta1",\n"kind": "KubeletConfiguration",\n"maxPods": "a"\n}\n',
    rule: 'kubelet/invalid-value',
    expected: undefined,
  },
  Go: {
    path: 'a.go',
    text: 'package a\n\nimport "net/http"\n\nfunc get(url string) (*http.Response, error) {\n\tclient := &http.Client{Transport: &http.Transport{}}\n\treturn client.Get(url)\n}\n',
    rule: 'go/http-transport-per-call',
    expected:
      '\t// fleetlint-ignore[go/http-transport-per-call] For a reason. \n\tclient := &http.Client{Transport: &http.Transport{}}\n',
  },
  'Go in Markdown': {
    path: 'a.md',
    text: '# A\n\n```go\npackage a\n\nimport "net/http"\n\nfunc get(url string) (*http.Response, error) {\n\tclient := &http.Client{Transport: &http.Transport{}}\n\treturn client.Get(url)\n}\n```\n',
    rule: 'go/http-transport-per-call',
    expected:
      '\t// fleetlint-ignore[go/http-transport-per-call] For a reason. \n\tclient := &http.Client{Transport: &http.Transport{}}\n',
  },
};

describe('the comment that holds a finding back', () => {
  it.each(Object.entries(cases))('in %s', async (_name, each) => {
    const result = await ignored(each);
    if (each.expected === undefined) {
      expect(result).toBeUndefined();
      return;
    }
    expect(result).toBeDefined();
    const { changed, line } = result ?? { changed: '', line: 0 };
    const two = changed
      .split(/(?<=\n)/)
      .slice(line, line + 2)
      .join('');
    expect(two).toBe(each.expected);
    const left = (await findings(each.path, changed, each.others)).map(({ rule }) => rule);
    expect(left).not.toContain(each.rule);
    expect(left.filter((rule) => rule.startsWith('core/') || rule.endsWith('syntax-error'))).toEqual([]);
  });
});
