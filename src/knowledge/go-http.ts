import type { Evidence } from '../core/finding.ts';
import type { GoSetting } from '../core/facts/go.ts';
import data from './go-http.json' with { type: 'json' };

/** What a setting does to idle connections: closes them at once, after a time, or only looks as if. */
export type IdleEffect = 'closes' | 'bounds' | 'none';

/** Why the connection of a Transport that is dropped stays open. */
export const idleConnectionLeak: Evidence = data.leak;

/** `IdleConnTimeout` of http.DefaultTransport and its copies. */
export const defaultIdleConnTimeoutSeconds = data.defaultIdleConnTimeoutSeconds;

/**
 * What a setting does to idle connections; `undefined` for one that nobody takes for a limit of them.
 *
 * @param http2 whether the Transport was told to use HTTP/2, for which the limits of the pool do not count
 */
export function idleEffect(setting: GoSetting, http2: boolean): IdleEffect | undefined {
  const known = data.settings.find(({ name, on }) => name === setting.name && on === setting.on);
  if (known === undefined) return undefined;
  if (known.effect === 'pool') {
    return typeof setting.value === 'number' && setting.value < 0 && !http2 ? 'closes' : 'none';
  }
  // A value that only the program knows may well close them.
  return setting.value === known.unless ? 'none' : (known.effect as IdleEffect);
}

/** What a setting that looks like a limit of idle connections does instead: a sentence. */
export function insteadOfLimit(setting: GoSetting): string | undefined {
  return data.settings.find(({ name, on }) => name === setting.name && on === setting.on)?.note;
}
