// What the tests start ends with them, however they end.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { expect, test } from 'vitest';

import { missing } from './services.ts';

test.skipIf(missing('redis') !== '')(
  'A server ends when the whole group of its tests is killed',
  { timeout: 120_000 },
  async () => {
    const program = `const { startRedis } = await import('${fileURLToPath(new URL('services.ts', import.meta.url))}');
      console.log((await startRedis()).port);`;
    const tests = spawn(process.execPath, ['--no-warnings', '--input-type=module', '-e', program], {
      detached: true,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [output]: unknown[] = await once(tests.stdout, 'data');
    const port = Number(String(output));
    expect(await isListening(port)).toBe(true);
    process.kill(-(tests.pid ?? 0), 'SIGKILL');
    while (await isListening(port)) await sleep(20);
  },
);

async function isListening(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  return new Promise((resolve) => {
    socket.once('error', () => resolve(false));
    socket.once('connect', () => (socket.destroy(), resolve(true)));
  });
}
