import type { GoModuleFact } from './facts/go.ts';

/** The modules whose `go.mod` stands in a directory or above it, the nearest first, with the directory's path from there. */
export function modulesAbove(
  modules: readonly GoModuleFact[],
  directory: string,
): readonly { readonly module: GoModuleFact; readonly below: string }[] {
  const above: { module: GoModuleFact; below: string }[] = [];
  for (const module of modules) {
    const root = module.span.file.slice(0, Math.max(0, module.span.file.lastIndexOf('/')));
    if (root === '') above.push({ module, below: directory });
    else if (directory === root) above.push({ module, below: '' });
    else if (directory.startsWith(`${root}/`)) above.push({ module, below: directory.slice(root.length + 1) });
  }
  return above.sort((a, b) => a.below.length - b.below.length);
}

/** The import path of the package in a directory, by the `go.mod` nearest above; `undefined` where there is none. */
export function importPathOf(modules: readonly GoModuleFact[], directory: string): string | undefined {
  const [nearest] = modulesAbove(modules, directory);
  if (nearest === undefined) return undefined;
  return nearest.below === '' ? nearest.module.path : `${nearest.module.path}/${nearest.below}`;
}
