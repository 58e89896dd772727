import { decodeText } from '../core/decode.ts';
import { fileTemplate } from '../core/template.ts';
import { fileKind } from '../config/file-kind.ts';
import { discover, locate } from '../config/discovery.ts';
import { loaderFor } from '../loaders/registry.ts';
import { sayNotices } from './notices.ts';
import { UsageError, type CommandLine } from './options.ts';
import { exitClean, exitIncomplete, type Streams } from './streams.ts';

/** `fleetlint ast FILE...`: one JSON document a file; with `--pn` one JSON line a manifest, in Puppet's PN notation. */
export async function ast(line: CommandLine, operands: readonly string[], streams: Streams): Promise<number> {
  if (operands.length === 0) throw new UsageError("'ast' takes at least one file.");
  const { files, notices } = await discover(streams.cwd(), operands);
  let failed = notices.length > 0;
  sayNotices(notices, streams);
  // A script finds its files by the names it gave.
  const given = new Map(operands.map((operand) => [locate(streams.cwd(), operand).path, operand]));
  for (const input of files) {
    const kind = fileKind(input.path);
    const name = given.get(input.path) ?? input.path;
    if (kind === undefined) continue;
    if (line.pn && kind !== 'puppet') {
      sayNotices(
        [{ file: input.path, message: 'This is no Puppet manifest, and only those have a PN notation.' }],
        streams,
      );
      failed = true;
      continue;
    }
    const problem = (message: string) => {
      failed = true;
      if (line.pn) streams.stdout.write(JSON.stringify({ file: name, ok: false, error: message }) + '\n');
      else sayNotices([{ file: input.path, message }], streams);
    };
    let content: Uint8Array | string;
    try {
      content = input.read();
    } catch (error) {
      problem(error instanceof Error ? error.message : String(error));
      continue;
    }
    const decoded = typeof content === 'string' ? { text: content } : decodeText(content, kind !== 'puppet');
    if ('binary' in decoded) problem(decoded.binary);
    else if (line.pn) {
      const { parsePuppet } = await import('../loaders/puppet/parser.ts');
      const { toPn } = await import('../loaders/puppet/pn.ts');
      const { program, errors } = parsePuppet(fileTemplate(input.path, decoded.text));
      const [error] = errors;
      if (error === undefined) streams.stdout.write(JSON.stringify({ file: name, ok: true, pn: toPn(program) }) + '\n');
      else streams.stdout.write(JSON.stringify({ file: name, ok: false, error: error.message }) + '\n');
    } else {
      const loader = await loaderFor(kind).load();
      await loader.prepare?.({ path: input.path, kind, ...decoded });
      streams.stdout.write(
        JSON.stringify({ file: name, kind, ast: loader.ast({ path: input.path, kind, ...decoded }) }, undefined, 2) +
          '\n',
      );
    }
  }
  return failed ? exitIncomplete : exitClean;
}
