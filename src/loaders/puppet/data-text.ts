/** Values of a manifest as the YAML or JSON that `to_yaml` and `to_json` make of them, with the place of each. */
import { displayText, HOLE, spanOf, TemplateBuilder, type Template } from '../../core/template.ts';
import type { Span } from '../../core/span.ts';
import { placeText, type Alternative, type PuppetValue } from './evaluated.ts';
import type { RenderedTemplate } from './rendered.ts';

/** Functions whose value is the text of their first argument. */
export const dataFunctions: ReadonlySet<string> = new Set(['to_yaml', 'to_json', 'to_json_pretty']);

const deepest = 20;

/**
 * The text, in JSON's notation, which is YAML too. What is not known of a value is a hole; where a hash or array may have
 * further entries, the text has a part that may not be there. What stands in another file points to `span`.
 *
 * @param isWhole whether no entries are known to be missing in any case
 */
export function dataText(value: PuppetValue, span: Span, isWhole = true): RenderedTemplate {
  const builder = new TemplateBuilder(span.file, span.start);
  let isOpen = !isWhole;
  // Brackets and quotes stand beside what they enclose.
  let cursor = span.start;
  const punctuation = (text: string, at = cursor): void => {
    builder.text(text, at, 0);
  };
  const add = (text: Template): void => {
    const isHere = text.file === span.file;
    builder.append(isHere ? text : placeText(text, span));
    cursor = isHere ? spanOf(text).end : span.end;
  };
  const write = (each: PuppetValue, depth: number): void => {
    const [one] = each;
    if (one === undefined || each.length > 1 || depth > deepest) builder.hole('…', span.start, 0);
    else writeOne(one, depth);
  };
  const list = <Item>(items: Iterable<Item>, writeItem: (item: Item) => void): void => {
    let isFirst = true;
    for (const item of items) {
      if (!isFirst) punctuation(', ');
      isFirst = false;
      writeItem(item);
    }
  };
  const quoted = (text: Template): void => {
    punctuation('"', text.file === span.file ? spanOf(text).start : span.start);
    if (/["\\\n]/.test(text.text)) builder.append(placeText(escaped(text), span));
    else add(text);
    punctuation('"');
  };
  const writeOne = (one: Alternative, depth: number): void => {
    switch (one.type) {
      case 'string':
        quoted(one.text);
        break;
      case 'number':
      case 'boolean':
        add(one.text);
        break;
      case 'undef':
        isOpen ||= depth === 0;
        // By itself it is hardly meant: what a template leaves out where the parameter is not set.
        if (depth === 0) builder.hole('undef', span.start, 0);
        else punctuation('null');
        break;
      case 'sensitive':
        write(one.value, depth + 1);
        break;
      case 'array':
        isOpen ||= one.open;
        punctuation('[');
        list(one.elements, (element) => {
          write(element, depth + 1);
        });
        punctuation(']');
        break;
      case 'hash':
        isOpen ||= one.open;
        punctuation('{');
        list(one.entries.values(), ({ key, value: item }) => {
          quoted(key);
          punctuation(': ');
          write(item, depth + 1);
        });
        punctuation('}', depth === 0 ? span.end : cursor);
        break;
      case 'unknown':
        isOpen ||= depth === 0;
        add(one.text);
        break;
      default:
        builder.hole(one.type, span.start, 0);
    }
  };
  write(value, 0);
  const text = builder.text('\n', span.end, 0).build();
  return { ...text, conditional: isOpen ? [{ start: 0, end: 0, choice: 0, branch: 0 }] : [] };
}

/** A text as it stands between quotes, as a text of no file. */
function escaped(text: Template): Template {
  const builder = new TemplateBuilder('', 0);
  text.text.split(HOLE).forEach((part, index) => {
    if (index > 0) builder.hole(displayText(text), 0, 0);
    builder.text(JSON.stringify(part).slice(1, -1), 0, 0);
  });
  return builder.build();
}
