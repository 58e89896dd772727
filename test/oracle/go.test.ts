/** Our reading of Go against gofmt, on the standard library and on text of our own. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Loader } from '../../src/core/loader.ts';
import { createGoLoader } from '../../src/loaders/go/index.ts';
import { Session } from '../../src/session.ts';

const gofmt = spawnSync('gofmt', ['-h'], { encoding: 'utf8' });
const goRoot = spawnSync('go', ['env', 'GOROOT'], { encoding: 'utf8' });
const oracle = (gofmt.error ?? goRoot.error) === undefined || process.env.CI !== undefined ? describe : describe.skip;

/** Whether gofmt can parse the text. */
function accepts(text: string): boolean {
  return spawnSync('gofmt', ['-e'], { input: text, encoding: 'utf8', maxBuffer: 1 << 28 }).status === 0;
}

/** Go files below a directory, without those that are meant to be wrong and those of other projects. */
function goFiles(directory: string): readonly string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) return ['testdata', 'vendor'].includes(entry.name) ? [] : goFiles(path);
    return entry.name.endsWith('.go') ? [path] : [];
  });
}

let loader: Loader;
let root: string;

beforeAll(() => {
  loader = createGoLoader();
  // Debian's package joins its directories with symbolic links.
  if (goRoot.error === undefined) root = realpathSync(join(goRoot.stdout.trim(), 'src'));
});

/** Whether the tree has a part that the grammar could not read. */
function hasError(text: string): boolean {
  return JSON.stringify(loader.ast({ path: 'a.go', kind: 'go', text })).includes('"type":"ERROR"');
}

oracle('the standard library', () => {
  it.each(['net', 'os', 'encoding', 'go', 'sync', 'time', 'text'])(
    '%s: read without an error',
    (directory) => {
      const files = goFiles(join(root, directory));
      expect(files.length).toBeGreaterThan(5);
      expect(files.filter((file) => hasError(readFileSync(file, 'utf8')))).toEqual([]);
    },
    120_000,
  );

  it('gives no finding at warning or above', async () => {
    const session = new Session({ only: ['go/http-transport-per-call'] });
    session.update(
      goFiles(root).map((path) => ({ path: path.slice(root.length + 1), read: () => readFileSync(path) })),
    );
    const { findings, files } = await session.run();
    expect(files).toBeGreaterThan(3000);
    expect(findings.filter(({ severity }) => severity !== 'info')).toEqual([]);
  }, 120_000);
});

const program = `package agent

import (
	"net/http"
	"time"
)

type Agent struct {
	client *http.Client
	names  map[string][]int
}

func (a *Agent) Run(stop <-chan struct{}) error {
	ticker := time.NewTicker(time.Minute)
	defer ticker.Stop()
	for {
		select {
		case <-stop:
			return nil
		case <-ticker.C:
			tr := &http.Transport{MaxIdleConns: 1}
			client := &http.Client{Transport: tr, Timeout: 2 * time.Second}
			resp, err := client.Get("http://localhost/")
			if err != nil {
				return err
			}
			go func() { defer resp.Body.Close() }()
		}
	}
}
`;

oracle('damaged text', () => {
  const tokens = program.match(/\w+|\s+|[^\w\s]/g) ?? [];
  const words = tokens.map((token, index) => [token, index] as const).filter(([token]) => token.trim() !== '');

  it('is told from whole text as gofmt tells it, but for a few, and never throws', () => {
    let agreed = 0;
    for (const [, left] of words) {
      const text = tokens.filter((_, index) => index !== left).join('');
      const facts = loader.facts({ path: 'a.go', kind: 'go', text, companion: true });
      expect(facts.some(({ kind }) => kind === 'go.file')).toBe(true);
      expect(facts.some(({ kind }) => kind === 'syntax.error')).toBe(false);
      // The grammar supplies a token here and there, and takes what only a type check or the compiler refuses.
      if (hasError(text) !== accepts(text)) agreed++;
    }
    expect(agreed / words.length).toBeGreaterThan(0.8);
  }, 120_000);

  it('costs the function it stands in, not those before it', () => {
    const text = `${program}\nfunc (a *Agent) broken( {\n\tif x := ; {\n`;
    expect(accepts(text)).toBe(false);
    expect(
      loader.facts({ path: 'a.go', kind: 'go', text, companion: true }).some(({ kind }) => kind === 'go.transport'),
    ).toBe(true);
  });
});

oracle('our own examples', () => {
  const markdown = ['docs/rules/go', 'test/cases/go'].flatMap((directory) => {
    const folder = join(import.meta.dirname, '../..', directory);
    return readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
  });
  const blocks = markdown.flatMap((text) =>
    [...text.matchAll(/^```go\n(package [^]*?)^```$/gm)].map((match) => match[1] ?? ''),
  );

  it('are Go to gofmt and to us', () => {
    expect(blocks.length).toBeGreaterThan(5);
    for (const block of blocks) expect([accepts(block), hasError(block), block]).toEqual([true, false, block]);
  });
});
