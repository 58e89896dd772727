/** How far below comments the first key of a YAML document is looked for. Characters. */
const head = 4096;

/**
 * Whether a text is an OpenAPI or Swagger description of an HTTP interface and nothing else: hundreds of kilobytes that name what we look
 * for and set nothing.
 *
 * @param raw the text, or its bytes as characters
 */
export function isApiDescription(raw: string): boolean {
  const start = raw.slice(0, head);
  if (/^\s*\{\s*"(?:swagger|openapi)"\s*:\s*"[23]\./.test(start)) return true;
  const key = /^(?:swagger|openapi):[ \t]+["']?[23]\./m.exec(start);
  return key !== null && !raw.includes('\n---', key.index) && !/^\w[\w-]*:/m.test(start.slice(0, key.index));
}
