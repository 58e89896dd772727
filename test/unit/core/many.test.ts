/** Files with more of something than V8 takes arguments of a call: nothing is lost, nothing crashes. */
import { expect, test } from 'vitest';
import { Session } from '../../../src/session.ts';

const many = 150_000;

test.each([
  ['lines of a fragment', 'a.md', `\`\`\`go\n${'c := &http.Client{Transport: x}\n'.repeat(many)}\`\`\`\n`],
  ['ignore comments', 'a.pp', '# fleetlint-ignore[puppet/syntax-error] why\n'.repeat(many)],
  ['merged mappings', 'a.yaml', `kind: KubeletConfiguration\nx:\n  <<: [${'{a: 1}, '.repeat(many)}{b: 2}]\n`],
  [
    'statements of a broken body',
    'a.pp',
    `class a {\n  exec { 'x': command => [ }\n${'  include b\n'.repeat(many)}}\n`,
  ],
])('%s', async (_name, path, text) => {
  const session = new Session();
  session.update([{ path, read: () => text }]);
  const { files, notices } = await session.run();
  expect({ files, faults: notices.filter(({ message }) => message.includes('fault of fleetlint')) }).toEqual({
    files: 1,
    faults: [],
  });
});
