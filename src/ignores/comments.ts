/** The comments of a file, as its own format has them. Only files with the word in them come here. */
import { ignoreWord, type Commented, type CommentRange } from '../core/suppress.ts';
import type { SourceFile } from '../core/source-file.ts';
import { fileTemplate, spanOf } from '../core/template.ts';
import { loaderFor } from '../loaders/registry.ts';
import { addAll } from '../core/lists.ts';

interface Range {
  readonly start: number;
  readonly end: number;
}

/** What stands in a file as comments and statements. A file that cannot be read has the comments that could be. */
export async function commentsOf(file: SourceFile): Promise<Commented> {
  switch (file.kind) {
    case 'puppet':
      return await inPuppet(file);
    case 'yaml':
    case 'fleet':
      return await inYaml(file);
    case 'go':
      return { comments: scan(file.text, goToken), statements: await goStatements(file) };
    case 'markdown':
      return await inMarkdown(file);
    case 'unit':
    case 'drop-in':
    case 'dbus-service':
      return await inUnit(file);
    case 'toml':
      return withLines(file.text, scan(file.text, tomlToken));
    case 'grub-default':
      return withLines(file.text, scan(file.text, shellToken));
    case 'module-file':
      return withLines(file.text, [...ownLines(file.text, '#;'), ...scan(file.text, templateComment)]);
    case 'docker-daemon':
      return { comments: [], statements: [] };
    case 'puppet-conf':
    case 'sysctl':
    case 'environment-file':
      return withLines(file.text, ownLines(file.text, '#;'));
    default:
      return withLines(file.text, ownLines(file.text, '#'));
  }
}

/** Each alternative takes a string or a comment whole, so that neither is looked for in the other. The comment is group 1. */
const goToken = /"(?:[^"\\\n]|\\.)*"?|`[^`]*`?|'(?:[^'\\\n]|\\.)*'?|(\/\/[^\r\n]*|\/\*[^]*?(?:\*\/|$))/g;
const tomlToken = /"""[^]*?(?:"""|$)|'''[^]*?(?:'''|$)|"(?:[^"\\\n]|\\.)*"?|'[^'\n]*'?|(#[^\r\n]*)/g;
const shellToken = /\\[^]|"(?:[^"\\]|\\[^])*"?|'[^']*'?|(?<![^\s;&|()])(#[^\r\n]*)/g;
const templateComment = /(<%-?#[^]*?(?:%>|$))/g;

function scan(text: string, token: RegExp): readonly Range[] {
  return [...text.matchAll(token)].flatMap((match) =>
    match[1] === undefined ? [] : [{ start: match.index, end: match.index + match[0].length }],
  );
}

/** Lines that begin with a comment's sign, without their ends. */
function ownLines(text: string, signs: string): readonly Range[] {
  return lines(text).filter(({ start }) => signs.includes(text.charAt(start)));
}

/** Lines that are not blank, without the blanks around them. */
function lines(text: string): readonly Range[] {
  const found: Range[] = [];
  for (const { 0: line, index } of text.matchAll(/[^\r\n]+/g)) {
    const trimmed = line.trim();
    if (trimmed === '') continue;
    const start = index + line.indexOf(trimmed);
    found.push({ start, end: start + trimmed.length });
  }
  return found;
}

/** For formats in which each line is a statement. */
function withLines(text: string, comments: readonly Range[]): Commented {
  const starts = new Set(comments.map(({ start }) => start));
  return { comments, statements: lines(text).filter(({ start }) => !starts.has(start)) };
}

async function inPuppet(file: SourceFile): Promise<Commented> {
  const [{ parsePuppet }, { walk }] = await Promise.all([
    import('../loaders/puppet/parser.ts'),
    import('../loaders/puppet/walk.ts'),
  ]);
  const { program, comments } = parsePuppet(fileTemplate(file.path, file.text));
  const statements = new Map<object, { start: number; end: number }>();
  const inTexts: CommentRange[] = [];
  walk(program, (node, parents) => {
    if (node.type === 'Program') return undefined;
    if (node.type === 'Heredoc') {
      addAll(inTexts, inHeredoc(file.text, node.text));
      // Its text stands below the statement's line, and belongs to the statement all the same.
      for (const parent of parents) {
        const range = statements.get(parent);
        if (range !== undefined) range.end = Math.max(range.end, node.text.end);
      }
    }
    // Of resources joined by an arrow, a comment is about the one it stands before.
    if (node.type !== 'Relationship') statements.set(node, { start: node.start, end: node.end });
    return undefined;
  });
  return { comments: [...comments, ...inTexts], statements: [...statements.values()] };
}

/** Comments of the unit, script or crontab in a heredoc: each is about the next line. */
function inHeredoc(text: string, { start, end }: Range): readonly CommentRange[] {
  const content = text.slice(start, end);
  if (!content.includes(ignoreWord)) return [];
  const all = lines(content).map((line) => ({ start: start + line.start, end: start + line.end }));
  const isComment = (line: Range) => '#;'.includes(text.charAt(line.start));
  return all.flatMap((line, index) => {
    const about = all.slice(index + 1).find((next) => !isComment(next));
    return isComment(line) && about !== undefined ? [{ ...line, about }] : [];
  });
}

async function inYaml(file: SourceFile): Promise<Commented> {
  const [{ Lexer }, { loadYaml, readYaml, yamlDocuments }] = await Promise.all([
    import('yaml'),
    import('../loaders/kubelet/read-yaml.ts'),
  ]);
  await loadYaml();
  const comments: Range[] = [];
  let at = 0;
  let isScalar = false;
  for (const token of new Lexer().lex(file.text)) {
    // The library marks what is to come with single control characters, which are not part of the text.
    if (token === '\u0002' || token === '\u0018' || token === '\u001f') {
      isScalar = token === '\u001f';
      continue;
    }
    if (!isScalar && token.startsWith('#')) comments.push({ start: at, end: at + token.length });
    isScalar = false;
    at += token.length;
  }
  const statements: Range[] = [];
  for (const document of yamlDocuments(fileTemplate(file.path, file.text))) {
    const pending = [readYaml(document).root];
    for (let tree = pending.pop(); tree !== undefined; tree = pending.pop()) {
      if (tree.type === 'sequence') {
        for (const item of tree.items) {
          statements.push(spanOf(document, item.start, item.end));
          pending.push(item);
        }
      } else if (tree.type === 'mapping') {
        for (const { keyStart, value } of tree.entries) {
          statements.push(spanOf(document, keyStart, Math.max(keyStart, value.end)));
          pending.push(value);
        }
      }
    }
  }
  return { comments, statements };
}

/** What holds statements is none. */
const goContainers = new Set([
  'source_file',
  'statement_list',
  'block',
  'literal_value',
  'field_declaration_list',
  'comment',
]);

async function goStatements(file: SourceFile): Promise<readonly Range[]> {
  const loader = await loaderFor(file.kind).load();
  await loader.prepare?.(file);
  const statements: Range[] = [];
  const pending: unknown[] = [loader.ast(file)];
  while (pending.length > 0) {
    const node = pending.pop();
    if (Array.isArray(node)) {
      for (const each of node as unknown[]) pending.push(each);
      continue;
    }
    if (typeof node !== 'object' || node === null) continue;
    const { type, start, end, children } = node as Readonly<Record<string, unknown>>;
    if (typeof type === 'string' && typeof start === 'number' && typeof end === 'number' && !goContainers.has(type)) {
      statements.push({ start, end });
    }
    if (Array.isArray(children)) for (const child of children as unknown[]) pending.push(child);
  }
  return statements;
}

/** Comments of the Go in fenced blocks, and comments of Markdown itself before such a block. */
async function inMarkdown(file: SourceFile): Promise<Commented> {
  const { goBlocks } = await import('../loaders/go/markdown.ts');
  const blocks = goBlocks(fileTemplate(file.path, file.text)).map((block) => spanOf(block));
  const comments: CommentRange[] = blocks.flatMap(({ start, end }) =>
    scan(file.text.slice(start, end), goToken).map((range) => ({ start: start + range.start, end: start + range.end })),
  );
  for (const match of file.text.matchAll(/<!--[^]*?(?:-->|$)/g)) {
    const end = match.index + match[0].length;
    if (!match[0].includes(ignoreWord)) continue;
    const next = blocks.find((block) => block.start >= end);
    if (next !== undefined && enclosing(blocks, match.index) === undefined)
      comments.push({ start: match.index, end, about: next });
  }
  return { comments, statements: await goStatements(file) };
}

async function inUnit(file: SourceFile): Promise<Commented> {
  const { readUnitLines } = await import('../loaders/systemd/lines.ts');
  const logical = readUnitLines(fileTemplate(file.path, file.text)).lines.map((line) => spanOf(line));
  const statements: Range[] = [...logical];
  const headers = logical.filter(({ start }) => file.text.charAt(start) === '[');
  // A section is one thing: a comment before its head is about all of it.
  headers.forEach(({ start }, index) => {
    statements.push({ start, end: headers[index + 1]?.start ?? file.text.length });
  });
  const comments = ownLines(file.text, '#;').map((comment): CommentRange => {
    // systemd allows comments between the lines of one assignment.
    const around = enclosing(logical, comment.start);
    return around === undefined ? comment : { ...comment, about: around };
  });
  return { comments, statements };
}

/** `ranges`: in order, without overlap. */
function enclosing(ranges: readonly Range[], at: number): Range | undefined {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ranges[middle]?.start ?? 0) <= at) low = middle + 1;
    else high = middle;
  }
  const range = ranges[low - 1];
  return range !== undefined && at < range.end ? range : undefined;
}
