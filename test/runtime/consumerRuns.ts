// Starts consumerProcess.ts, and tells how it ended.
import { spawn } from 'node:child_process';
import { once } from 'node:events';

import { bundled, cachingEnv } from './bundle.ts';

/** A consumer in a process of its own. */
export interface ConsumerProcess {
  readonly ended: Promise<unknown>;
  kill(): void;
}

/** Starts a consumer: its broker, its database, and the moment at which it kills itself. */
export type StartConsumer = (...args: readonly string[]) => ConsumerProcess;

/** Prepares a consumer: `amqplib`, `nestjs`, `bullmq`, `saga-amqplib` or `saga-bullmq`. */
export async function consumerProgram(what: string): Promise<StartConsumer> {
  const program = await bundled('consumerProcess.ts', { CONSUMER: what });
  return (...args) => {
    const child = spawn(process.execPath, ['--no-warnings', program, ...args], {
      stdio: ['pipe', 'inherit', 'inherit'],
      env: cachingEnv,
    });
    const ended = once(child, 'exit').then(([code, signal]: unknown[]) => signal ?? code);
    return { ended, kill: () => void child.kill('SIGKILL') };
  };
}
