import { existsSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { readWhole } from '../config/read-file.ts';
import type { Repository } from '../core/repository.ts';

/**
 * The git repository that a directory lies in, read from its files: git itself runs what a repository's configuration names.
 * `undefined` where there is none, or it has no commit or no remote named `origin`.
 */
export function readRepository(directory: string): Repository | undefined {
  const top = repositoryTop(directory);
  if (top === undefined) return undefined;
  try {
    const own = gitDirectory(join(top, '.git'));
    const shared = existsSync(join(own, 'commondir')) ? resolve(own, readLine(join(own, 'commondir'))) : own;
    const uri = publicUri(originUrl(readText(join(shared, 'config'))));
    const head = readLine(join(own, 'HEAD'));
    const reference = /^ref: (refs\/.*)/.exec(head)?.[1];
    const revision = reference === undefined ? head : resolveReference(shared, reference);
    if (uri === undefined || revision === undefined || !/^[0-9a-f]{40,64}$/.test(revision)) return undefined;
    const branch = /^refs\/heads\/(.+)/.exec(reference ?? '')?.[1];
    const prefix = relative(top, directory).replaceAll(sep, '/');
    return { uri, revision, ...(branch === undefined ? {} : { branch }), prefix };
  } catch {
    return undefined;
  }
}

/** The top of the repository that a directory lies in: where its `.git` is. */
export function repositoryTop(directory: string): string | undefined {
  for (let at = resolve(directory); ; at = dirname(at)) {
    if (existsSync(join(at, '.git'))) return at;
    if (dirname(at) === at) return undefined;
  }
}

/** In a worktree or a submodule `.git` is a file that says where the directory is. */
function gitDirectory(path: string): string {
  if (statSync(path).isDirectory()) return path;
  return resolve(dirname(path), readLine(path).replace(/^gitdir: /, ''));
}

function resolveReference(shared: string, reference: string): string | undefined {
  const loose = join(shared, reference);
  if (existsSync(loose)) return readLine(loose);
  const packed = readText(join(shared, 'packed-refs')).split('\n');
  return packed.find((line) => line.endsWith(` ${reference}`))?.split(' ')[0];
}

function originUrl(config: string): string | undefined {
  let isOrigin = false;
  for (const line of config.split(/\r?\n/)) {
    if (/^\s*\[/.test(line)) isOrigin = /^\s*\[remote "origin"\]/.test(line);
    const url = isOrigin ? /^\s*url\s*=\s*(.*)/.exec(line)?.[1] : undefined;
    if (url !== undefined) return url.trim();
  }
  return undefined;
}

/** A URL without what is secret in it; `user@host:path`, which is none, becomes one. A path of this machine is nobody's business. */
function publicUri(url: string | undefined): string | undefined {
  const short = /^(?:[\w.-]+@)?([\w.-]+):(?!\/\/)(.+)$/.exec(url ?? '');
  if (short !== null) return `ssh://${short[1] ?? ''}/${(short[2] ?? '').replace(/^\/+/, '')}`;
  if (url === undefined || !URL.canParse(url)) return undefined;
  const parsed = new URL(url);
  if (parsed.protocol === 'file:') return undefined;
  parsed.username = '';
  parsed.password = '';
  parsed.search = '';
  return parsed.href;
}

function readLine(path: string): string {
  return (readText(path).split('\n')[0] ?? '').trim();
}

function readText(path: string): string {
  return Buffer.from(readWhole(path)).toString('utf8');
}
