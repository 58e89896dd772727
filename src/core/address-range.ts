/** Ranges of network addresses: `10.96.0.0/12`, `fd00:10:96::/112`. */

export interface AddressRange {
  readonly family: 4 | 6;
  /** The bits that all addresses of the range share, as `0` and `1`. */
  readonly prefix: string;
}

/** `undefined` if the text is no range. Bits behind the prefix are left out, as Go's `net.ParseCIDR` does. */
export function parseAddressRange(text: string): AddressRange | undefined {
  const [, address = '', written = ''] = /^([\da-fA-F:.]{2,39})\/(\d{1,3})$/.exec(text.trim()) ?? [];
  const bits = address.includes(':') ? bitsOf6(address) : bitsOf4(address);
  const length = Number(written);
  if (bits === undefined || length > bits.length) return undefined;
  return { family: bits.length === 32 ? 4 : 6, prefix: bits.slice(0, length) };
}

/** Whether every address of `inner` is one of `outer`. */
export function containsRange(outer: AddressRange, inner: AddressRange): boolean {
  return outer.family === inner.family && inner.prefix.startsWith(outer.prefix);
}

function bitsOf4(address: string): string | undefined {
  const parts = address.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256)) return undefined;
  return parts.map((part) => Number(part).toString(2).padStart(8, '0')).join('');
}

function bitsOf6(address: string): string | undefined {
  const halves = address.split('::');
  const [head = [], tail = []] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const missing = 8 - head.length - tail.length;
  if (halves.length > 2 || (halves.length === 2 ? missing < 1 : missing !== 0)) return undefined;
  const parts = [...head, ...Array<string>(missing).fill('0'), ...tail];
  if (!parts.every((part) => /^[\da-fA-F]{1,4}$/.test(part))) return undefined;
  return parts.map((part) => Number.parseInt(part, 16).toString(2).padStart(16, '0')).join('');
}
