const kinds = 'data|x|core|kit|infra|lib|suite|cases|[-_]?(?:utils?|helpers?|support|framework)';

/** Folders with code for tests; `httptest`, but not `latest`. */
const testFolders = new RegExp(
  `(?:^|/)(?!(?:latest|contest|attest)/)(?:[\\w-]*e2e[\\w-]*|conformance|benchmarks?|acceptance|integration|[\\w-]*testing|[\\w-]*tests?|(?:[\\w-]+[-_])?test(?:${kinds})|testing[-_]\\w+|stress|load-?tests?|(?:[\\w-]+[-_])?(?:mocks?|fakes?|stubs?)|mock[-_]\\w+)/`,
);

/** Whether a Go file is a test or lies where code for tests does: what it makes and calls says nothing of a node. */
export function isTestPath(path: string): boolean {
  return testFolders.test(path) || path.endsWith('_test.go');
}

const testModule = new RegExp(`[/_-](?:e2e|tests?|test(?:${kinds}))(?:/v\\d+)?$`);

/** Whether a module is there for tests, by its import path. */
export function isTestModule(path: string): boolean {
  return testModule.test(path);
}
