/** Makes Go text from documentation readable: text without a package clause, perhaps with diff markers and `...` lines. */

const packageClause = /^[ \t]*package[ \t]+\w+/m;

/** Whether the text is a part of a file. */
export function isFragment(text: string): boolean {
  return !packageClause.test(text);
}

/** Blanks what is no Go in a fragment, keeping every offset: removed lines, the `+` of added ones, lines of dots. */
export function maskFragment(text: string): string {
  const lines = text.split('\n');
  const indentation = lines.reduce(
    (least, line) => (line.trim() === '' ? least : Math.min(least, line.search(/\S/))),
    1000,
  );
  return lines
    .map((line) => {
      const mark = line.charAt(indentation);
      if (line.slice(0, indentation).trim() !== '') return line;
      if (mark === '-' || line.startsWith('@@', indentation)) return line.replace(/[^\r]/g, ' ');
      if (/^\s*(?:\.{3}|\u2026)\s*$/.test(line)) return line.replace(/[.\u2026]/g, ' ');
      return mark === '+' ? `${line.slice(0, indentation)} ${line.slice(indentation + 1)}` : line;
    })
    .join('\n');
}
