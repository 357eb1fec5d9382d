// snippet: outbox-typeorm
// description: Outbox with TypeORM: the event is stored in the transaction of the change, one relay publishes it
// after: domain-event
// placeholder 1: Order
// placeholder 2: Placed
// placeholder 3: amountInCents
import type { OrderPlaced } from './domain-event.ts';
// region body
import { setTimeout as sleep } from 'node:timers/promises';

import { EntitySchema, IsNull } from 'typeorm';
import type { DataSource } from 'typeorm';

interface OrderRecord {
  id: string;
  amountInCents: number;
}

interface OutboxRow {
  position: number;
  eventId: string;
  topic: string;
  payload: string;
  publishedAt: Date | null;
}

export const orderRecords = new EntitySchema<OrderRecord>({
  name: 'order_records',
  columns: { id: { type: 'text', primary: true }, amountInCents: { type: 'int' } },
});

export const outboxRows = new EntitySchema<OutboxRow>({
  name: 'outbox',
  columns: {
    position: { type: 'int', primary: true, generated: 'increment' },
    eventId: { type: 'text', unique: true },
    topic: { type: 'text' },
    payload: { type: 'text' },
    publishedAt: { type: 'timestamptz', nullable: true },
  },
});

/** Saves the change and its event in one transaction: both are kept, or neither. */
export async function saveOrderPlaced(source: DataSource, event: OrderPlaced): Promise<void> {
  await source.transaction(async (manager) => {
    const { orderId, amountInCents } = event.data;
    await manager.insert(orderRecords, { id: orderId, amountInCents });
    const row = { eventId: event.eventId, topic: 'order.placed', payload: JSON.stringify(event) };
    await manager.insert(outboxRows, row);
  });
}

/** Gives a message to the broker and waits until the broker has it. */
export type Publish = (topic: string, eventId: string, payload: string) => Promise<void>;

/**
 * Publishes what waits in the outbox, oldest first; gives how many. Another relay waits at the locked rows.
 * A crash between publish and commit publishes again, so consumers must be idempotent.
 */
export async function relayOutbox(source: DataSource, publish: Publish): Promise<number> {
  const failures: unknown[] = [];
  let published = 0;
  await source.transaction(async (manager) => {
    const rows = await manager.find(outboxRows, {
      where: { publishedAt: IsNull() },
      order: { position: 'ASC' },
      take: 100,
      lock: { mode: 'pessimistic_write' },
    });
    for (const { position, eventId, topic, payload } of rows) {
      // It is thrown after the commit, so that what was published before it is not published again.
      await publish(topic, eventId, payload).catch((error: unknown) => failures.push(error));
      if (failures.length > 0) return;
      await manager.update(outboxRows, { position }, { publishedAt: new Date() });
      published += 1;
    }
  });
  if (failures.length > 0) throw failures[0];
  return published;
}

/** Relays until it is told to stop, and waits longer after each failure. `report` makes failures visible. */
export async function runOutboxRelay(
  source: DataSource,
  publish: Publish,
  { signal, report }: { signal: AbortSignal; report: (error: unknown, failures: number) => void },
): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    try {
      await relayOutbox(source, publish);
      failures = 0;
    } catch (error) {
      failures += 1;
      report(error, failures);
    }
    const waitMs = Math.min(30_000, 500 * 2 ** failures) * (0.5 + Math.random() / 2);
    await sleep(waitMs, undefined, { signal }).catch(() => undefined);
  }
}
// endregion body
