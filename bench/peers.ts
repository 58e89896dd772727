/** The programs that fleetlint is compared with, by the files that they read. */

export interface Peer {
  readonly name: string;
  /** Without the files. */
  readonly command: readonly string[];
  /** Whether the files are named on the command line; by default the program searches the working directory. */
  readonly takesFiles?: boolean;
  /** The most that fleetlint's figure may be, as a multiple of the program's. */
  readonly budget?: { readonly figure: 'wall' | 'user'; readonly ratio: number };
  /** Its exit status when it could not do its work, so that its time says nothing. */
  readonly fails?: (status: number, said: string) => boolean;
}

export interface FileSet {
  readonly name: string;
  /** Whether a file belongs to it, by its path. */
  readonly has: (path: string) => boolean;
  /** The files are laid into one folder, the first of each name, as the program reads those beside a unit too. */
  readonly flat?: boolean;
  /** Mebibytes that fleetlint may take. */
  readonly memory?: number;
  readonly peers: readonly Peer[];
}

export const sets: readonly FileSet[] = [
  {
    name: 'puppet',
    has: (path) => path.endsWith('.pp'),
    memory: 300,
    peers: [
      { name: 'puppet-lint', command: ['puppet-lint'], takesFiles: true, budget: { figure: 'user', ratio: 1 / 8 } },
      {
        name: 'puppet parser validate',
        command: ['puppet', 'parser', 'validate'],
        takesFiles: true,
        budget: { figure: 'user', ratio: 1 },
      },
    ],
  },
  {
    name: 'systemd',
    has: (path) => /\.(?:service|socket|timer|path|mount|automount|swap|target|slice)$/.test(path),
    flat: true,
    peers: [
      {
        name: 'systemd-analyze verify',
        command: ['systemd-analyze', 'verify'],
        takesFiles: true,
        budget: { figure: 'wall', ratio: 0.1 },
      },
      { name: 'systemd-analyze verify --man=no', command: ['systemd-analyze', 'verify', '--man=no'], takesFiles: true },
    ],
  },
  {
    name: 'go',
    has: (path) => /(?:\.go|(?:^|\/)(?:go\.(?:mod|sum|work)|vendor\/modules\.txt))$/.test(path),
    memory: 300,
    peers: [
      { name: 'gofmt -l', command: ['gofmt', '-l', '.'], budget: { figure: 'wall', ratio: 0.2 } },
      {
        name: 'go vet',
        command: ['go', 'vet', './...'],
        // It needs the modules that the code imports; without them it stops early.
        fails: (_status, said) =>
          /errors parsing go\.mod|no required module|does not contain main module|cannot find module|matched no packages|could not import/.test(
            said,
          ),
      },
      {
        name: 'grep -r',
        command: ['grep', '-rlE', String.raw`http\.(Transport|Client)`, '.'],
        budget: { figure: 'wall', ratio: 3 },
      },
    ],
  },
  {
    name: 'yaml',
    has: (path) => /\.ya?ml$/.test(path),
    peers: [{ name: 'yamllint', command: ['yamllint', '-d', 'relaxed', '.'] }],
  },
  {
    name: 'all',
    has: () => true,
    peers: [
      { name: 'grep -r', command: ['grep', '-rlE', 'ExecStart|Transport|KubeletConfiguration', '.'] },
      { name: 'cat', command: ['cat'], takesFiles: true },
    ],
  },
];
