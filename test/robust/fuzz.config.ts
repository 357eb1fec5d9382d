import { defineConfig } from 'vitest/config';

// vitest reads its configuration from a default export.
export default defineConfig({ test: { include: ['test/robust/*.fuzz.ts'] } });
