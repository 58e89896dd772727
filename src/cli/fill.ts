import { resolve } from 'node:path';
import { discover, locate, readWhole } from '../config/discovery.ts';
import { fileKind } from '../config/file-kind.ts';
import type { Notice } from '../core/notice.ts';
import type { FileInput, Session } from '../session.ts';
import { UsageError, type CommandLine } from './options.ts';
import type { Streams } from './streams.ts';

/** Gives a session the files that the command line names. */
export async function fill(
  session: Session,
  line: CommandLine,
  paths: readonly string[],
  streams: Streams,
): Promise<readonly Notice[]> {
  const root = streams.cwd();
  const stdin = line['stdin-filename'];
  if (paths.includes('-') && stdin === undefined) {
    throw new UsageError("'-' needs '--stdin-filename PATH', which says what kind of file standard input is.");
  }
  const named = paths.filter((path) => path !== '-');
  const searched = named.length === 0 && stdin === undefined ? ['.'] : named;
  const found = await discover(root, searched);
  session.update(found.files);
  if (stdin !== undefined) {
    const content = await readStream(streams.stdin);
    const place = locate(root, stdin);
    if (fileKind(place.path) === undefined) {
      throw new UsageError(`'${stdin}' is no name of a kind of file that fleetlint reads.`);
    }
    session.update([{ ...place, read: () => content }]);
  }
  session.update(
    line.fleet.map((path): FileInput => ({ path, given: true, read: () => readWhole(resolve(root, path)) })),
  );
  return found.notices;
}

async function readStream(stream: NodeJS.ReadableStream): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}
