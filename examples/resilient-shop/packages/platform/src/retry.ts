import { setTimeout as delay } from 'node:timers/promises';

export interface RetryOptions {
  readonly attempts: number;
  readonly firstDelayMs: number;
  /** Errors that a further attempt won't cure. */
  readonly isFinal?: (error: unknown) => boolean;
}

/** Tries again with growing pauses; gives the last error when the attempts are used up. */
export async function retry<Result>(work: () => Promise<Result>, options: RetryOptions): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt >= options.attempts || options.isFinal?.(error)) throw error;
      await delay(options.firstDelayMs * 2 ** (attempt - 1));
    }
  }
}
