/** A configuration that makes no sense; the message has a line for each fault, with its place. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}
