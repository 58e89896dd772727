import { baselineName } from '../core/baseline.ts';
import { configNames } from './schema.ts';

/** Whether a file is one of fleetlint's own, which state nothing about a node: a configuration or a baseline. */
export function isOwnFile(path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return name === baselineName || configNames.includes(name);
}
