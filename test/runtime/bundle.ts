// Makes one file of a program that the tests start many times: it starts in a fraction of the time then.
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';

// Below node_modules, where the program finds what is not bundled. Each run writes the same file, so none pile up.
const folder = fileURLToPath(new URL('../../node_modules/.cache/runtime-tests/', import.meta.url));

/** What Nest tries to load, and does without. */
const optionalForNest = [
  ...['@nestjs/websockets', '@nestjs/platform-express', '@nestjs/platform-fastify', '@grpc/*', '@nats-io/*'],
  ...['class-transformer', 'class-validator', 'kafkajs', 'mqtt', 'nats', 'ioredis', 'cache-manager'],
];

/** With it a program's code is compiled once, not at each start. */
export const cachingEnv = { ...process.env, NODE_COMPILE_CACHE: join(folder, 'compiled') };

/** Bundles a program of this folder, with the packages of the fixtures and settled variables; gives the file. */
export async function bundled(program: string, env: Record<string, string> = {}): Promise<string> {
  const name = [basename(program, '.ts'), ...Object.values(env)].join('-');
  const outfile = join(folder, `${name}.mjs`);
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(program, import.meta.url))],
    write: false,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
    minifySyntax: true,
    define: Object.fromEntries(
      Object.entries(env).map(([key, value]) => [`process.env.${key}`, JSON.stringify(value)]),
    ),
    nodePaths: [fileURLToPath(new URL('../fixture/node_modules', import.meta.url))],
    external: ['pg-native', 'cloudflare:sockets', ...(env['CONSUMER'] === 'nestjs' ? optionalForNest : [])],
    banner: {
      js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
    },
  });
  await mkdir(folder, { recursive: true });
  // Another test file may be starting the program now: it gets the old file or the new one, never half of one.
  const unfinished = `${outfile}.${process.pid}`;
  for (const { contents } of outputFiles) await writeFile(unfinished, contents);
  await rename(unfinished, outfile);
  return outfile;
}
