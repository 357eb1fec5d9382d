// snippet: retry
// description: Retry with backoff and jitter, a limit, and a dead letter for what can't be handled
// choice 1: 5 | 3 | 10
// choice 2: 200 | 50 | 1_000
// region body
import { setTimeout as sleep } from 'node:timers/promises';

/** Throw it where a retry can't help, such as a message that can't be read. */
export class PermanentFailure extends Error {
  override readonly name = 'PermanentFailure';
}

const limits = { attempts: 5, backoffMs: 200, maxBackoffMs: 30_000 };

/** Tries until it works; throws the last error when it gives up. The work must be idempotent. */
export async function withRetry<Result>(
  work: (attempt: number) => Promise<Result>,
  { attempts, backoffMs, maxBackoffMs }: typeof limits = limits,
): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work(attempt);
    } catch (error) {
      if (attempt >= attempts || error instanceof PermanentFailure) throw error;
      // Jitter, so that many that failed together do not come back together.
      await sleep(Math.random() * Math.min(maxBackoffMs, backoffMs * 2 ** attempt));
    }
  }
}

/** A message that could not be handled, with what people need to know to send it again. */
export interface DeadLetter<Message> {
  readonly message: Message;
  readonly error: string;
  readonly failedAt: string;
}

/** Handles a message or parks it. It throws only if parking fails: do not acknowledge then. */
export async function handleOrPark<Message>(
  message: Message,
  handle: (message: Message) => Promise<void>,
  park: (letter: DeadLetter<Message>) => Promise<void>,
): Promise<void> {
  try {
    await withRetry(() => handle(message));
  } catch (error) {
    await park({ message, error: String(error), failedAt: new Date().toISOString() });
  }
}
// endregion body
