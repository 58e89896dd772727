import { sliceTemplate, type Template } from './template.ts';

/** The lines of a text without their ends, which are `\n`, `\r\n` or `\r`. */
export function linesOf(text: Template): readonly Template[] {
  const lines: Template[] = [];
  const end = /\r\n|\n|\r/g;
  let start = 0;
  for (let match = end.exec(text.text); match !== null; match = end.exec(text.text)) {
    lines.push(sliceTemplate(text, start, match.index));
    start = end.lastIndex;
  }
  if (start < text.text.length) lines.push(sliceTemplate(text, start, text.text.length));
  return lines;
}

/** Without the blanks at both ends. */
export function trimTemplate(text: Template): Template {
  const start = text.text.length - text.text.trimStart().length;
  return sliceTemplate(text, start, Math.max(start, text.text.trimEnd().length));
}
