// Starts killedProcess.ts, bundled once since many start, and tells how it ended.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';

const program = fileURLToPath(new URL('killedProcess.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'killed-process-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
const outfile = join(folder, 'process.mjs');
await build({
  entryPoints: [program],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  nodePaths: [fileURLToPath(new URL('../fixture/node_modules', import.meta.url))],
  external: ['pg-native', 'cloudflare:sockets'],
  banner: {
    js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
  },
});

/** The exit status of a process that ended by itself, or the signal that killed it. */
export async function run(...args: string[]): Promise<unknown> {
  const child = spawn(process.execPath, ['--no-warnings', outfile, ...args], { stdio: 'inherit' });
  const [code, signal]: unknown[] = await once(child, 'exit');
  return signal ?? code;
}
