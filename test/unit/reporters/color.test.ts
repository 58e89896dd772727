import { expect, it } from 'vitest';
import { wantsColor, type ColorChoice } from '../../../src/reporters/color.ts';

const rows: [ColorChoice, Record<string, string>, boolean, boolean][] = [
  ['auto', {}, true, true],
  ['auto', {}, false, false],
  ['always', { NO_COLOR: '1' }, false, true],
  ['never', { FORCE_COLOR: '1' }, true, false],
  ['auto', { NO_COLOR: '1' }, true, false],
  ['auto', { NO_COLOR: '0' }, true, false],
  ['auto', { NO_COLOR: '' }, true, true],
  ['auto', { NO_COLOR: '1', FORCE_COLOR: '1' }, false, false],
  ['auto', { FORCE_COLOR: '1' }, false, true],
  ['auto', { FORCE_COLOR: '3' }, false, true],
  ['auto', { FORCE_COLOR: '0' }, false, false],
  ['auto', { FORCE_COLOR: '0' }, true, true],
  ['auto', { FORCE_COLOR: '' }, false, false],
  ['auto', { CLICOLOR_FORCE: '1' }, false, true],
  ['auto', { CLICOLOR_FORCE: '0' }, false, false],
  ['auto', { CI: '1', TERM: 'xterm' }, false, false],
];

it.each(rows)('%s with %o on a terminal: %s gives %s', (choice, environment, isTerminal, expected) => {
  expect(wantsColor(choice, environment, isTerminal)).toBe(expected);
});
