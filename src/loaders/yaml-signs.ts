/**
 * What must stand in the text of a YAML or JSON document that has some key or value. A key may be quoted, or stand on the line before its
 * colon; a value may have a tag or an anchor, stand in the next line, or be an alias. Escapes are not looked through.
 */

/** @param names a regular expression of the ends of keys */
export function keySign(names: string): RegExp {
  return new RegExp(`(?<![\\w-])(?:${names})["']?\\s*:`);
}

/** Blanks, line ends, tags, anchors and comments between a key and its value: no more of each than anybody writes, as it is looked for at every key. */
const between = '\\s{0,200}(?:(?:[!&|>]\\S{0,60}\\s|#[^\\n]{0,120}\\n)\\s{0,200}){0,6}';

/** @param key a regular expression, as `value`: of what the value begins with */
export function valueSign(key: string, value: string): RegExp {
  return new RegExp(`(?<![\\w-])${key}["']?\\s*:${between}(?:\\*|["']?(?:${value})\\b)`);
}
