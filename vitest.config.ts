import { defineConfig } from 'vitest/config';

// vitest reads its configuration from a default export.
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts', 'tools/**/*.test.ts'],
    exclude: ['test/vscode/**', 'test/workspaces/**', 'node_modules/**'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ['default', './test/fixture/countReporter.ts'],
  },
});
