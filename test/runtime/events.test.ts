// The styles of events: the same facts come through JSON, and a follow-up names its cause.
import { expect, test } from 'vitest';

import { orderPlaced as plain } from '../../snippets/domain-event.ts';
import { OrderPlaced } from '../../snippets/domain-event-class.ts';
import { orderPlaced as typed } from '../../snippets/domain-event-type.ts';
import { orderPlaced as schematic, parseOrderPlaced } from '../../snippets/domain-event-zod.ts';
import { handleOrderEvent, orderTopics } from '../../snippets/event-union.ts';
import type { OrderEvent } from '../../snippets/event-union.ts';

const data = { orderId: 'order-1', amountInCents: 1 };

test.each([
  ['domain-event', plain],
  ['domain-event-class', (...args: Parameters<typeof plain>) => new OrderPlaced(...args)],
  ['domain-event-type', typed],
  ['domain-event-zod', schematic],
])('%s carries its metadata through JSON', (_, make) => {
  const first = make(data, { correlationId: 'request-1' });
  const next = make(data, first);
  const read: unknown = JSON.parse(JSON.stringify(next));
  expect(read).toMatchObject({ type: 'OrderPlaced', version: 1, correlationId: 'request-1', data });
  expect(read).toMatchObject({ causationId: first.eventId, eventId: next.eventId });
  expect(first.causationId).toBeNull();
  expect(next.eventId).not.toBe(first.eventId);
});

test('domain-event-zod reads its own event, and nothing else', () => {
  const event = schematic(data, { correlationId: 'request-1' });
  expect(parseOrderPlaced(JSON.stringify(event))).toEqual(event);
  expect(() => parseOrderPlaced(JSON.stringify({ ...event, eventId: undefined }))).toThrow();
});

test('event-union gives each event to its own handler', async () => {
  const handled: string[] = [];
  const note = async ({ type }: OrderEvent): Promise<void> => void handled.push(orderTopics[type]);
  const handlers = { OrderPlaced: note, OrderConfirmed: note, OrderRejected: note };
  const metadata = { version: 1, occurredAt: '', correlationId: 'r', causationId: null } as const;
  const common = { ...metadata, eventId: 'e', orderId: 'order-1' };
  await handleOrderEvent(handlers, { ...common, type: 'OrderPlaced', amountInCents: 1 });
  await handleOrderEvent(handlers, { ...common, type: 'OrderConfirmed' });
  await handleOrderEvent(handlers, { ...common, type: 'OrderRejected', reason: 'out-of-stock' });
  expect(handled).toEqual(['order.placed', 'order.confirmed', 'order.rejected']);
});
