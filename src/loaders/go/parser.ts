/** Loads the Go grammar, once for the process. */
// The grammar is a file of its own: this is the one place of the loaders that looks where it is.
// eslint-disable-next-line fleetlint/no-io-in-rules
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { copyTree, type GoNode } from './syntax.ts';

/** Go text to syntax tree; damaged text gives a tree with `ERROR` nodes. */
export type GoParser = (text: string) => GoNode;

/** Loads the grammar; throws where its files are missing. */
export async function createGoParser(): Promise<GoParser> {
  const { Language, Parser } = await import('web-tree-sitter');
  // By default V8 optimises the grammar after a few milliseconds of work, on another core, and the process waits for that at
  // its end: three times the whole run on one small file. Later it still does, so a large tree is read as fast as ever. It is
  // set when all code is there, as code that was compiled beforehand is refused under another flag.
  setFlagsFromString('--wasm-tiering-budget=60000000');
  // As bytes: the library would read them with `fs/promises`, which takes longer to load than they do.
  await Parser.init({ wasmBinary: wasmFile('web-tree-sitter.wasm', 'web-tree-sitter') });
  const language = await Language.load(wasmFile('tree-sitter-go.wasm', 'tree-sitter-go'));
  const parser = new Parser();
  parser.setLanguage(language);
  return (text) => {
    const tree = parser.parse(text);
    if (tree === null) throw new Error('tree-sitter gave no tree.');
    const cursor = tree.walk();
    try {
      return copyTree(cursor);
    } finally {
      // Trees live in the memory of the WebAssembly module, which the garbage collector does not see.
      cursor.delete();
      tree.delete();
    }
  };
}

/** What is beside the bundle, else where npm put it. */
function wasmFile(name: string, packageName: string): Uint8Array {
  const beside = path.join(import.meta.dirname, name);
  return readFileSync(
    existsSync(beside) ? beside : createRequire(import.meta.filename).resolve(`${packageName}/${name}`),
  );
}
