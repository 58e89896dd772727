import type { GoModuleFact } from './facts/go.ts';

/** The path of a directory from that of a module's `go.mod`, empty where both are the same; `undefined` where it does not lie there. */
export function pathInModule({ span }: GoModuleFact, directory: string): string | undefined {
  const root = span.file.slice(0, Math.max(0, span.file.lastIndexOf('/')));
  if (root === '') return directory;
  if (directory === root) return '';
  return directory.startsWith(`${root}/`) ? directory.slice(root.length + 1) : undefined;
}

/** The module of a directory, by the `go.mod` nearest above, with the directory's path from there. */
export function moduleOf(
  modules: readonly GoModuleFact[],
  directory: string,
): { readonly module: GoModuleFact; readonly below: string } | undefined {
  let nearest: { readonly module: GoModuleFact; readonly below: string } | undefined;
  for (const module of modules) {
    const below = pathInModule(module, directory);
    if (below !== undefined && below.length <= (nearest?.below.length ?? directory.length)) nearest = { module, below };
  }
  return nearest;
}

/** The import path of the package in a directory, by the `go.mod` nearest above; `undefined` where there is none. */
export function importPathOf(modules: readonly GoModuleFact[], directory: string): string | undefined {
  const nearest = moduleOf(modules, directory);
  if (nearest === undefined) return undefined;
  return nearest.below === '' ? nearest.module.path : `${nearest.module.path}/${nearest.below}`;
}
