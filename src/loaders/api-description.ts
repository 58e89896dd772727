/** How far below comments the first key of a YAML document is looked for. Bytes. */
const head = 4096;

/**
 * Whether a text is an OpenAPI or Swagger description of an HTTP interface and nothing else: hundreds of kilobytes that name what we look
 * for and set nothing.
 *
 * @param content the text, or its bytes
 */
export function isApiDescription(content: Uint8Array | string): boolean {
  const bytes = typeof content === 'string' ? content : Buffer.from(content.buffer, content.byteOffset, content.length);
  const start = typeof bytes === 'string' ? bytes.slice(0, head) : bytes.toString('latin1', 0, head);
  if (/^\s*\{\s*"(?:swagger|openapi)"\s*:\s*"[23]\./.test(start)) return true;
  const key = /^(?:swagger|openapi):[ \t]+["']?[23]\./m.exec(start);
  return key !== null && !bytes.includes('\n---', key.index) && !/^\w[\w-]*:/m.test(start.slice(0, key.index));
}
