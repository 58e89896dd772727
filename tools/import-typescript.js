import { randomUUID } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

/**
 * Imports a TypeScript module, which Node 20 cannot do itself: bundles it to a file of its own and imports that.
 *
 * Packages stay imports, so the bundle lies where they are found. The bundle is removed once it is loaded, so a module
 * imported this way must not import anything of the repository later, and must not use `import.meta` to find its place.
 *
 * @param {string} root of the repository
 * @param {string} file path of the module, from the root
 * @returns {Promise<Record<string, unknown>>} its exports
 */
export async function importTypeScript(root, file) {
  const directory = path.join(root, 'node_modules', '.cache', 'fleetlint');
  await mkdir(directory, { recursive: true });
  const outfile = path.join(directory, `${randomUUID()}.mjs`);
  try {
    await build({
      absWorkingDir: root,
      entryPoints: [file],
      outfile,
      bundle: true,
      format: 'esm',
      platform: 'node',
      target: 'node20.19',
      packages: 'external',
      sourcemap: 'inline',
      logLevel: 'warning',
    });
    return await import(pathToFileURL(outfile).href);
  } finally {
    await rm(outfile, { force: true });
  }
}
