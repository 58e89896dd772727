/** Loader for Go files and for the Go in Markdown. */
import { loadShellParser } from '../shell/commands.ts';
import type { Fact } from '../../core/fact.ts';
import { addAll } from '../../core/lists.ts';
import type { Loader } from '../../core/loader.ts';
import type { SourceFile } from '../../core/source-file.ts';
import { fileTemplate, type Template } from '../../core/template.ts';
import { isFragment, maskFragment } from './fragment.ts';
import { fileFact, functionFact } from './functions.ts';
import { namesOf, withoutLeftOut } from './left-out.ts';
import { goBlocks } from './markdown.ts';
import { parseGo } from './parser.ts';
import { mattersWhole, partsThatMatter } from './prefilter.ts';
import { responsesOf } from './responses.ts';
import { durationsOf } from './durations.ts';
import { periodicCommands } from './periodic-commands.ts';
import { createSource, textOf, type GoSource } from './source.ts';
import type { GoNode } from './syntax.ts';
import { transportsOf } from './transports.ts';
import { unitsOf, type GoUnit } from './unit.ts';

/** Part of the name of every field that `durationsOf` looks at, wherever it stands. */
const durationName = /Timeout|KeepAlive/;

/** Deepest nesting that `ast` shows; what is below is cut. */
const maximumShownDepth = 200;

export function createGoLoader(): Loader {
  return {
    async prepare(file) {
      if (/exec\.Command|os\/exec/.test(file.text)) await loadShellParser();
    },
    facts: (file) =>
      file.kind === 'go' && file.companion !== true && !isFragment(file.text) && !mattersWhole(file.text)
        ? partialFacts(fileTemplate(file.path, file.text))
        : templatesOf(file).flatMap((template) => factsOf(readSource(template, file.leftOut))),
    ast(file) {
      const trees = templatesOf(file).map((template) => {
        const source = readSource(template);
        return showTree(source, source.root, 0);
      });
      return file.kind === 'markdown' ? trees : trees[0];
    },
  };
}

function templatesOf(file: SourceFile): readonly Template[] {
  const whole = fileTemplate(file.path, file.text);
  return file.kind === 'markdown' ? goBlocks(whole) : [whole];
}

/** @param leftOut see `left-out.ts` */
function readSource(template: Template, leftOut = ''): GoSource {
  const text = isFragment(template.text) ? maskFragment(template.text) : template.text;
  return createSource(template, text, parseGo(withoutLeftOut(text, leftOut)), namesOf(leftOut));
}

function factsOf(source: GoSource): readonly Fact[] {
  const units = unitsOf(source);
  const facts: Fact[] = [fileFact(source, units)];
  for (const unit of units) {
    facts.push(functionFact(unit));
    // Whatever makes one names its type, or the variable that holds the default one.
    if (textOf(source, unit.node).includes('Transport')) addAll(facts, transportsOf(unit));
    addAll(facts, localFacts(unit));
  }
  // No node runs a test.
  if (source.template.file.endsWith('_test.go') || !importsCommands(source)) return facts;
  return [...facts, ...periodicCommands(source, units)];
}

function importsCommands(source: GoSource): boolean {
  return [...source.imports.values()].includes('os/exec');
}

/** What a function says by itself, whoever calls it; documentation leaves out what everybody knows to be missing. */
function localFacts(unit: GoUnit): readonly Fact[] {
  const durations = durationName.test(textOf(unit.source, unit.node)) ? durationsOf(unit) : [];
  return unit.source.fragment ? durations : [...durations, ...responsesOf(unit)];
}

/** The facts of the functions that matter by themselves: all others are blanked before the text is parsed. */
function partialFacts(template: Template): readonly Fact[] {
  const { text } = template;
  const parts = partsThatMatter(text);
  if (parts.length === 0) return [];
  const source = createSource(template, text, parseGo(onlyParts(text, parts)));
  return unitsOf(source).flatMap(localFacts);
}

/** The text with blanks instead of its functions, but for some ranges; as long as before. */
function onlyParts(text: string, parts: readonly (readonly [start: number, end: number])[]): string {
  const first = Math.max(0, text.search(/^func\b/m));
  let shown = text.slice(0, Math.min(first, parts[0]?.[0] ?? first));
  for (const [start, end] of parts) {
    if (start > shown.length) shown += `\n${' '.repeat(start - shown.length - 1)}`;
    shown += text.slice(start, end);
  }
  return shown.padEnd(text.length);
}

/** A node as `fleetlint ast` prints it: offsets in the file. */
interface ShownNode {
  readonly type: string;
  readonly field?: string;
  readonly start: number;
  readonly end: number;
  readonly text?: string;
  readonly children?: readonly ShownNode[];
}

function showTree(source: GoSource, node: GoNode, depth: number): ShownNode {
  const base = source.template.source;
  return {
    type: node.type,
    ...(node.field === undefined ? {} : { field: node.field }),
    start: base + node.start,
    end: base + node.end,
    ...(node.children.length === 0 || depth >= maximumShownDepth
      ? { text: source.text.slice(node.start, node.end) }
      : { children: node.children.map((child) => showTree(source, child, depth + 1)) }),
  };
}
