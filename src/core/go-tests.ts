/** Whether a Go file is a test or lies where code for tests does: what it makes and calls says nothing of a node. */
export function isTestPath(path: string): boolean {
  return (
    /(?:^|\/)(?:[\w-]*e2e[\w-]*|conformance|benchmarks?|acceptance|[\w-]*testing|testutils?|testdata|integration|mocks?|fakes?|[\w-]*tests?)\//.test(
      path,
    ) || path.endsWith('_test.go')
  );
}
