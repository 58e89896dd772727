/** Runs a tool written in TypeScript, from the root of the repository: `node tools/run.js FILE [ARGUMENT...]`. */
import { importTypeScript } from './import-typescript.js';

const [file = '', ...toolArguments] = process.argv.slice(2);
const root = process.cwd();
const tool = /** @type {{ main(root: string, toolArguments: readonly string[]): Promise<number> }} */ (
  await importTypeScript(root, file)
);
process.exitCode = await tool.main(root, toolArguments);
