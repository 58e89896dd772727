/** The runner of cases itself: a block that does not hold is told. */
import { expect, test } from 'vitest';
import { parseCases, runCase } from '../../../src/testing/cases.ts';

const source = (fixed: string) => `## A fix

\`a.go\`

\`\`\`go
package a

import "net/http"

func get(url string) error {
	// expect: go/http-body-not-closed
	resp, err := http.Get(url)
	if err != nil {
		return err
	}
	return check(resp.StatusCode)
}
\`\`\`

\`\`\`fixed a.go
package a

import "net/http"

func get(url string) error {
	// expect: go/http-body-not-closed
	resp, err := http.Get(url)
	if err != nil {
		return err
	}
${fixed}	return check(resp.StatusCode)
}
\`\`\`
`;

async function run(markdown: string) {
  const [each] = parseCases(markdown);
  return each === undefined ? undefined : await runCase(each, 'go/http-body-not-closed');
}

test('a file is compared with its fixed block', async () => {
  expect(await run(source('\tdefer resp.Body.Close()\n'))).toEqual([]);
  expect(await run(source(''))).toEqual([
    "Fixed otherwise: a.go:11 is '\tdefer resp.Body.Close()', not '\treturn check(resp.StatusCode)'",
  ]);
});

test('a fixed block names a file of its case', () => {
  expect(() => parseCases(source('').replace('fixed a.go', 'fixed b.go'))).toThrow("Line 20: there is no file 'b.go'.");
});
