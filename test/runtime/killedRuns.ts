// Starts killedProcess.ts and tells how it ended.
import { spawn } from 'node:child_process';
import { once } from 'node:events';

import { bundled, cachingEnv } from './bundle.ts';

const program = await bundled('killedProcess.ts');

/** The exit status of a process that ended by itself, or the signal that killed it. */
export async function run(...args: string[]): Promise<unknown> {
  const child = spawn(process.execPath, ['--no-warnings', program, ...args], {
    stdio: 'inherit',
    env: cachingEnv,
  });
  const [code, signal]: unknown[] = await once(child, 'exit');
  return signal ?? code;
}
