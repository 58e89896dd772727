import { resolve } from 'node:path';
import { resolveConfig, type Resolver } from '../config/config.ts';
import { discover, locate } from '../config/discovery.ts';
import { fileKind } from '../config/file-kind.ts';
import { isOwnFile } from '../config/own-files.ts';
import { readGiven } from '../config/read-file.ts';
import type { Notice } from '../core/notice.ts';
import type { FileInput, Session } from '../session.ts';
import { repositoryTop } from '../vcs/repository.ts';
import type { Staged } from '../vcs/staged.ts';
import { allowsPlugins } from './known-rule.ts';
import { UsageError, type CommandLine } from './options.ts';
import type { Streams } from './streams.ts';

/** What a session was given, besides its files. */
export interface Filled {
  readonly notices: readonly Notice[];
  readonly resolver: Resolver;
  /** The index, where it is linted instead of the work tree. */
  readonly staged: Staged | undefined;
}

/** Gives a session the files that the command line names, and what is configured for them. */
export async function fill(
  session: Session,
  line: CommandLine,
  paths: readonly string[],
  streams: Streams,
): Promise<Filled> {
  const root = streams.cwd();
  const stdin = line['stdin-filename'];
  if (paths.includes('-') && stdin === undefined) {
    throw new UsageError("'-' needs '--stdin-filename PATH', which says what kind of file standard input is.");
  }
  const named = paths.filter((path) => path !== '-');
  const searched = named.length === 0 && stdin === undefined ? ['.'] : named;
  const staged = line.staged ? await findStaged(root, searched) : undefined;
  const found =
    staged === undefined
      ? await discover(root, searched, { context: true })
      : { files: staged.files, notices: [], listings: undefined };
  const place = stdin === undefined ? undefined : locate(root, stdin);
  if (place !== undefined && fileKind(place.path) === undefined) {
    throw new UsageError(`'${stdin ?? ''}' is no name of a kind of file that fleetlint reads.`);
  }
  const files = found.files.filter(({ path }) => !isOwnFile(path));
  const resolver = await resolveConfig(
    {
      root,
      file: line.config,
      none: line['no-config'],
      only: line.only,
      allowPlugins: allowsPlugins(line, streams.env),
      read: staged && ((absolute) => staged.read(absolute)),
      listings: found.listings,
    },
    [
      ...files.map(({ path }) => path),
      ...(place === undefined ? [] : [place.path]),
      ...(line['print-config'] === undefined ? [] : [line['print-config']]),
      'any',
    ],
  );
  session.configure(resolver);
  // A file named by itself is taken whatever ignores it.
  const byName = new Set(named.map((path) => locate(root, path).path));
  session.update(files.filter(({ path }) => byName.has(path) || !resolver.isIgnored(path)));
  if (place !== undefined) {
    const content = await readStream(streams.stdin);
    session.update([{ ...place, read: () => content }]);
  }
  const given = line.fleet.map((path): FileInput => ({
    path,
    given: true,
    read: () => readGiven(resolve(root, path)),
  }));
  session.update(given.length > 0 ? given : resolver.fleet());
  return { notices: [...found.notices, ...resolver.notices], resolver, staged };
}

async function findStaged(root: string, paths: readonly string[]): Promise<Staged> {
  const top = repositoryTop(root);
  if (top === undefined) throw new UsageError("'--staged' needs a git repository, and there is none here.");
  const { readStaged } = await import('../vcs/staged.ts');
  return readStaged(root, top, paths);
}

async function readStream(stream: NodeJS.ReadableStream): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}
