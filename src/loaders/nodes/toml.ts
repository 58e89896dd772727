/** TOML files that say something of nodes: containerd's config.toml and Bottlerocket's user data. */
import type { Fact } from '../../core/fact.ts';
import { lazyLibrary } from '../../core/lazy-library.ts';
import type { Loader } from '../../core/loader.ts';
import type { Span } from '../../core/span.ts';
import { fileTemplate, sliceTemplate, spanOf, type Template } from '../../core/template.ts';

const toml = lazyLibrary(() => import('smol-toml'));

/** Must be awaited before `tomlFacts`. */
export const loadToml = toml.load;

/** Characters beyond which a file is not read. */
const longestFile = 1024 * 1024;

type Table = Readonly<Record<string, unknown>>;

/** The facts of a TOML text; none if it is not TOML, for nothing says that it is one of these files. */
export function tomlFacts(template: Template): readonly Fact[] {
  const { text } = template;
  if (text.length > longestFile || /[[{]{100}/.test(text)) return [];
  let root: Table;
  try {
    root = toml.module().parse(text);
  } catch {
    return [];
  }
  return [...containerdFacts(template, root), ...bottlerocketFacts(template, root)];
}

/** The cgroup driver of containerd's runc, where it is stated. */
function containerdFacts(template: Template, root: Table): readonly Fact[] {
  const plugins = tableAt(root, 'plugins');
  for (const plugin of ['io.containerd.grpc.v1.cri', 'io.containerd.cri.v1.runtime', 'cri']) {
    const options = tableAt(plugins, plugin, 'containerd', 'runtimes', 'runc', 'options');
    const value = options?.['SystemdCgroup'];
    const span = keyLine(template, 'SystemdCgroup', /runtimes\.["']?runc["']?\.options\s*\]/);
    if (typeof value !== 'boolean' || span === undefined) continue;
    return [{ kind: 'runtime.cgroup-driver', span, runtime: 'containerd', driver: value ? 'systemd' : 'cgroupfs' }];
  }
  return [];
}

/** Bottlerocket's settings of the kubelet, which it writes in kebab-case, and its boot parameters are its own. */
function bottlerocketFacts(template: Template, root: Table): readonly Fact[] {
  const settings = tableAt(root, 'settings', 'kubernetes');
  if (settings === undefined) return [];
  const found = Object.entries(settings).flatMap(([key, value]): Fact[] => {
    const span = keyLine(template, key, /^\s*\[\s*settings\.kubernetes\s*\]/);
    if (span === undefined || !/^(?:string|number|bigint|boolean)$/.test(typeof value)) return [];
    const path = key.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
    const line = sliceTemplate(template, span.start, span.end);
    const equals = line.text.indexOf('=') + 1;
    const written = line.text.slice(equals).trim();
    const at = span.start + equals + line.text.slice(equals).indexOf(written);
    const quoted = typeof value === 'string';
    const text = sliceTemplate(template, at + (quoted ? 1 : 0), at + String(value).length + (quoted ? 1 : 0));
    return text.text === String(value)
      ? [
          {
            kind: 'kubelet.setting',
            span: spanOf(text),
            key: span,
            document: spanOf(template),
            path,
            value: text,
            quoted,
          },
        ]
      : [];
  });
  const [first] = found;
  if (first === undefined) return [];
  const document = spanOf(template);
  return [
    {
      kind: 'kubelet.config',
      span: first.span,
      document,
      apiVersion: undefined,
      surface: 'bottlerocket',
      partial: true,
    },
    ...found,
  ];
}

function tableAt(root: Table | undefined, ...keys: readonly string[]): Table | undefined {
  let at: unknown = root;
  for (const key of keys) {
    at = typeof at === 'object' && at !== null && Object.hasOwn(at, key) ? (at as Table)[key] : undefined;
  }
  return typeof at === 'object' && at !== null && !Array.isArray(at) ? (at as Table) : undefined;
}

/** The line `key = ...` below a header, without the blanks before it and a comment after it. The library gives no places. */
function keyLine(template: Template, key: string, header: RegExp): Span | undefined {
  let isBelow = false;
  let at = 0;
  for (const line of template.text.split('\n')) {
    if (/^\s*\[/.test(line)) isBelow = header.test(line);
    const content = line.trimStart();
    const start = at + line.length - content.length;
    at += line.length + 1;
    if (!isBelow || !content.startsWith(key) || !/^\s*=/.test(content.slice(key.length))) continue;
    const written = /^[^=]*=\s*(?:"[^"\n]*"|'[^'\n]*'|[^\s#]+)/.exec(content)?.[0];
    if (written !== undefined) return spanOf(template, start, start + written.length);
  }
  return undefined;
}

export const loader: Loader = {
  prepare: loadToml,
  facts: ({ path, text }) => tomlFacts(fileTemplate(path, text)),
  ast: ({ path, text }) => tomlFacts(fileTemplate(path, text)),
};
