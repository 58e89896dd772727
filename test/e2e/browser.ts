/** A headless Chromium for one page, spoken to over its DevTools pipe. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';

interface Answer {
  readonly id?: number;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: unknown;
}

export interface Page {
  /** A DevTools command; resolves to its result. */
  readonly send: (method: string, params?: object) => Promise<unknown>;
  /** The value of a JavaScript expression in the page. */
  readonly evaluate: (expression: string) => Promise<unknown>;
  readonly press: (key: 'Tab' | 'Enter' | ' ') => Promise<void>;
  /** Events so far, by their method. */
  readonly events: readonly { readonly method: string; readonly params: unknown }[];
  readonly close: () => Promise<void>;
}

export const chromium = ['chromium', 'chromium-browser', 'google-chrome'].find(
  (name) => spawnSync(name, ['--version']).status === 0,
);

const flags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--remote-debugging-pipe',
];

/** Opens a page of this size. */
export async function openPage(url: string, width: number, height: number): Promise<Page> {
  const profile = mkdtempSync(join(tmpdir(), 'chromium-'));
  const browser = spawn(chromium ?? 'chromium', [...flags, `--user-data-dir=${profile}`, 'about:blank'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
  });
  const input = browser.stdio[3] as Writable;
  const output = browser.stdio[4] as Readable;
  const waiting = new Map<number, (answer: Answer) => void>();
  const events: { method: string; params: unknown }[] = [];
  let rest = '';
  output.on('data', (chunk: Buffer) => {
    const parts = (rest + chunk.toString()).split('\0');
    rest = parts.pop() ?? '';
    for (const part of parts) {
      const answer = JSON.parse(part) as Answer;
      if (answer.id !== undefined) waiting.get(answer.id)?.(answer);
      else if (answer.method !== undefined) events.push({ method: answer.method, params: answer.params });
    }
  });
  let next = 0;
  let session: string | undefined;
  const send = async (method: string, params: object = {}): Promise<unknown> => {
    const id = ++next;
    const answer = new Promise<Answer>((resolve) => waiting.set(id, resolve));
    input.write(
      `${JSON.stringify({ id, method, params, ...(session === undefined ? {} : { sessionId: session }) })}\0`,
    );
    const { error, result } = await answer;
    if (error !== undefined) throw new Error(`${method}: ${JSON.stringify(error)}`);
    return result;
  };
  const { targetId } = (await send('Target.createTarget', { url: 'about:blank' })) as {
    targetId: string;
  };
  const attached = (await send('Target.attachToTarget', { targetId, flatten: true })) as { sessionId: string };
  session = attached.sessionId;
  for (const domain of ['Page', 'Runtime', 'Log', 'Network']) await send(`${domain}.enable`);
  await send('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: false });
  await send('Page.navigate', { url });
  while (!events.some(({ method }) => method === 'Page.loadEventFired')) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return {
    send,
    events,
    async evaluate(expression) {
      const { result } = (await send('Runtime.evaluate', { expression, returnByValue: true })) as {
        result: { value?: unknown };
      };
      return result.value;
    },
    async press(key) {
      const text = key === 'Enter' ? '\r' : key === ' ' ? ' ' : undefined;
      const code = key === ' ' ? 'Space' : key;
      const windowsVirtualKeyCode = { Tab: 9, Enter: 13, ' ': 32 }[key];
      await send('Input.dispatchKeyEvent', { type: 'keyDown', key, code, windowsVirtualKeyCode, text });
      await send('Input.dispatchKeyEvent', { type: 'keyUp', key, code, windowsVirtualKeyCode });
    },
    async close() {
      const gone = new Promise((resolve) => browser.once('exit', resolve));
      session = undefined;
      await send('Browser.close');
      await gone;
      rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    },
  };
}
