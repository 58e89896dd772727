/** crontab(5): users' crontabs, and the system's, whose entries name a user before the command. */
import type { CommandFact, CronOrigin } from '../../core/facts/command.ts';
import { linesOf, trimTemplate } from '../../core/lines.ts';
import type { Loader } from '../../core/loader.ts';
import type { SourceFile } from '../../core/source-file.ts';
import { fileTemplate, HOLE, sliceTemplate, spanOf, TemplateBuilder, type Template } from '../../core/template.ts';
import { commandsOf, loadShellParser } from '../shell/commands.ts';

export const loader: Loader = {
  prepare: loadShellParser,

  facts: (file) => read(file),
  ast: (file) => entriesOf(fileTemplate(file.path, file.text), file.kind === 'system-crontab'),
};

function read(file: SourceFile): readonly CommandFact[] {
  return cronFacts(fileTemplate(file.path, file.text), file.kind === 'system-crontab');
}

/** The commands of a crontab. @param system entries have a user's name before the command */
export function cronFacts(crontab: Template, system: boolean): readonly CommandFact[] {
  return entriesOf(crontab, system).flatMap((entry) => cronCommands(entry.command, entry.origin));
}

/** The commands of one cron entry, whose text a shell reads. */
export function cronCommands(command: Template, origin: CronOrigin): readonly CommandFact[] {
  return commandsOf(commandPart(command)).map((each) => ({ kind: 'command', ...each, origin }));
}

interface CronEntry {
  readonly origin: CronOrigin;
  readonly command: Template;
}

function entriesOf(crontab: Template, system: boolean): readonly CronEntry[] {
  const entries: CronEntry[] = [];
  for (const raw of linesOf(crontab)) {
    const line = trimTemplate(raw);
    const { text } = line;
    if (text === '' || text.startsWith('#') || /^[A-Za-z_][\w-]*\s*=/.test(text)) continue;
    const fields = text.startsWith('@') ? 1 : 5;
    const schedule = leadingWords(text, fields);
    const rest = schedule === undefined ? undefined : system ? leadingWords(text, fields + 1) : schedule;
    if (schedule === undefined || rest === undefined || rest >= text.length) continue;
    const written = text.slice(0, schedule).trim();
    entries.push({
      origin: {
        type: 'cron',
        at: spanOf(line),
        schedule: written.includes(HOLE) ? undefined : written.replace(/\s+/g, ' '),
        written: written.replaceAll(HOLE, '?').replace(/\s+/g, ' '),
      },
      command: sliceTemplate(line, rest, text.length),
    });
  }
  return entries;
}

/** Offset after `count` words and the blanks behind them; `undefined` if there are fewer. */
function leadingWords(text: string, count: number): number | undefined {
  const word = /\S+\s*/y;
  for (let seen = 0; seen < count; seen++) if (!word.test(text)) return undefined;
  return word.lastIndex;
}

/** What the shell gets: up to the first `%` that no backslash protects; what follows is standard input. */
function commandPart(command: Template): Template {
  const builder = new TemplateBuilder(command.file, spanOf(command).start);
  let start = 0;
  for (let at = command.text.indexOf('%'); at >= 0; at = command.text.indexOf('%', at + 1)) {
    if (command.text[at - 1] !== '\\') return builder.append(sliceTemplate(command, start, at)).build();
    builder.append(sliceTemplate(command, start, at - 1));
    start = at;
  }
  return builder.append(sliceTemplate(command, start, command.text.length)).build();
}
