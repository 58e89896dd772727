/** A large library that only some runs need. */
export interface LazyLibrary<Module> {
  /** Awaited before `module` is asked for, by what knows that it will be. */
  readonly load: () => Promise<void>;
  /** The library; throws if it has not been loaded, which is a fault of the caller. */
  readonly module: () => Module;
}

/** @param load imports it; called once */
export function lazyLibrary<Module>(load: () => Promise<Module>): LazyLibrary<Module> {
  let loaded: Module | undefined;
  return {
    async load() {
      loaded ??= await load();
    },
    module() {
      if (loaded === undefined) throw new Error('A library is used before it has been loaded.');
      return loaded;
    },
  };
}
