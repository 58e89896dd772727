import { escapeControls } from '../core/escape.ts';
import type { Notice } from '../core/notice.ts';
import type { Streams } from './streams.ts';

/** Prints notices to standard error, where the format has no place for them. */
export function sayNotices(notices: readonly Notice[], streams: Streams): void {
  for (const { file, message } of notices) {
    streams.stderr.write(
      `fleetlint: ${file === undefined ? '' : `${escapeControls(file)}: `}${escapeControls(message)}\n`,
    );
  }
}
