/** The functions of Puppet that give the text of a file or template: template, epp, inline_template, inline_epp and file. */
import { fileTemplate, literalText, TemplateBuilder, type Template } from '../../core/template.ts';
import type { Expression, Program } from '../../core/puppet-ast.ts';
import { renderEppProgram } from './epp.ts';
import { renderErb } from './erb.ts';
import {
  literalOf,
  maximumAlternatives,
  texts,
  type Alternative,
  type ExpansionContext,
  type PuppetValue,
  type TemplateCall,
} from './evaluated.ts';
import { parseProgram } from './parser.ts';

/** Names of the functions that `templateText` knows. */
export const templateFunctions: ReadonlySet<string> = new Set([
  'template',
  'epp',
  'inline_template',
  'inline_epp',
  'file',
]);

/**
 * What such a call gives: the text, which stands in the file of the template, or of the manifest for an inline one.
 * `undefined`: the file or text is not known. Templates that are given one after another make one text only if that can be said
 * without mixing files, so of several there is none.
 */
export function templateText(call: TemplateCall): PuppetValue | undefined {
  const [first] = call.arguments;
  if (first === undefined || (call.name.startsWith('inline_') ? !isSingle(call) : !namesOneFile(call)))
    return undefined;
  const found: Alternative[] = [];
  for (const argument of texts(first).slice(0, maximumAlternatives)) {
    const text = textFor(call, argument);
    if (text === undefined) return undefined;
    found.push({ type: 'string', text });
  }
  return found.length === 0 ? undefined : found;
}

/** `file()` takes the first file that exists; the others want all their arguments. */
function namesOneFile(call: TemplateCall): boolean {
  return call.name === 'file' || isSingle(call);
}

function isSingle({ name, arguments: given }: TemplateCall): boolean {
  return given.length === 1 || name.endsWith('epp');
}

function textFor(call: TemplateCall, argument: Template): Template | undefined {
  switch (call.name) {
    case 'inline_template':
      return renderErb(argument, variableOf(call));
    case 'inline_epp':
      return renderEppCall(call, argument);
    case 'template':
    case 'epp':
    case 'file': {
      const name = literalText(argument);
      const source =
        name === undefined ? undefined : fileNamed(call, name, call.name === 'file' ? 'files' : 'templates');
      if (source === undefined || call.name === 'file') return source;
      return call.name === 'template' ? renderErb(source, variableOf(call)) : renderEppCall(call, source);
    }
    default:
      return undefined;
  }
}

function variableOf(call: TemplateCall): (name: string) => string | undefined {
  return (name) => (name === '' ? undefined : printed(call.variable(name)));
}

function renderEppCall(call: TemplateCall, source: Template): Template {
  const program = eppProgram(source);
  const locals = parametersOf(call, program, source);
  return renderEppProgram(program, source, (expression: Expression) =>
    printed(call.evaluate(expression, source, locals)),
  );
}

/** The template that was read last: as a rule several resources use one after the other. */
let last: { readonly source: Template; readonly program: Program } | undefined;

function eppProgram(source: Template): Program {
  if (last?.source.file !== source.file || last.source.text !== source.text)
    last = { source, program: parseProgram(source, { epp: true }) };
  return last.program;
}

/** What a tag prints. An empty text is the default of what somebody is to set as a rule, so it counts as not known. */
function printed(value: PuppetValue): string | undefined {
  const text = literalOf(value);
  return text === '' ? undefined : text;
}

/** What the template is given, and the defaults of what it is not; a hash with unknown entries may hold any of them. */
function parametersOf(call: TemplateCall, program: Program, source: Template): ReadonlyMap<string, PuppetValue> {
  const locals = new Map<string, PuppetValue>();
  const [, given] = call.arguments;
  const hash = given?.length === 1 && given[0]?.type === 'hash' ? given[0] : undefined;
  const mayHoldMore = given !== undefined && (hash === undefined || hash.open);
  for (const parameter of program.parameters ?? []) {
    if (mayHoldMore) locals.set(parameter.name, [{ type: 'unknown', text: holeFor(`$${parameter.name}`) }]);
    else if (parameter.default !== null)
      locals.set(parameter.name, call.evaluate(parameter.default, source, new Map(locals)));
  }
  for (const [name, item] of hash?.entries ?? []) locals.set(name, item.value);
  return locals;
}

function holeFor(label: string): Template {
  return new TemplateBuilder('', 0).hole(label, 0, 0).build();
}

/** `module/name`, in a folder of the module; an absolute path is a file of the node or server, which is not known. */
function fileNamed(context: ExpansionContext, written: string, kind: 'templates' | 'files'): Template | undefined {
  const match = /^(\w+)\/([^/].*)$/.exec(written);
  if (match === null) return undefined;
  const file = context.moduleFile(match[1] ?? '', kind, match[2] ?? '');
  return file === undefined ? undefined : fileTemplate(file.path, file.text);
}

/** The file of a module that a `source` names (`puppet:///modules/m/x`); `undefined` for every other kind of source. */
export function sourceFileOf(context: ExpansionContext, source: Template): Template | undefined {
  const written = literalText(source);
  const name = written === undefined ? undefined : /^puppet:\/\/[^/]*\/modules\/(.+)$/.exec(written)?.[1];
  return name === undefined ? undefined : fileNamed(context, name, 'files');
}
