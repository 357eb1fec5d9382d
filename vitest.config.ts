import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

// What the runtime tests do wrong on purpose follows from it: the same seed, the same faults.
process.env['SAGALINT_SEED'] ??= String(Date.now() % 2 ** 31);

// vitest reads its configuration from a default export.
export default defineConfig({
  // As Nest wants them, and as tsconfig.json has them.
  oxc: { decorator: { legacy: true } },
  // Snippets run with packages that only the fixtures have; tsconfig.json names their types.
  resolve: {
    alias: Object.fromEntries(
      ['@medusajs/utils', '@medusajs/workflows-sdk', 'bullmq', 'pg', 'typeorm'].map((name) => [
        name,
        fixturePackage(name),
      ]),
    ),
  },
  test: {
    include: ['test/**/*.test.ts', 'tools/**/*.test.ts'],
    exclude: ['test/vscode/**', 'test/workspaces/**', '**/node_modules/**'],
    // `npm run fixtures -- -u` rewrites what the fixture pages expect.
    env: {
      UPDATE: process.argv.includes('-u') ? '1' : (process.env['UPDATE'] ?? ''),
      SAGALINT_SEED: process.env['SAGALINT_SEED'],
    },
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ['default', './test/fixture/countReporter.ts'],
  },
});

function fixturePackage(name: string): string {
  return fileURLToPath(new URL(`test/fixture/node_modules/${name}`, import.meta.url));
}
