/** Go files named by themselves: the rest of their package says how often they are called, and is not reported on. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { discover } from '../../../src/config/discovery.ts';
import { Session } from '../../../src/session.ts';

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

async function lint(paths: readonly string[], context: boolean) {
  const { files } = await discover(folder, paths, { context });
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
