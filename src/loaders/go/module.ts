/** Loader for `go.mod`: the import path of the packages below. */
import type { Loader } from '../../core/loader.ts';
import { fileTemplate, spanOf } from '../../core/template.ts';

export const loader: Loader = {
  facts(file) {
    const match = /^module[ \t]+"?([^\s"]+)/m.exec(file.text);
    const path = match?.[1];
    if (match === null || path === undefined) return [];
    const start = match.index + match[0].lastIndexOf(path);
    const minor = /^go[ \t]+1\.(\d+)/m.exec(file.text)?.[1];
    const span = spanOf(fileTemplate(file.path, file.text), start, start + path.length);
    return [{ kind: 'go.module', path, goMinor: Number(minor ?? 0), span }];
  },
  ast: (file) => ({ module: /^module[ \t]+"?([^\s"]+)/m.exec(file.text)?.[1] }),
};
