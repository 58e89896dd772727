/** Commands that run another command: which words of theirs are options, and where the other command begins. */
import { HOLE, literalText, sliceTemplate, spanOf, TemplateBuilder, type Template } from '../../core/template.ts';

export type Unwrapped =
  /** `maybe`: the wrapper may not run it at all (`xargs` without input, `flock -n`). */
  | { readonly type: 'command'; readonly words: readonly Template[]; readonly maybe: boolean }
  | { readonly type: 'script'; readonly script: Template; readonly maybe: boolean };

interface Wrapper {
  /** Short options (`u`) and long ones (`user`) that take a value in the next word. */
  readonly valued?: readonly string[];
  /** Words between the options and the command: `timeout 5 cmd` has one. */
  readonly positional?: number;
  /** `NAME=value` words come before the command. */
  readonly assignments?: boolean;
  /** An option whose value is a script: `sh -c`, `su -c`. */
  readonly script?: readonly string[];
  /** The wrapper may not run the command. */
  readonly maybe?: boolean;
  /** Options with which nothing is run: `command -v`, `ionice -p`. */
  readonly inert?: readonly string[];
}

const shell: Wrapper = { valued: ['o', 'O'], script: ['c'], inert: [] };

// From the manual pages of sudo(8), doas(1), env(1), timeout(1), nice(1), ionice(1), setsid(1), stdbuf(1), flock(1),
// su(1), runuser(1), chrt(1), taskset(1), systemd-cat(1), systemd-inhibit(1), xargs(1) and sh(1).
const wrappers: Readonly<Record<string, Wrapper>> = {
  sudo: {
    valued: [
      'u',
      'g',
      'h',
      'p',
      'C',
      'r',
      't',
      'T',
      'U',
      'D',
      'R',
      'user',
      'group',
      'host',
      'prompt',
      'chdir',
      'chroot',
    ],
    assignments: true,
    inert: ['l', 'v', 'V', 'k', 'K', 'e', 'list', 'validate', 'version', 'edit'],
  },
  doas: { valued: ['u', 'C'] },
  env: { valued: ['u', 'C', 'unset', 'chdir'], assignments: true, script: [] },
  timeout: { valued: ['k', 's', 'kill-after', 'signal'], positional: 1 },
  nice: { valued: ['n', 'adjustment'] },
  ionice: { valued: ['c', 'n', 'class', 'classdata'], inert: ['p', 'pid'] },
  nohup: {},
  setsid: {},
  time: { valued: ['f', 'o', 'format', 'output'] },
  stdbuf: { valued: ['i', 'o', 'e', 'input', 'output', 'error'] },
  chronic: {},
  cronic: {},
  exec: { valued: ['a'] },
  command: { inert: ['v', 'V'] },
  builtin: {},
  chrt: { positional: 1, inert: ['p', 'm', 'pid', 'max'] },
  taskset: { positional: 1, inert: ['p', 'pid'] },
  flock: {
    valued: ['w', 'E', 'timeout', 'wait', 'conflict-exit-code'],
    positional: 1,
    script: ['c', 'command'],
  },
  su: { valued: ['s', 'g', 'G', 'w', 'shell', 'group'], positional: Infinity, script: ['c', 'command'] },
  runuser: { valued: ['u', 's', 'g', 'G', 'w', 'user', 'shell', 'group'], script: ['c', 'command'] },
  'systemd-cat': { valued: ['t', 'p', 'identifier', 'priority'] },
  'systemd-inhibit': {},
  xargs: {
    valued: ['a', 'd', 'E', 'I', 'L', 'n', 'P', 's', 'arg-file', 'delimiter', 'max-args', 'max-procs'],
    maybe: true,
  },
  sh: shell,
  bash: shell,
  dash: shell,
  ash: shell,
  zsh: shell,
  ksh: shell,
};

/** More wrappers in a row than anybody writes. */
const maximumWrappers = 16;

/** Takes the wrappers off a simple command. A wrapper whose inner command cannot be known stays as it is. */
export function unwrap(words: readonly Template[]): Unwrapped {
  let rest = words;
  let maybe = false;
  for (let count = 0; count < maximumWrappers; count++) {
    const name = commandName(rest[0]);
    if (name === 'busybox' && rest.length > 1) {
      rest = rest.slice(1);
      continue;
    }
    if (name === 'eval' && rest.length > 1) return { type: 'script', script: joinWords(rest.slice(1)), maybe };
    const wrapper = name !== undefined && Object.hasOwn(wrappers, name) ? wrappers[name] : undefined;
    if (wrapper === undefined) break;
    const inner = insideOf(rest, wrapper);
    if (inner === undefined) break;
    maybe ||= wrapper.maybe === true;
    if (!Array.isArray(inner)) return { type: 'script', script: inner as Template, maybe };
    rest = inner as readonly Template[];
  }
  return { type: 'command', words: rest, maybe };
}

/** Name of the program that a first word names, without its directory; `undefined` when it is not known. */
export function commandName(word: Template | undefined): string | undefined {
  if (word === undefined) return undefined;
  const slash = word.text.lastIndexOf('/');
  const name = word.text.slice(slash + 1);
  return name.includes(HOLE) ? undefined : name;
}

/** The words of the inner command, or its script; `undefined` when there is none or the options are not understood. */
function insideOf(words: readonly Template[], wrapper: Wrapper): readonly Template[] | Template | undefined {
  const { valued = [], script = [], inert = [] } = wrapper;
  const scripted = script.length > 0;
  let positional = wrapper.positional ?? 0;
  let wantsScript = false;
  for (let at = 1; at < words.length; at++) {
    const word = words[at];
    if (word === undefined) return undefined;
    const text = literalText(word);
    if (wantsScript && (text === undefined || !text.startsWith('-') || text.length < 2)) return word;
    if (text === undefined) {
      if (positional === 0) return scripted && wrapper === shell ? undefined : words.slice(at);
      positional--;
      continue;
    }
    if (text === '--') {
      positional -= Math.min(positional, words.length - at - 1);
      return scripted && wrapper === shell ? undefined : words.slice(at + 1 + (wrapper.positional ?? 0));
    }
    if (text.startsWith('--')) {
      const [name, value] = splitOnce(text.slice(2), '=');
      if (inert.includes(name)) return undefined;
      if (script.includes(name)) {
        if (value !== undefined) return sliceTemplate(word, word.text.indexOf('=') + 1, word.text.length);
        wantsScript = true;
      } else if (valued.includes(name) && value === undefined) at++;
    } else if (text.startsWith('-') && text.length > 1) {
      const letters = Array.from(text.slice(1));
      const stop = letters.findIndex((letter) => valued.includes(letter));
      const flags = stop < 0 ? letters : letters.slice(0, stop + 1);
      if (flags.some((letter) => inert.includes(letter))) return undefined;
      if (flags.some((letter) => script.includes(letter))) wantsScript = true;
      if (stop >= 0 && stop === letters.length - 1) at++;
    } else if (wrapper === shell && text.startsWith('+')) {
      continue;
    } else if (wrapper.assignments === true && /^[A-Za-z_]\w*=/.test(text)) {
      continue;
    } else if (positional > 0) {
      positional--;
    } else {
      // `sh file` runs a file that we do not see.
      return wrapper === shell ? undefined : words.slice(at);
    }
  }
  return undefined;
}

/** What `eval` reads: its words with blanks between. */
function joinWords(words: readonly Template[]): Template {
  const [first] = words;
  const source = first === undefined ? { file: '', start: 0, end: 0 } : spanOf(first);
  const builder = new TemplateBuilder(source.file, source.start);
  words.forEach((word, index) => {
    if (index > 0) builder.text(' ', spanOf(word).start, 0);
    builder.append(word);
  });
  return builder.build();
}

function splitOnce(text: string, separator: string): readonly [string, string?] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}
