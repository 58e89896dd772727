/** What is fuzzed: each loader, the other readers, and whole runs. */
import fc from 'fast-check';
import { decodeText } from '../../src/core/decode.ts';
import type { FileKind } from '../../src/core/source-file.ts';
import { damage, damages } from './inputs.ts';
import { checkBaseline, checkConfig, checkEditor, checkLoader, checkTree } from './properties.ts';
import { baselineSeeds, caseTrees, configSeeds, fileKinds, seedsOf } from './seeds.ts';

export interface Target {
  /** A kind of file, for a loader. */
  readonly name: string;
  /** Of all inputs: the more there is to read, the more. */
  readonly share: number;
  /** @param around measures the check of one input */
  property(around?: (check: () => Promise<void> | void, bytes: number) => Promise<void>): fc.IAsyncProperty<[Input]>;
}

/** One input as it is shown when it fails. */
export interface Input {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly check: () => Promise<void> | void;
  [fc.toStringMethod](): string;
}

const shares: Readonly<Partial<Record<FileKind, number>>> = {
  puppet: 6,
  unit: 4,
  yaml: 4,
  go: 4,
  'drop-in': 2,
  fleet: 2,
};

/** All targets. `root`: of the repository. */
export function fuzzTargets(root: string): readonly Target[] {
  const trees = caseTrees(root);
  const seeds = seedsOf(trees);
  const loaders = fileKinds.map((kind) => {
    const own = seeds.get(kind) ?? [];
    const texts = own.map(({ text }) => text);
    const input = fc
      .record({ index: fc.nat(own.length - 1), path: fc.nat(own.length - 1), made: damages })
      .map(({ index, path: at, made }) => {
        const path = own[at]?.path ?? '';
        const bytes = damage(texts[index] ?? '', made, texts);
        return shown(path, bytes, () => checkLoader(kind, path, bytes));
      });
    return target(kind, shares[kind] ?? 1, input);
  });
  const editorSeeds = (['unit', 'yaml', 'puppet'] as const).flatMap((kind) =>
    (seeds.get(kind) ?? []).map((seed) => ({ ...seed, kind })),
  );
  const editor = fc
    .record({ index: fc.nat(editorSeeds.length - 1), share: fc.double({ min: 0, max: 1, noNaN: true }), made: damages })
    .map(({ index, share, made }) => {
      const { kind, path, text } = editorSeeds[index] ?? { kind: 'unit' as const, path: '', text: '' };
      const bytes = damage(text, made, []);
      const decoded = decodeText(bytes, true);
      return shown(path, bytes, async () => {
        if ('text' in decoded) await checkEditor(kind, path, decoded.text, share);
      });
    });
  const texts = trees.flat().map(({ text }) => text);
  const tree = fc
    .record({ index: fc.nat(trees.length - 1), file: fc.nat(9), made: damages })
    .map(({ index, file, made }) => {
      const files = trees[index] ?? [];
      const changed = file % Math.max(1, files.length);
      const path = files[changed]?.path ?? '';
      const bytes = damage(files[changed]?.text ?? '', made, texts);
      return shown(path, bytes, () =>
        checkTree(files.map((each, at) => ({ ...each, content: at === changed ? bytes : each.text }))),
      );
    });
  return [
    ...loaders,
    target('config', 1, textInput('fleetlint.yaml', configSeeds, checkConfig)),
    target(
      'baseline',
      0.5,
      textInput('fleetlint-baseline.json', baselineSeeds, (bytes) => {
        checkBaseline(Buffer.from(bytes).toString('utf8'));
      }),
    ),
    target('editor', 1, editor),
    target('tree', 0.2, tree),
  ];
}

function textInput(
  path: string,
  texts: readonly string[],
  check: (bytes: Uint8Array) => Promise<void> | void,
): fc.Arbitrary<Input> {
  return fc.record({ index: fc.nat(texts.length - 1), made: damages }).map(({ index, made }) => {
    const bytes = damage(texts[index] ?? '', made, texts);
    return shown(path, bytes, () => check(bytes));
  });
}

function target(name: string, share: number, input: fc.Arbitrary<Input>): Target {
  return {
    name,
    share,
    property: (around = async (check) => check()) =>
      fc.asyncProperty(input, (each) => around(each.check, each.bytes.length)),
  };
}

function shown(path: string, bytes: Uint8Array, check: Input['check']): Input {
  // Latin 1 keeps every byte.
  const text = (): string => `${path}: Buffer.from(${JSON.stringify(Buffer.from(bytes).toString('latin1'))}, 'latin1')`;
  return { path, bytes, check, [fc.toStringMethod]: text };
}
