/** The HTML report as a reader meets it, in a real browser. Needs Chromium. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { chromium, openPage, type Page } from './browser.ts';

const repository = path.resolve(import.meta.dirname, '../..');
const folder = mkdtempSync(path.join(tmpdir(), 'html-report-'));
const report = path.join(folder, 'report.html');
let page: Page | undefined;

beforeAll(() => {
  const { status, stderr } = spawnSync(
    process.execPath,
    [path.join(repository, 'bin/fleetlint.js'), 'examples/control-repo', '-f', `html=${report}`],
    { cwd: repository, encoding: 'utf8' },
  );
  expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
});
afterEach(async () => {
  await page?.close();
  page = undefined;
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

async function open(width: number): Promise<Page> {
  page = await openPage(`file://${report}`, width, 900);
  return page;
}

describe.skipIf(chromium === undefined && process.env['CI'] === undefined)('in a browser', () => {
  test('no error, and no request but for the page itself', async () => {
    const { events } = await open(1200);
    const methods = new Set(events.map(({ method }) => method));
    expect(methods).not.toContain('Runtime.exceptionThrown');
    expect(methods).not.toContain('Log.entryAdded');
    const requests = events.filter(({ method }) => method === 'Network.requestWillBeSent');
    expect(requests.map(({ params }) => (params as { request: { url: string } }).request.url)).toEqual([
      `file://${report}`,
    ]);
  });

  test.each([360, 1200])('at %i pixels nothing sticks out', async (width) => {
    const { evaluate } = await open(width);
    expect(await evaluate('document.documentElement.scrollWidth <= document.documentElement.clientWidth')).toBe(true);
    expect(await evaluate('document.querySelectorAll("article").length')).toBe(5);
    expect(await evaluate('document.querySelectorAll(".rate").length')).toBeGreaterThan(0);
  });

  test('the keyboard alone hides what is an error and folds a chain', async () => {
    const { evaluate, press } = await open(1200);
    const focused = (selector: string) =>
      evaluate(`document.activeElement?.matches(${JSON.stringify(selector)}) ?? false`);
    const tabTo = async (selector: string) => {
      for (let count = 0; count < 10; count++) {
        await press('Tab');
        if ((await focused(selector)) === true) return;
      }
      throw new Error(`Tab does not reach ${selector}`);
    };
    await tabTo('#show-error');
    const shown = () => evaluate('document.querySelector("article.error").checkVisibility()');
    expect(await shown()).toBe(true);
    await press(' ');
    expect(await shown()).toBe(false);
    await press(' ');
    await tabTo('summary');
    await press('Enter');
    expect(await evaluate('document.querySelector("details").open')).toBe(false);
  });

  test('dark where the reader wants it', async () => {
    const { send, evaluate } = await open(1200);
    const paper = () => evaluate('getComputedStyle(document.body).backgroundColor');
    const light = await paper();
    await send('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: 'dark' }] });
    expect(await paper()).not.toBe(light);
  });
});

test('the file stands alone', () => {
  expect(readFileSync(report, 'utf8')).not.toMatch(/<script|<link|\bsrc=/);
});
