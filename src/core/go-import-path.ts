import type { GoModuleFact } from './facts/go.ts';

/** The import path of the package in a directory, by the `go.mod` nearest above; `undefined` where there is none. */
export function importPathOf(modules: readonly GoModuleFact[], directory: string): string | undefined {
  let nearest: { readonly root: string; readonly path: string } | undefined;
  for (const { span, path } of modules) {
    const root = span.file.slice(0, Math.max(0, span.file.lastIndexOf('/')));
    const isAbove = root === '' || directory === root || directory.startsWith(`${root}/`);
    if (isAbove && root.length >= (nearest?.root.length ?? 0)) nearest = { root, path };
  }
  if (nearest === undefined) return undefined;
  const below = nearest.root === '' ? directory : directory.slice(nearest.root.length + 1);
  return below === '' ? nearest.path : `${nearest.path}/${below}`;
}
