import { basename } from 'node:path';
import { baselineName } from '../core/baseline.ts';
import { configNames } from './schema.ts';

/** Whether a file is one of fleetlint's own, which state nothing about a node: a configuration or a baseline. */
export function isOwnFile(path: string): boolean {
  const name = basename(path);
  return name === baselineName || configNames.includes(name);
}
