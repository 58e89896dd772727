import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import ts from 'typescript';
import { build as bundle, type BuildOptions, type Metafile, type Plugin } from 'esbuild';
import { compileCommonRuns } from './code-cache.ts';

/**
 * Own code by its name in dist/. One file each, without shared chunks: the time to start is the number of files and their
 * bytes, and modules behind a dynamic import still wait to be run. CommonJS, as Node's loader of ES modules alone takes a
 * third of the time that Node takes to start.
 */
const programs: Readonly<Record<string, string>> = {
  cli: 'src/cli/main.ts',
  commands: 'src/cli/commands.ts',
  lsp: 'src/lsp/main.ts',
  'lsp-engine': 'src/lsp/engine.ts',
  plugins: 'src/plugins/load.ts',
  // What the package exports to people who write rules.
  index: 'src/index.ts',
  testing: 'src/testing/index.ts',
};

/**
 * Own code that only some runs need, as a file each: what other own code imports dynamically from these folders. Only what
 * gives and takes plain data may be here, such as loaders: what both sides use is in both files, and would differ.
 */
const parts: Readonly<Record<string, RegExp>> = {
  puppet: /^src\/loaders\/puppet\//,
  go: /^src\/loaders\/go\/(?!prefilter|companions)/,
  nodes: /^src\/loaders\/(?:cloud|cluster|docker|kubelet|nodes|nodes-yaml)\b/,
  reporters: /^src\/reporters\/(?!text\.ts)/,
  ignores: /^src\/ignores\//,
  // Rules get the model as an argument; these ask it for nothing that it compares by identity.
  'node-rules': /^src\/rules\/(?:kube-proxy|kubelet|runtime|sysctl)\//,
  cache: /^src\/cache\//,
  'go-rules': /^src\/rules\/go\//,
};

/** Libraries that only some runs need, as a file each; own code imports them dynamically. */
const libraries = ['croner', 'fast-glob', 'ignore', 'smol-toml', 'unbash', 'yaml'];

/** The build of a library to take instead of the one that Node would. */
const otherBuilds: Readonly<Record<string, string>> = {
  // Node's is CommonJS; this one is ESM, which loses what is not used.
  yaml: 'browser/dist/index.js',
};

/** Builds dist/ from src/. `root`: of the repository. Returns the exit code. */
export async function main(root: string): Promise<number> {
  const output = path.join(root, 'dist');
  const files = new Map<string, Uint8Array | string>();
  const outputs: Metafile['outputs'] = {};
  /** Modules of a part that others import, by their paths. */
  const asked = new Map(Object.keys(parts).map((part) => [part, new Set<string>()]));
  const entries = [...Object.entries(programs), ...libraries.map((name) => [name, name] as const)];
  const bundleOne = async (name: string, input: Pick<BuildOptions, 'entryPoints' | 'stdin'>): Promise<void> => {
    const result = await bundle({
      ...input,
      absWorkingDir: root,
      outdir: output,
      bundle: true,
      format: 'cjs',
      outExtension: { '.js': '.cjs' },
      platform: 'node',
      target: 'node20.19',
      // Plugins are modules of any kind, which only Node itself can import.
      supported: { 'dynamic-import': name === 'plugins' },
      define: { 'import.meta.dirname': '__dirname', 'import.meta.filename': '__filename' },
      // Names stay: a stack trace in a bug report must say something.
      minifyWhitespace: true,
      minifySyntax: true,
      legalComments: 'none',
      metafile: true,
      alias:
        otherBuilds[name] === undefined ? {} : { [name]: path.join(root, 'node_modules', name, otherBuilds[name]) },
      plugins: [filesOfTheirOwn(name, root, asked)],
      write: false,
      logLevel: 'warning',
    });
    for (const file of result.outputFiles) {
      files.set(`${name}.cjs`, toAscii(file.text));
      Object.assign(outputs, { [`dist/${name}.cjs`]: Object.values(result.metafile.outputs)[0] });
    }
  };
  for (const [name, entry] of entries) await bundleOne(name, { entryPoints: { [name]: entry } });
  for (let built = -1; built < countOf(asked);) {
    // A part may ask another part for more, so all are built until none does.
    built = countOf(asked);
    for (const [name, modules] of asked) {
      const members = [...modules]
        .sort()
        .map((file) => `get ${JSON.stringify(file)}() { return require('./${file}'); }`);
      const contents = `module.exports = {\n${members.join(',\n')}\n};\n`;
      await bundleOne(name, { stdin: { contents, resolveDir: root, sourcefile: `${name}.cjs`, loader: 'js' } });
    }
  }
  for (const [name, text] of declarations(root)) files.set(name, text);
  // The types are those of CommonJS modules, as the code is.
  files.set('types/package.json', '{ "type": "commonjs" }\n');
  files.set('build', digestOf(files));
  files.set('NOTICES.txt', await notices(root, bundledPackages(outputs)));
  files.set('metafile.json', JSON.stringify({ outputs }));
  await replaceFolder(output, files);
  compileCommonRuns(root, output);
  return 0;
}

/** One other character makes V8 keep a whole file as two bytes each. esbuild escapes them but in regular expressions. */
function toAscii(code: string): string {
  return code.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Of all code: what a build has kept is worth nothing to another. */
function digestOf(files: ReadonlyMap<string, Uint8Array | string>): string {
  const hash = createHash('sha256');
  for (const [name, content] of [...files].sort(([a], [b]) => (a < b ? -1 : 1)))
    hash.update(`${name}\0`).update(content);
  return hash.digest('hex');
}

function countOf(asked: ReadonlyMap<string, ReadonlySet<string>>): number {
  return [...asked.values()].reduce((sum, modules) => sum + modules.size, 0);
}

/** Leaves what is another file of dist/ as an import of that file, and notes what is asked of a part. */
function filesOfTheirOwn(current: string, root: string, asked: ReadonlyMap<string, Set<string>>): Plugin {
  const others: Readonly<Record<string, RegExp>> = {
    commands: /\/commands\.ts$/,
    lsp: /\/lsp\/main\.ts$/,
    'lsp-engine': /^\.\/engine\.ts$/,
    plugins: /\/plugins\/load\.ts$/,
  };
  return {
    name: 'files-of-their-own',
    setup(build) {
      build.onResolve({ filter: /.*/ }, ({ path: name, kind, resolveDir }) => {
        if (kind === 'entry-point') return undefined;
        const library = libraries.find((each) => each === name);
        const program = Object.keys(others).find((each) => kind === 'dynamic-import' && others[each]?.test(name));
        const file = library ?? program;
        if (file !== undefined) return file === current ? undefined : { path: `./${file}.cjs`, external: true };
        if (kind !== 'dynamic-import') return undefined;
        const module = path.relative(root, path.join(resolveDir, name));
        const part = Object.keys(parts).find((each) => each !== current && parts[each]?.test(module));
        if (part === undefined) return undefined;
        asked.get(part)?.add(module);
        return { path: `${part}:${module}`, namespace: 'part' };
      });
      build.onResolve({ filter: /^\.\/[\w-]+\.cjs$/, namespace: 'part' }, ({ path: name }) => ({
        path: name,
        external: true,
      }));
      build.onLoad({ filter: /.*/, namespace: 'part' }, ({ path: name }) => {
        const [part = '', module = ''] = name.split(':');
        // A default export is what an importer of CommonJS gets as the whole.
        return {
          contents: `const all = require('./${part}.cjs')[${JSON.stringify(module)}]; module.exports = 'default' in all ? all.default : all;`,
        };
      });
    },
  };
}

/** Makes a folder hold just these files. What still runs from it is disturbed as late and as little as possible. */
async function replaceFolder(folder: string, files: ReadonlyMap<string, Uint8Array | string>): Promise<void> {
  for (const [name, content] of files) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await writeFile(path.join(folder, name), content);
  }
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const name = path.relative(folder, path.join(entry.parentPath, entry.name));
    if (!entry.isDirectory() && !files.has(name)) await rm(path.join(folder, name), { force: true });
  }
}

/** The types of what the package exports, a file for each module that they need. */
function declarations(root: string): ReadonlyMap<string, string> {
  const { config } = ts.readConfigFile(path.join(root, 'tsconfig.json'), (file) => ts.sys.readFile(file)) as {
    config: object;
  };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const program = ts.createProgram(
    ['src/index.ts', 'src/testing/index.ts'].map((file) => path.join(root, file)),
    {
      ...options,
      noEmit: false,
      declaration: true,
      emitDeclarationOnly: true,
      noCheck: true,
      rootDir: path.join(root, 'src'),
    },
  );
  const all = new Map<string, string>();
  program.emit(undefined, (file, text) => all.set(path.relative(path.join(root, 'src'), file), text), undefined, true);
  // Only what is reached by types: what code alone imports says nothing to its users.
  const reached = new Map<string, string>();
  const open = ['index.d.ts', 'testing/index.d.ts'];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const text = all.get(name);
    if (text === undefined || reached.has(`types/${name}`)) continue;
    reached.set(`types/${name}`, text);
    for (const [, target = ''] of text.matchAll(/(?:from |import\()['"](\.[^'"]+)\.ts['"]/g)) {
      open.push(path.posix.join(path.posix.dirname(name), `${target}.d.ts`));
    }
  }
  return reached;
}

/** Names of the packages that dist/ contains, sorted. */
function bundledPackages(outputs: Metafile['outputs']): readonly string[] {
  const files = Object.values(outputs).flatMap(({ inputs }) => Object.keys(inputs));
  const names = files.map((file) => /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules\/)/.exec(file)?.[1]);
  return [...new Set(names.filter((name) => name !== undefined))].sort();
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
