import { resolveConfig } from '../config/config.ts';
import { discover } from '../config/discovery.ts';
import { ConfigError } from '../config/config-error.ts';
import { Session } from '../session.ts';

/** Sessions and searches of an editor, with what is configured for the files, as on the command line. */
export interface ConfiguredServices {
  readonly createSession: (root: string) => Session;
  readonly discover: typeof discover;
}

/** @param tell gets what is wrong with a configuration file; the files are then looked at without one */
export function configuredServices(tell: (message: string) => void): ConfiguredServices {
  const sessions = new Map<string, Session>();
  return {
    createSession(root) {
      const session = new Session();
      sessions.set(root, session);
      return session;
    },
    async discover(root, paths) {
      const found = await discover(root, paths);
      const session = sessions.get(root);
      if (session === undefined) return found;
      try {
        const known = [...session.paths(), ...found.files.map(({ path }) => path), 'any'];
        const resolver = await resolveConfig({ root }, known);
        session.configure(resolver);
        session.update(resolver.fleet());
        return { ...found, files: found.files.filter(({ path }) => !resolver.isIgnored(path)) };
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error;
        tell(error.message);
        return found;
      }
    },
  };
}
