import { defineConfig } from 'vitest/config';

// vitest reads its configuration from a default export.
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts', 'tools/**/*.test.ts'],
    exclude: ['test/vscode/**', 'test/workspaces/**', '**/node_modules/**'],
    // `npm run fixtures -- -u` rewrites what the fixture pages expect.
    env: { UPDATE: process.argv.includes('-u') ? '1' : (process.env['UPDATE'] ?? '') },
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ['default', './test/fixture/countReporter.ts'],
  },
});
