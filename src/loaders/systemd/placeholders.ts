/** Units that a template engine fills in later, in files that do not say so by their names. */
import type { Template } from '../../core/template.ts';
import { TemplateBuilder, sliceTemplate, spanOf } from '../../core/template.ts';

/**
 * Jinja, Go and Mustache, ERB and EPP, the `@NAME@` of configure scripts and CMake, `##NAME##` and `__NAME__`, Terraform's directives, and
 * `${a.b}` or `${ a }`, which is no variable of systemd's. Jinja's comments and the parameters of an EPP template can have several lines.
 */
const placeholder =
  /\{\{(?:[^{}\n]|\{[^{}\n]{0,50}\}){0,200}\}\}|\{%[^%\n]{0,200}%\}|\{#[^#]{0,1000}#\}|<%[^%]{0,1000}%>|@[A-Za-z_][A-Za-z0-9_]{0,50}@|##[A-Za-z_]{1,50}##|__[A-Z_]{1,50}__|%\{~?[ \t]*(?:if|else|endif|for|endfor)\b[^{}\n]{0,500}\}|\$\{(?!\w+\})[ \t]*[A-Za-z_][\w.-]{0,100}[ \t]*\}/g;

/** `PREFIX/lib`, which a `sed` fills in; only in files that say by their names that they are filled in. */
const bareWord = new RegExp(`${placeholder.source}|\\b[A-Z][A-Z_]{3,50}(?=[/:])`, 'g');

/** Makes each placeholder a hole. A Go template that is meant for the program (`docker ps --format`) becomes one too: it is a word either way. */
export function placeholdersToHoles(source: Template): Template {
  const builder = new TemplateBuilder(source.file, source.source);
  let literal = 0;
  for (const match of source.text.matchAll(source.file.endsWith('.in') ? bareWord : placeholder)) {
    const [text] = match;
    const span = spanOf(source, match.index, match.index + text.length);
    builder.append(sliceTemplate(source, literal, match.index)).hole(text, span.start, span.end - span.start);
    literal = match.index + text.length;
  }
  return literal === 0 ? source : builder.append(sliceTemplate(source, literal, source.text.length)).build();
}
