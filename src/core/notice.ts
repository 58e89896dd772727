/** Something the user should know that is not a finding: a file that could not be read, a setting without effect. */
export interface Notice {
  /** A sentence that ends in a period. */
  readonly message: string;
  /** Path as in spans: relative to the session's root, with `/`. */
  readonly file?: string;
  /** The job could not be done in full: the exit status is 2. */
  readonly incomplete?: boolean;
}
