/** What is known of the setting under the cursor: a unit's directive, or a field of a KubeletConfiguration. */
import { CompletionItemKind, type CompletionItem, type Position, type Range } from 'vscode-languageserver-types';
import type { FileKind } from '../core/source-file.ts';
import {
  kubeletSettings,
  kubeletWords,
  removedKubeletFlags,
  type KubeletSettingKnowledge,
} from '../knowledge/kubelet.ts';
import {
  directiveNames,
  directiveOf,
  oldestSystemd,
  sectionNames,
  wordsOf,
  type Directive,
  type ValueType,
} from '../knowledge/systemd-directives.ts';

/** Text to show, and the words it is about. */
export interface SettingHover {
  readonly range: Range;
  readonly markdown: string;
}

/** What a value may be, for people; types that say little are left out. */
const valueTexts: Partial<Readonly<Record<ValueType, string>>> = {
  absolutePath: 'an absolute path',
  boolean: 'a boolean (`yes` or `no`)',
  calendar: 'a calendar expression, see systemd.time(7)',
  environment: 'assignments `NAME=value`, in quotes where a value has blanks',
  exec: 'a command line: an absolute path or a program, without a shell',
  integer: 'a whole number',
  memory: 'a size, a percentage or `infinity`',
  mode: 'an octal file mode',
  percent: 'a percentage',
  seconds: 'a time span such as `30s` or `5min`, or seconds',
  signal: 'a signal',
  size: 'a size such as `64M`, or bytes',
  timer: 'a time span after the event',
  unit: 'a unit',
  units: 'units, separated by blanks',
  unsigned: 'a whole number, not negative',
};

/** Hover on a setting's name, or a kubelet's flag; `undefined` elsewhere, and for a name that no version knows. */
export function settingHover(kind: FileKind, lines: readonly string[], position: Position): SettingHover | undefined {
  const line = lines[position.line] ?? '';
  const flag = flagHover(kind, lines, line, position);
  if (flag !== undefined) return flag;
  if (kind === 'unit' || kind === 'drop-in') {
    const key = /^\s*([A-Za-z]\w*)\s*=/.exec(line)?.[1];
    const section = sectionAt(lines, position.line);
    if (key === undefined || section === undefined || position.character > line.indexOf('=')) return undefined;
    const directive = directiveOf(section, key);
    if (directive === undefined) return undefined;
    return { range: rangeOf(line, key, position.line), markdown: directiveText(section, directive) };
  }
  const path = kubeletPath(lines, position.line);
  const setting = path === undefined ? undefined : kubeletSettings.get(path);
  if (setting === undefined || position.character > line.indexOf(':')) return undefined;
  const key = setting.path.slice(setting.path.lastIndexOf('.') + 1);
  return { range: rangeOf(line, key, position.line), markdown: kubeletText(setting) };
}

/** On a flag in a file that starts a kubelet. */
function flagHover(
  kind: FileKind,
  lines: readonly string[],
  line: string,
  { line: number, character }: Position,
): SettingHover | undefined {
  const starts = kind === 'environment-file' || kind === 'unit' || kind === 'drop-in';
  const match = [...line.matchAll(/--([a-z][a-z0-9-]*)/g)].find(
    ({ index, 0: { length } }) => index <= character && character <= index + length,
  );
  const name = match?.[1];
  if (!starts || name === undefined || !lines.some((each) => /kubelet/i.test(each))) return undefined;
  const removed = removedKubeletFlags.get(name);
  const setting = [...kubeletSettings.values()].find(({ flag }) => flag === name);
  const sentences = [`**--${name}** of the kubelet.`];
  if (setting !== undefined) sentences.push(`It beats the setting \`${setting.path}\` of a KubeletConfiguration.`);
  if (removed !== undefined) sentences.push(`Kubernetes ${removed.removed} and later refuse it.`);
  if (removed?.replacement !== undefined) sentences.push(`In its place: ${removed.replacement}.`);
  if (sentences.length === 1) return undefined;
  return { range: rangeOf(line, `--${name}`, number), markdown: sentences.join(' ') };
}

/** Names of settings where a line begins, values where a name is complete and its values are known. */
export function completeSettings(kind: FileKind, lines: readonly string[], position: Position): CompletionItem[] {
  const before = (lines[position.line] ?? '').slice(0, position.character);
  if (kind === 'unit' || kind === 'drop-in') return completeUnit(lines, position, before);
  const parent = kubeletParent(lines, position.line, before);
  if (parent === undefined) return [];
  const value = /^\s*"?(\w+)"?\s*:\s+"?\w*$/.exec(before)?.[1];
  if (value !== undefined) {
    if (kubeletSettings.get(parent + value)?.kind === 'bool') return values(['true', 'false']);
    return values((kubeletWords.get(parent + value) ?? []).filter((word) => word !== ''));
  }
  const list = /^\s*-\s+"?[\w-]*$/.test(before) ? kubeletWords.get(`${parent.replace(/\.$/, '')}[]`) : undefined;
  if (list !== undefined) return values(list.filter((word) => word !== ''));
  if (!/^\s*"?\w*$/.test(before)) return [];
  return [...kubeletSettings.values()]
    .filter(({ path }) => path.startsWith(parent) && !/[.[]/.test(path.slice(parent.length)))
    .map((setting) => ({
      label: setting.path.slice(parent.length),
      kind: CompletionItemKind.Field,
      detail: setting.kind,
      documentation: { kind: 'markdown', value: kubeletText(setting) },
    }));
}

function completeUnit(lines: readonly string[], position: Position, before: string): CompletionItem[] {
  if (/^\s*\[\w*$/.test(before)) return values(sectionNames);
  const section = sectionAt(lines, position.line);
  if (section === undefined) return [];
  const key = /^\s*([A-Za-z]\w*)\s*=/.exec(before)?.[1];
  if (key === undefined) {
    if (!/^\s*\w*$/.test(before)) return [];
    return directiveNames(section).flatMap((name) => {
      const directive = directiveOf(section, name);
      if (directive === undefined) return [];
      const documentation = { kind: 'markdown' as const, value: directiveText(section, directive) };
      return [{ label: name, kind: CompletionItemKind.Property, insertText: `${name}=`, documentation }];
    });
  }
  const directive = directiveOf(section, key);
  if (directive?.valueType === 'boolean') return values(['yes', 'no']);
  if (directive?.valueType !== 'word') return [];
  const { words, boolean } = wordsOf(key);
  return values([...(boolean ? ['yes', 'no'] : []), ...words]);
}

function values(words: readonly string[]): CompletionItem[] {
  return words.map((label) => ({ label, kind: CompletionItemKind.Value }));
}

/** The section a line stands in, without brackets. */
function sectionAt(lines: readonly string[], line: number): string | undefined {
  for (let at = Math.min(line, lines.length - 1); at >= 0; at--) {
    const name = /^\s*\[([^\]]+)\]\s*$/.exec(lines[at] ?? '')?.[1];
    if (name !== undefined) return name;
  }
  return undefined;
}

function directiveText(section: string, { key, valueType, since, removed }: Directive): string {
  const { words, boolean } = valueType === 'word' ? wordsOf(key) : { words: [], boolean: false };
  const listed = [...(boolean ? ['yes', 'no'] : []), ...words].map((word) => `\`${word}\``).join(', ');
  const value = listed === '' ? valueTexts[valueType] : `one of ${listed}`;
  const sentences = [
    `**${key}=** in [${section}]${value === undefined ? '' : `: ${value}`}.`,
    since <= oldestSystemd ? `Known to every systemd since ${oldestSystemd} or before.` : `Since systemd ${since}.`,
  ];
  if (removed !== undefined) {
    const [from, to] = removed.last;
    const last = from === to ? `${to}` : `a version between ${from} and ${to}`;
    const then = removed.named ? 'later ones say that they ignore it' : 'later ones do not know it';
    sentences.push(`Last honoured by ${last}; ${then}.`);
  }
  return sentences.join(' ');
}

function kubeletText({ path, kind, sinceText, since, flag, default: standard }: KubeletSettingKnowledge): string {
  const sentences = [`**${path}** (${kind}).`];
  if (since !== undefined)
    sentences.push(sinceText === '1.12' ? 'Since Kubernetes 1.12 or before.' : `Since Kubernetes ${sinceText}.`);
  const words = kubeletWords.get(path)?.filter((word) => word !== '') ?? [];
  if (words.length > 0) sentences.push(`One of ${words.map((word) => `\`${word}\``).join(', ')}.`);
  if (standard !== undefined) sentences.push(`Default: \`${standard}\`.`);
  if (flag !== undefined) sentences.push(`The flag \`--${flag}\` beats it.`);
  return sentences.join(' ');
}

/** Dotted path of the field in a line of a KubeletConfiguration document; `undefined` in any other. */
function kubeletPath(lines: readonly string[], line: number): string | undefined {
  const key = keyOf(lines[line]);
  const parent = kubeletParent(lines, line, lines[line] ?? '');
  return key === undefined || parent === undefined ? undefined : parent + key;
}

/** Path of the mapping around a line, with a dot at its end, or empty at the top of the document. */
function kubeletParent(lines: readonly string[], line: number, text: string): string | undefined {
  if (line >= lines.length) return undefined;
  let start = line;
  while (start > 0 && !/^---/.test(lines[start] ?? '')) start--;
  let end = line + 1;
  while (end < lines.length && !/^---/.test(lines[end] ?? '')) end++;
  if (!lines.slice(start, end).some((each) => /^\s*"?kind"?\s*:\s*["']?KubeletConfiguration\b/.test(each)))
    return undefined;
  let indent = indentOf(text);
  const keys: string[] = [];
  for (let at = line - 1; at >= start && indent > 0; at--) {
    const above = lines[at] ?? '';
    if (above.trim() === '' || /^\s*#/.test(above) || indentOf(above) >= indent) continue;
    // The brace around a JSON document.
    if (above.trim() === '{') continue;
    const key = keyOf(above);
    if (key === undefined) return undefined;
    keys.unshift(key);
    indent = indentOf(above);
  }
  return keys.map((key) => `${key}.`).join('');
}

/** The key that a line of YAML, or of JSON with one entry a line, begins with. */
function keyOf(line = ''): string | undefined {
  return /^\s*"?(\w+)"?\s*:/.exec(line)?.[1];
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

function rangeOf(line: string, word: string, number: number): Range {
  const at = Math.max(0, line.indexOf(word));
  return { start: { line: number, character: at }, end: { line: number, character: at + word.length } };
}
