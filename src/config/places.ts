import type { Ignore } from 'ignore';
import { basename, dirname, join, relative, sep } from 'node:path';
import { repositoryTop } from '../vcs/repository.ts';
import { ignores, readIgnoreFile, type IgnoreRules } from './ignore-files.ts';
import { tamePatterns } from './ignore-patterns.ts';
import type { Listings } from './listings.ts';

/** What a directory says of the files in it. */
export interface Place {
  /** The repository it lies in, absolute; the root where it lies in none. */
  readonly repository: string;
  /** The repository's path from the root. */
  readonly scope: string;
  /** Paths of the directory, empty or with `/` at the end: from the root, from the repository, and from where ignore files count from. */
  readonly path: string;
  readonly repositoryPath: string;
  readonly ignorePath: string;
  readonly rules: IgnoreRules | undefined;
  /** git ignores all that is in it, but for what is a repository of its own. */
  readonly isIgnored: boolean;
}

/** What the directories below a searched one say of their files: worked out once for each. */
export class Places {
  readonly #known = new Map<string, Place>();
  readonly #root: string;
  readonly #top: string;
  readonly #listings: Listings;
  readonly #read: (patterns: string) => Ignore;

  /**
   * @param root absolute path that paths are relative to
   * @param searched absolute path; outside of a repository its ignore files are the topmost that count
   * @param read the library's reader of an ignore file
   */
  constructor(root: string, searched: string, listings: Listings, read: (patterns: string) => Ignore) {
    this.#root = root;
    this.#top = repositoryTop(searched) ?? searched;
    this.#listings = listings;
    this.#read = read;
  }

  /** @param directory absolute */
  of(directory: string): Place {
    let place = this.#known.get(directory);
    if (place === undefined) this.#known.set(directory, (place = this.#make(directory)));
    return place;
  }

  #make(directory: string): Place {
    const isRepository = this.#listings.has(directory, '.git');
    const above = isRepository || directory === this.#top ? undefined : this.of(dirname(directory));
    const repository = isRepository ? directory : (above?.repository ?? this.#root);
    const ignorePath = above === undefined ? '' : `${above.ignorePath}${basename(directory)}/`;
    const isIgnored = above !== undefined && (above.isIgnored || ignores(above.rules, ignorePath));
    const path = asPrefix(toPath(this.#root, directory));
    return {
      repository,
      scope: repository === above?.repository ? above.scope : toPath(this.#root, repository),
      path,
      repositoryPath: repository === this.#root ? path : asPrefix(toPath(repository, directory)),
      ignorePath,
      rules: isIgnored ? undefined : this.#rulesOf(directory, ignorePath, above?.rules),
      isIgnored,
    };
  }

  #rulesOf(directory: string, ignorePath: string, above: IgnoreRules | undefined): IgnoreRules | undefined {
    const texts = [
      ignorePath === '' ? readIgnoreFile(join(directory, '.git/info/exclude')) : '',
      this.#listings.has(directory, '.gitignore') ? readIgnoreFile(join(directory, '.gitignore')) : '',
    ];
    const text = texts.filter((each) => each !== '').join('\n');
    return text === '' ? above : { directory: ignorePath, rules: this.#read(tamePatterns(text)), above };
  }
}

/** The path of one absolute path from another, with `/`. */
export function toPath(root: string, absolute: string): string {
  // What lies below needs no look at each part: a large tree has very many files.
  const isBelow = absolute.startsWith(root) && absolute[root.length] === sep;
  const path = isBelow ? absolute.slice(root.length + 1) : relative(root, absolute);
  return sep === '/' ? path : path.replaceAll(sep, '/');
}

function asPrefix(path: string): string {
  return path === '' ? '' : `${path}/`;
}
