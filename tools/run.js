/** Runs one of the tools beside this file, from the root of the repository: `node tools/run.js NAME [ARGUMENT...]`. */
import path from 'node:path';
import { importTypeScript } from './import-typescript.js';

const [name = '', ...toolArguments] = process.argv.slice(2);
const root = process.cwd();
const tool = /** @type {{ main(root: string, toolArguments: readonly string[]): Promise<number> }} */ (
  await importTypeScript(root, `tools/${path.basename(name)}.ts`)
);
process.exitCode = await tool.main(root, toolArguments);
