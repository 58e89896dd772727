/** What the rules say of a way of using net/http, against the sockets that are left when it runs. */
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Finding, Severity } from '../../src/core/finding.ts';
import { Session } from '../../src/session.ts';
import { scenarios, sourceOf, type Scenario } from './go-http-scenarios.ts';

const go = spawnSync('go', ['version'], { encoding: 'utf8' });
const oracle = go.error === undefined || process.env.CI !== undefined ? describe : describe.skip;

/** As in go-http/main.go. */
const requests = 6;
/** Scenarios that run at once: most of their time is waiting. */
const atOnce = 12;

interface Measured {
  /** Sockets of client and server that are open right after the requests, and after a while. */
  readonly after: number;
  readonly later: number;
  readonly error: string;
}

const rules = [
  'go/http-body-not-closed',
  'go/http-client-memo-on-value-receiver',
  'go/http-close-idle-noop',
  'go/http-close-lost-on-redirect',
  'go/http-duration-unit',
  'go/http-transport-per-call',
];

const folder = mkdtempSync(join(tmpdir(), 'fleetlint-go-'));
const measured = new Map<string, Measured>();
const findings = new Map<string, readonly Finding[]>();

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

oracle('the sockets agree with the rules', () => {
  beforeAll(async () => {
    build();
    const open = [...scenarios];
    await Promise.all(
      Array.from({ length: atOnce }, async () => {
        for (let next = open.shift(); next !== undefined; next = open.shift()) measured.set(next.id, await run(next));
      }),
    );
    const session = new Session({ only: rules });
    session.update(scenarios.map((scenario) => ({ path: `${scenario.id}/fetch.go`, read: () => sourceOf(scenario) })));
    const result = await session.run();
    for (const { id } of scenarios)
      findings.set(
        id,
        result.findings.filter(({ span }) => span.file === `${id}/fetch.go`),
      );
  }, 180_000);

  it.each(scenarios.map((scenario) => [scenario.id, scenario.what, scenario] as const))(
    '%s %s',
    (id, _what, scenario) => {
      const sockets = measured.get(id);
      const found = findings.get(id) ?? [];
      if (sockets === undefined) throw new Error('It did not run.');
      expect(sockets.error).toBe('');
      const said = { sockets, rules: found.map(({ rule, severity }) => `${rule} ${severity}`) };
      if (scenario.beyond !== undefined) {
        expect([worst(found), said]).toEqual([scenario.beyond.severity, said]);
      } else if (leaks(sockets)) {
        // Whether a server redirects is not in the source: the rule that says so does it at info.
        const isSaid = found.some(
          ({ rule, severity }) => severity !== 'info' || rule === 'go/http-close-lost-on-redirect',
        );
        expect([isSaid, said]).toEqual([true, said]);
      } else {
        const harmful = found.filter(({ rule, severity }) => severity !== 'info' && rule !== 'go/http-duration-unit');
        expect([harmful.length, said]).toEqual([0, said]);
      }
    },
  );

  it('a way that leaves no connection to use again is no leak but is said', () => {
    expect(worst(findings.get('n14') ?? [])).toBe('error');
  });

  it('both kinds are among them', () => {
    const count = (wanted: boolean) => [...measured.values()].filter((sockets) => leaks(sockets) === wanted).length;
    expect(count(true)).toBeGreaterThan(30);
    expect(count(false)).toBeGreaterThan(30);
  });
});

/** A socket at one end or at both is left for each request. */
function leaks({ later }: Measured): boolean {
  return later >= requests;
}

function worst(found: readonly Finding[]): Severity | undefined {
  return (['error', 'warning', 'info'] as const).find((severity) => found.some((one) => one.severity === severity));
}

/** Writes a module with all scenarios and compiles it; nothing is downloaded. */
function build(): void {
  cpSync(join(import.meta.dirname, 'go-http'), folder, { recursive: true });
  writeFileSync(join(folder, 'go.mod'), 'module truth\n\ngo 1.18\n');
  for (const scenario of scenarios) {
    mkdirSync(join(folder, scenario.id));
    writeFileSync(join(folder, scenario.id, 'fetch.go'), sourceOf(scenario));
  }
  const imports = scenarios.map(({ id }) => `\t"truth/${id}"\n`).join('');
  const table = scenarios.map(({ id }) => `\t"${id}": ${id}.Fetch,\n`).join('');
  const text = `package main\n\nimport (\n${imports}\t"truth/lab"\n)\n\nvar scenarios = map[string]func(*lab.Server) error{\n${table}}\n`;
  writeFileSync(join(folder, 'scenarios.go'), text);
  const built = spawnSync('go', ['build', '-o', 'truth', '.'], {
    cwd: folder,
    encoding: 'utf8',
    env: {
      ...process.env,
      GO111MODULE: 'on',
      GOFLAGS: '-mod=mod',
      GOPROXY: 'off',
      GOTOOLCHAIN: 'local',
      GOCACHE: process.env.GOCACHE ?? join(folder, 'cache'),
    },
  });
  if (built.status !== 0) throw new Error(built.error?.message ?? built.stderr);
}

function run({ id, server = {} }: Scenario): Promise<Measured> {
  return new Promise((resolve, reject) => {
    const program = spawn(join(folder, 'truth'), [id, JSON.stringify(server)], { stdio: ['ignore', 'pipe', 'ignore'] });
    let output = '';
    program.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    program.on('error', reject);
    program.on('close', () => {
      try {
        resolve(JSON.parse(output) as Measured);
      } catch {
        reject(new Error(`${id} printed '${output}'.`));
      }
    });
  });
}
