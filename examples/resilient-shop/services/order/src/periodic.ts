import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '@resilient-shop/platform';

/** Does a job again and again, one run after the other; a failed run is tried again at the next interval. */
export async function periodically(
  job: () => Promise<void>,
  intervalMs: number,
  stop: AbortSignal,
  log: Logger,
): Promise<void> {
  while (!stop.aborted) {
    try {
      await job();
    } catch (error) {
      log.error({ error }, 'periodic job failed');
    }
    await delay(intervalMs);
  }
}
