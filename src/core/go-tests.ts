/** Folders with code for tests. */
const testFolders =
  /(?:^|\/)(?:[\w-]*e2e[\w-]*|conformance|benchmarks?|acceptance|integration|[\w-]*testing|[\w-]*tests?|(?:[\w-]+[-_])?test(?:data|x|core|kit|infra|lib|suite|cases|[-_]?(?:utils?|helpers?|support|framework))|testing[-_]\w+|stress|load-?tests?|(?:[\w-]+[-_])?(?:mocks?|fakes?|stubs?)|mock[-_]\w+)\//;

/** Whether a Go file is a test or lies where code for tests does: what it makes and calls says nothing of a node. */
export function isTestPath(path: string): boolean {
  return testFolders.test(path) || path.endsWith('_test.go');
}
