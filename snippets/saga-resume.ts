// snippet: saga-resume
// description: Resumes the sagas of a `saga` when the process starts, and then again and again
// after: saga
// placeholder 1: Order
// choice 2: 60_000 | 10_000 | 300_000
import type { OrderSagaOrchestrator } from './saga.ts';
// region body
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Start it with the process and do not wait for it: it ends when the signal says so. The first round
 * takes up what a crash left behind; the later ones what other workers left behind.
 */
export async function keepOrderSagasGoing(
  orchestrator: OrderSagaOrchestrator,
  { signal, report }: { signal: AbortSignal; report: (error: unknown) => void },
): Promise<void> {
  while (!signal.aborted) {
    await orchestrator.resumeAll().catch(report);
    const waitMs = 60_000 * (0.75 + Math.random() / 2);
    await sleep(waitMs, undefined, { signal }).catch(() => undefined);
  }
}
// endregion body
