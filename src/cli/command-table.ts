/** The one table of commands: the help and the completion are made from it. */
export const commandTable = {
  lint: { usage: '[lint] [PATH...]', help: 'Report the incidents the configuration will cause; the default.' },
  explain: { usage: 'explain RULE', help: "Print a rule's page." },
  rules: { usage: 'rules', help: 'List the rules.' },
  ast: { usage: 'ast FILE...', help: 'Print what the loader read, as JSON.' },
  facts: { usage: 'facts FILE', help: 'Print the facts a file states, as JSON.' },
  trace: { usage: 'trace RULE FILE', help: 'Say why a rule reports or stays silent on a file.' },
  init: { usage: 'init', help: 'Write a configuration file that says what could stand in it.' },
  completion: { usage: 'completion SHELL', help: 'Print what completes commands and options in bash, zsh or fish.' },
  lsp: { usage: 'lsp', help: 'Serve an editor over standard input and output.' },
} as const satisfies Readonly<Record<string, { readonly usage: string; readonly help: string }>>;

export type CommandName = keyof typeof commandTable;
