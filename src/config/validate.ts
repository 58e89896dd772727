/** Checks a configuration file against its schema, with the place of each fault. */
import { nearestName } from '../core/nearest-name.ts';
import type { Tree } from '../loaders/kubelet/tree.ts';
import type { Schema } from './schema.ts';
import { addAll } from '../core/lists.ts';

/** A fault of a configuration file. */
export interface ConfigFault {
  readonly start: number;
  /** A sentence that ends in a period. */
  readonly message: string;
}

/** All faults of a tree, in the order of the text. `name`: what the value is called in messages. */
export function validate(tree: Tree, schema: Schema, name = 'The configuration'): readonly ConfigFault[] {
  // A key without a value is one that nobody has filled in yet.
  if (tree.type === 'null') return [];
  const { anyOf } = schema;
  if (anyOf !== undefined) {
    const fitting = anyOf.find((each) => shapeOf(each) === tree.type) ?? anyOf[0];
    if (fitting === undefined) return [];
    if (shapeOf(fitting) !== tree.type) {
      return [{ start: tree.start, message: `${name} must be ${anyOf.map(describe).join(' or ')}.` }];
    }
    return validate(tree, fitting, name);
  }
  if (shapeOf(schema) !== tree.type) return [{ start: tree.start, message: `${name} must be ${describe(schema)}.` }];
  switch (tree.type) {
    case 'scalar':
      return checkScalar(tree, schema, name);
    case 'sequence':
      return schema.items === undefined
        ? []
        : tree.items.flatMap((item) => validate(item, schema.items ?? {}, `An item of ${uncapitalised(name)}`));
    case 'mapping':
      return checkMapping(tree, schema, name);
  }
}

function checkScalar(
  { text, start }: Extract<Tree, { type: 'scalar' }>,
  { enum: allowed, type, minimum }: Schema,
  name: string,
): readonly ConfigFault[] {
  if (type === 'number' && (!isNumber(text) || (minimum !== undefined && Number(text) < minimum))) {
    const least = minimum === undefined ? '' : ` of at least ${String(minimum)}`;
    return [{ start, message: `${name} is '${text}'; it must be a number${least}.` }];
  }
  if (type === 'boolean' && text !== 'true' && text !== 'false') {
    return [{ start, message: `${name} is '${text}'; it must be true or false.` }];
  }
  if (allowed === undefined || allowed.includes(text)) return [];
  return [{ start, message: `${name} is '${text}'; it must be ${oneOf(allowed)}.${hint(text, allowed)}` }];
}

function checkMapping(
  { entries, start }: Extract<Tree, { type: 'mapping' }>,
  { properties = {}, patternProperties = {}, additionalProperties, required = [] }: Schema,
  name: string,
): readonly ConfigFault[] {
  const faults: ConfigFault[] = [];
  const seen = new Set<string>();
  const known = Object.keys(properties);
  for (const { key, keyStart, value } of entries) {
    const schema = Object.hasOwn(properties, key)
      ? properties[key]
      : Object.entries(patternProperties).find(([pattern]) => new RegExp(pattern).test(key))?.[1];
    if (seen.has(key)) faults.push({ start: keyStart, message: `'${key}' is given twice.` });
    seen.add(key);
    if (schema !== undefined) addAll(faults, validate(value, schema, `'${key}'`));
    else if (additionalProperties === false) {
      const few = known.length <= 10 ? ` It may be ${oneOf(known)}.` : '';
      faults.push({ start: keyStart, message: `${unknownKey(key, known)}${hint(key, known) || few}` });
    }
  }
  for (const key of required) {
    if (!seen.has(key)) faults.push({ start, message: `${name} lacks '${key}'.` });
  }
  return faults;
}

/** A number as YAML writes one without special signs. */
function isNumber(text: string): boolean {
  return /^-?\d+(?:\.\d+)?$/.test(text);
}

function unknownKey(key: string, known: readonly string[]): string {
  return known.every((each) => each.includes('/')) ? `There is no rule '${key}'.` : `There is no setting '${key}'.`;
}

function hint(name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known);
  return nearest === undefined ? '' : ` Did you mean '${nearest}'?`;
}

function shapeOf({ type }: Schema): Tree['type'] {
  if (type === 'object') return 'mapping';
  return type === 'array' ? 'sequence' : 'scalar';
}

function describe(schema: Schema): string {
  if (schema.enum !== undefined) return oneOf(schema.enum);
  if (schema.type === 'object') return 'a mapping';
  if (schema.type === 'number') return 'a number';
  if (schema.type === 'boolean') return 'true or false';
  return schema.type === 'array' ? 'a list' : 'a text';
}

function oneOf(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} or ${names.at(-1) ?? ''}`;
}

function uncapitalised(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}
