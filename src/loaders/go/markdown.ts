/** Go in Markdown: the fenced code blocks that say so. */
import { sliceTemplate, type Template } from '../../core/template.ts';

/** The fenced blocks whose first word is `go` or `golang`, also in lists; without the fences. */
export function goBlocks(markdown: Template): readonly Template[] {
  const blocks: Template[] = [];
  let open: { readonly fence: string; readonly go: boolean; readonly start: number } | undefined;
  const { text } = markdown;
  for (let start = 0; start < text.length;) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline + 1;
    const line = text.slice(start, Math.min(end, start + 200));
    if (open === undefined) {
      const match = /^[ \t]*(?:(?:[-*+]|\d+[.)])[ \t]+)*(`{3,}|~{3,})[ \t]*\{?\.?([\w+#-]*)/.exec(line);
      const fence = match?.[1];
      if (fence !== undefined) open = { fence, go: /^go(?:lang)?$/i.test(match?.[2] ?? ''), start: end };
    } else if (closes(line, open.fence)) {
      if (open.go) blocks.push(sliceTemplate(markdown, open.start, start));
      open = undefined;
    }
    start = end;
  }
  // A fence that is never closed ends with the document.
  if (open?.go === true) blocks.push(sliceTemplate(markdown, open.start, text.length));
  return blocks;
}

function closes(line: string, fence: string): boolean {
  const trimmed = line.trim();
  return trimmed.length >= fence.length && trimmed === fence.charAt(0).repeat(trimmed.length);
}
