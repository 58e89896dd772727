import type { Loader } from '../../core/loader.ts';
import type { SourceFile } from '../../core/source-file.ts';
import { fileTemplate } from '../../core/template.ts';
import { loadShellParser } from '../shell/commands.ts';
import { manifestFacts } from './facts.ts';
import { parsePuppet } from './parser.ts';

export const loader: Loader = {
  async prepare(file) {
    if (/exec|cron/i.test(file.text)) await loadShellParser();
  },

  facts(file) {
    const source = fileTemplate(file.path, file.text);
    return manifestFacts(parsePuppet(source), source);
  },
  ast: (file: SourceFile) => parsePuppet(fileTemplate(file.path, file.text)),
};
