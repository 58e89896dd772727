import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { builtinModules } from 'node:module';
import path from 'node:path';
import { build as bundle, type Metafile, type Plugin } from 'esbuild';

/** Bundles by their name in dist/. Each is an entry of its own; what they share becomes common chunks. */
const bundles = { cli: 'src/cli/main.ts', lsp: 'src/lsp/main.ts' };

/** Files that are read at run time as they are. They lie beside the chunks, so a chunk finds them by its own address. */
const assets = ['web-tree-sitter/web-tree-sitter.wasm', 'tree-sitter-go/tree-sitter-go.wasm'];

/** Builds dist/ from src/. `root`: of the repository. Returns the exit code. */
export async function main(root: string): Promise<number> {
  const output = path.join(root, 'dist');
  const result = await bundle({
    absWorkingDir: root,
    entryPoints: Object.fromEntries(Object.entries(bundles).filter(([, entry]) => existsSync(path.join(root, entry)))),
    outdir: output,
    // Flat, so that `new URL('x.wasm', import.meta.url)` means the same in every chunk.
    chunkNames: '[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    // Names stay: a stack trace in a bug report must say something.
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: 'none',
    metafile: true,
    // The `node` condition of yaml is CommonJS; its other build is ESM, which loses what is not used.
    alias: { yaml: path.join(root, 'node_modules/yaml/browser/dist/index.js') },
    plugins: [builtinsForCommonJs],
    write: false,
    logLevel: 'warning',
  });
  const files = new Map<string, Uint8Array | string>(
    result.outputFiles.map((file) => [path.relative(output, file.path), file.contents]),
  );
  for (const asset of assets) {
    files.set(path.basename(asset), await readFile(path.join(root, 'node_modules', asset)));
  }
  files.set('NOTICES.txt', await notices(root, bundledPackages(result.metafile)));
  files.set('metafile.json', JSON.stringify(result.metafile));
  await replaceFolder(output, files);
  return 0;
}

/** Makes a folder hold just these files. What still runs from it is disturbed as late and as little as possible. */
async function replaceFolder(folder: string, files: ReadonlyMap<string, Uint8Array | string>): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [name, content] of files) await writeFile(path.join(folder, name), content);
  for (const name of await readdir(folder)) {
    if (!files.has(name)) await rm(path.join(folder, name), { recursive: true, force: true });
  }
}

/** Turns `require('net')` in bundled CommonJS into a call that works in an ESM bundle, where there is no `require`. */
const builtinsForCommonJs: Plugin = {
  name: 'builtins-for-commonjs',
  setup(build) {
    const filter = new RegExp(`^(?:node:)?(?:${builtinModules.join('|')})$`);
    build.onResolve({ filter }, ({ path: name, kind }) =>
      kind === 'require-call' ? { path: name, namespace: 'builtin', sideEffects: false } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path: name }) => ({
      contents: `module.exports = process.getBuiltinModule(${JSON.stringify(name)});`,
    }));
  },
};

/** Names of the packages that dist/ contains, sorted. */
function bundledPackages(metafile: Metafile): readonly string[] {
  const files = Object.values(metafile.outputs).flatMap(({ inputs }) => Object.keys(inputs));
  const names = files.map((file) => /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules\/)/.exec(file)?.[1]);
  const packaged = assets.map((asset) => asset.slice(0, asset.indexOf('/')));
  return [...new Set([...names.filter((name) => name !== undefined), ...packaged])].sort();
}

/** The licences of packages, as their authors ask to pass them on. */
async function notices(root: string, packages: readonly string[]): Promise<string> {
  const parts = ['fleetlint contains the following packages, each under its own licence.\n'];
  for (const name of packages) {
    const directory = path.join(root, 'node_modules', name);
    const { version, license } = JSON.parse(await readFile(path.join(directory, 'package.json'), 'utf8')) as {
      version: string;
      license: string;
    };
    const file = (await readdir(directory)).find((entry) => /^(licen[cs]e|copying)/i.test(entry));
    if (file === undefined) throw new Error(`The package '${name}' is bundled but has no licence file to pass on.`);
    const text = await readFile(path.join(directory, file), 'utf8');
    parts.push(`${'-'.repeat(80)}\n${name} ${version} (${license})\n\n${text.trim()}\n`);
  }
  return parts.join('\n');
}
