// Sagas that messages start: the messages, the store that fails, and what must come of it. Each order gets one saga,
// and what nobody can read is parked.
import { DatabaseSync } from 'node:sqlite';

import { array, constantFrom, record, shuffledSubarray } from 'fast-check';
import { expect } from 'vitest';

import { orderPlaced } from '../../snippets/domain-event.ts';
import type { OrderSagaOrchestrator } from '../../snippets/saga.ts';
import { sagasIn } from './sagasIn.ts';
import { imbalances } from './shop.ts';

export const unreadable: readonly string[] = ['not JSON', 'null', '{}'];

const deliveries = [
  ...[0, 1, 2].map((index) =>
    JSON.stringify(
      orderPlaced({ orderId: `${index}`, amountInCents: 100 }, { correlationId: `request-${index}` }),
    ),
  ),
  ...unreadable,
];

/** Messages that come twice and shuffled, and what befalls the store. */
export const startSchedules = record({
  sequence: shuffledSubarray([0, 1, 2, 0, 1, 2, 3, 4, 5], { minLength: 4 }),
  // Fewer than the deliveries that a queue allows, so that only what can't be read is parked.
  faults: array(constantFrom('ok', 'ok', 'fails', 'is-lost'), { maxLength: 4 }),
});

export function messagesOf(sequence: readonly number[]): string[] {
  return sequence.map((at) => deliveries[at] ?? '');
}

/** A store that takes one fault for each new saga; when they are used up nothing fails any more. */
export function flakily(faults: string[]): (create: () => Promise<void>) => Promise<void> {
  return async (create) => {
    const fault = faults.shift() ?? 'ok';
    if (fault === 'fails') throw new Error('the store failed');
    await create();
    if (fault === 'is-lost') throw new Error('the answer of the store is lost');
  };
}

/** Delivers messages until each is done with; gives what was parked. */
export type Deliver = (orchestrator: OrderSagaOrchestrator, messages: readonly string[]) => Promise<string[]>;

/** Runs what starts sagas under one schedule. */
export async function expectOneSagaEach(
  { sequence, faults }: { sequence: readonly number[]; faults: readonly string[] },
  deliver: Deliver,
): Promise<void> {
  const db = new DatabaseSync(':memory:');
  const messages = messagesOf(sequence);
  const { orchestrator } = sagasIn(db, flakily([...faults]));
  await expectStarted(db, messages, await deliver(orchestrator, messages));
}

/** Once the messages are done with: runs the sagas, and looks at the books. */
export async function expectStarted(
  db: DatabaseSync,
  messages: readonly string[],
  parked: readonly string[],
): Promise<void> {
  const { orchestrator, store } = sagasIn(db, (create) => create());
  await orchestrator.resumeAll();
  const readable = messages.filter((it) => !unreadable.includes(it));
  expect(new Set(parked)).toEqual(new Set(messages.filter((it) => unreadable.includes(it))));
  expect((await store.withStatus('completed')).sort()).toEqual([...new Set(readable.map(sagaOf))].sort());
  expect(imbalances(db)).toEqual([]);
}

/** The id of the saga that a message starts. */
export function sagaOf(message: string): string {
  return `order-${JSON.parse(message).data.orderId}`;
}
