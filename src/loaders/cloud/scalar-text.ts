/** The text of a YAML or JSON string with the place of each of its characters. */
import { sliceTemplate, spanOf, TemplateBuilder, type Template } from '../../core/template.ts';
import { blockTemplate, type ScalarTree } from '../kubelet/tree.ts';

const escapes: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['t', '\t'],
  ['r', '\r'],
  ['"', '"'],
  ['\\', '\\'],
  ['/', '/'],
]);

/** A literal block, a string on one line, or a quoted one with escapes keeps its places; any other points at the whole scalar. */
export function textOfScalar(document: Template, scalar: ScalarTree): Template {
  const written = document.text.slice(scalar.start, scalar.end);
  if (scalar.block === true && isLiteral(document, scalar)) return blockTemplate(document, scalar);
  if (written === scalar.text) return sliceTemplate(document, scalar.start, scalar.end);
  if (written.slice(1, -1) === scalar.text) return sliceTemplate(document, scalar.start + 1, scalar.end - 1);
  const unescaped = written.startsWith('"') ? unescape(document, scalar) : undefined;
  if (unescaped?.text === scalar.text) return unescaped;
  const { file, start, end } = spanOf(document, scalar.start, scalar.end);
  return new TemplateBuilder(file, start).text(scalar.text, start, end - start).build();
}

/** `|`; a folded block (`>`) joins lines. */
function isLiteral(document: Template, { start }: ScalarTree): boolean {
  const head = document.text.slice(start, document.text.indexOf('\n', start));
  return head.trimStart().startsWith('|');
}

/** The inside of a double quoted string on one line. */
function unescape(document: Template, { start, end }: ScalarTree): Template {
  const builder = new TemplateBuilder(document.file, spanOf(document, start, start).start);
  let literal = start + 1;
  for (
    let at = document.text.indexOf('\\', literal);
    at >= 0 && at < end - 1;
    at = document.text.indexOf('\\', literal)
  ) {
    const letter = document.text[at + 1] ?? '';
    const long = letter === 'u';
    const length = long ? 6 : 2;
    const text = long
      ? String.fromCharCode(Number.parseInt(document.text.slice(at + 2, at + 6), 16) || 0)
      : (escapes.get(letter) ?? letter);
    const span = spanOf(document, at, at + length);
    builder.append(sliceTemplate(document, literal, at)).text(text, span.start, span.end - span.start);
    literal = at + length;
  }
  return builder.append(sliceTemplate(document, literal, end - 1)).build();
}
