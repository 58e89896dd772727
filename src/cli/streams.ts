/** What a command needs of its process; tests bring their own. */
export interface Streams {
  readonly stdin: NodeJS.ReadableStream;
  readonly stdout: { write(text: string): unknown; readonly isTTY?: boolean };
  readonly stderr: { write(text: string): unknown; readonly isTTY?: boolean };
  readonly env: Readonly<Record<string, string | undefined>>;
  cwd(): string;
}

/** The job was done, with nothing at or above the threshold. */
export const exitClean = 0;
export const exitFindings = 1;
/** The job could not be done in full: usage, unreadable input, internal error. */
export const exitIncomplete = 2;
