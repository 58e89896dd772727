/** Go files named by themselves: the rest of their package says how often they are called, and is not reported on. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { discover } from '../../../src/config/discovery.ts';
import { Session } from '../../../src/session.ts';
import { readStaged } from '../../../src/vcs/staged.ts';

const folder = mkdtempSync(join(tmpdir(), 'fleetlint-context-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const maker = `package agent

import "net/http"

func newClient() *http.Client {
	return &http.Client{Transport: &http.Transport{}}
}
`;
const loop = `package agent

import "time"

func poll() {
	for range time.Tick(time.Minute) {
		newClient().Get("http://a/")
	}
}
`;
writeFileSync(join(folder, 'maker.go'), maker);
writeFileSync(join(folder, 'loop.go'), loop);
writeFileSync(join(folder, 'loop_test.go'), loop.replace('poll', 'pollInTest'));

mkdirSync(join(folder, 'cmd/client'), { recursive: true });
writeFileSync(join(folder, 'go.mod'), 'module example.org/agent\n');
writeFileSync(join(folder, 'cmd/client/client.go'), maker.replace('agent', 'client').replace('newClient', 'New'));
writeFileSync(
  join(folder, 'cmd/poll.go'),
  loop.replace('"time"', '(\n\t"time"\n\n\t"example.org/agent/cmd/client"\n)').replace('newClient', 'client.New'),
);
execFileSync('git', ['init', '-q'], { cwd: folder });
execFileSync('git', ['add', '.'], { cwd: folder });

async function lint(paths: readonly string[], context: boolean) {
  return run((await discover(folder, paths, { context })).files);
}

async function run(files: Parameters<Session['update']>[0]) {
  const session = new Session({ only: ['go/http-transport-per-call'] });
  session.update(files);
  const { findings, files: count } = await session.run();
  return { found: findings.map(({ severity, span }) => `${span.file} ${severity}`), count };
}

test('the other files of the package are read where they matter', async () => {
  expect(await lint(['maker.go'], true)).toEqual({ found: ['maker.go error'], count: 1 });
  expect(await lint(['maker.go'], false)).toEqual({ found: [], count: 1 });
});

test('they are not reported on', async () => {
  expect(await lint(['loop.go'], true)).toEqual({ found: [], count: 1 });
});

test('a file that is named too is no context', async () => {
  expect(await lint(['loop.go', 'maker.go'], true)).toEqual({ found: ['maker.go error'], count: 2 });
});

test('the module above a folder says what its imports mean', async () => {
  expect(await lint(['cmd'], true)).toEqual({ found: ['cmd/client/client.go error'], count: 2 });
  expect(await lint(['cmd'], false)).toEqual({ found: [], count: 2 });
});

test('files of the index have the same context', async () => {
  const staged = (path: string) => run(readStaged(folder, folder, [path]).files);
  expect(await staged('maker.go')).toEqual({ found: ['maker.go error'], count: 1 });
  expect(await staged('loop.go')).toEqual({ found: [], count: 1 });
  expect(await staged('cmd')).toEqual({ found: ['cmd/client/client.go error'], count: 2 });
});
