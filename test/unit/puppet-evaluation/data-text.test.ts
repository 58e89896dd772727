import { expect, test } from 'vitest';
import { HOLE } from '../../../src/core/template.ts';
import { dataText } from '../../../src/loaders/puppet/data-text.ts';

const span = { file: 'a.pp', start: 10, end: 20 };

test('what is not set says nothing of a document', () => {
  const { text, conditional } = dataText([{ type: 'undef' }], span);
  expect(text).toBe(`${HOLE}\n`);
  expect(conditional).toHaveLength(1);
});

test('within a list it is null', () => {
  const { text } = dataText([{ type: 'array', elements: [[{ type: 'undef' }]], open: false }], span);
  expect(text).toBe('[null]\n');
});
