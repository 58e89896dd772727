import type { Session } from '../session.ts';
import type { Streams } from './streams.ts';

/** Milliseconds after which somebody who waits wants to know that something happens. */
const patience = 500;
const interval = 100;

/**
 * Says on a terminal how many files have been read, once that takes long. The line goes when `end` is called.
 */
export function showProgress(session: Session, streams: Streams): { end(): void } {
  const begin = Date.now();
  let last = begin + patience - interval;
  let shown = false;
  session.onRead((done, all) => {
    const now = Date.now();
    if (now - last < interval) return;
    last = now;
    // Asked this late, because opening the stream takes milliseconds that a short run does without.
    if (streams.stderr.isTTY !== true) return;
    shown = true;
    streams.stderr.write(`\r${String(done)} of ${String(all)} files\u001b[K`);
  });
  return {
    end() {
      if (shown) streams.stderr.write('\r\u001b[K');
    },
  };
}
