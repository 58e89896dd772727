/** The state of a git repository. */
export interface Repository {
  /** Where it is published, without user and password. */
  readonly uri: string;
  /** The commit that is checked out. */
  readonly revision: string;
  /** Absent when no branch is checked out. */
  readonly branch?: string;
  /** Path from the repository's top to the directory that was asked for, with `/`; empty at the top. */
  readonly prefix: string;
}
