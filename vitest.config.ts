import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/setup.ts'],
    // Tests that start programs are slow on a busy machine; a hang still shows, and so does a square of the time on a large input.
    testTimeout: 60_000,
  },
});
