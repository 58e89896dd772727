import type { Loader } from '../../core/loader.ts';
import type { SourceFile } from '../../core/source-file.ts';
import { fileTemplate } from '../../core/template.ts';
import { manifestFacts } from './facts.ts';
import { parsePuppet } from './parser.ts';

export const loader: Loader = {
  facts(file) {
    const source = fileTemplate(file.path, file.text);
    return manifestFacts(parsePuppet(source), source);
  },
  ast: (file: SourceFile) => parsePuppet(fileTemplate(file.path, file.text)),
};
