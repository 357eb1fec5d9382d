// Makes one file of a program that the tests start many times: it starts in a fraction of the time then.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';
import { afterAll } from 'vitest';

/** Bundles a program of this folder, with the packages of the fixtures; gives the file, which is gone after the tests. */
export async function bundled(program: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'bundled-'));
  afterAll(() => rm(folder, { recursive: true, force: true }));
  const outfile = join(folder, 'program.mjs');
  await build({
    entryPoints: [fileURLToPath(new URL(program, import.meta.url))],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
    nodePaths: [fileURLToPath(new URL('../fixture/node_modules', import.meta.url))],
    external: ['pg-native', 'cloudflare:sockets'],
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
  });
  return outfile;
}
