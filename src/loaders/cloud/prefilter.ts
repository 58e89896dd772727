/** A header of one of these is in every unit that says something. */
const headers = ['[Unit]', '[Service]', '[Timer]', '[Socket]', '[Mount]', '[Path]', '[Install]'];

/** What the registry knows of units inside YAML and JSON without importing their loader. */
export const cloudWords: readonly (readonly string[])[] = headers.map((header) => [header]);

/** Whether a text can have a unit in it. */
export function mayHoldUnits(text: string): boolean {
  return headers.some((header) => text.includes(header));
}
