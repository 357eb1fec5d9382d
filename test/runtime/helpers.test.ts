// The small snippets, each run where it hurts.
import { setTimeout as sleep } from 'node:timers/promises';

import { Subject, lastValueFrom, take, toArray } from 'rxjs';
import { describe, expect, test } from 'vitest';

import { currentFlow, flowHeaders, inFlowOf, inFlowOfRequest } from '../../snippets/correlation.ts';
import { measureConsumer, monitorConsumer } from '../../snippets/consumer-monitor.ts';
import { parseOrderPlaced } from '../../snippets/domain-event-zod.ts';
import { newEvent } from '../../snippets/event-envelope.ts';
import { handleOrPark, PermanentFailure, withRetry } from '../../snippets/retry.ts';
import { TimedOut, withTimeout } from '../../snippets/timeout.ts';
import { keepOrderSagasGoing } from '../../snippets/saga-resume.ts';
import { OrderSagaFlow } from '../../snippets/saga-class.ts';
import { CancelOrder, OrderPlaced, OrderSagas, ReserveStock } from '../../snippets/saga-nestjs.ts';
import { StockReservationFailed } from '../../snippets/saga-nestjs.ts';
import { OrderSagaOrchestrator } from '../../snippets/saga.ts';
import { sqliteOrderSagaStore } from '../../snippets/saga-store-sqlite.ts';
import { DatabaseSync } from 'node:sqlite';

const quick = { attempts: 4, backoffMs: 0, maxBackoffMs: 0 };

describe('retry', () => {
  test('tries until it works', async () => {
    expect(
      await withRetry(async (attempt) => (attempt < 3 ? Promise.reject(new Error()) : attempt), quick),
    ).toBe(3);
  });

  test('gives up at the limit, and at once where a retry can not help', async () => {
    let calls = 0;
    const fail = (error: Error) => async (): Promise<void> => {
      calls += 1;
      throw error;
    };
    await expect(withRetry(fail(new Error('down')), quick)).rejects.toThrow('down');
    expect(calls).toBe(4);
    await expect(withRetry(fail(new PermanentFailure('no')), quick)).rejects.toThrow('no');
    expect(calls).toBe(5);
  });

  test('parks what it can not handle, and throws only when that fails', async () => {
    const handle = (): Promise<void> => Promise.reject(new PermanentFailure('unreadable'));
    const parked: unknown[] = [];
    await handleOrPark('message', handle, async (letter) => void parked.push(letter));
    expect(parked).toMatchObject([{ message: 'message', error: 'PermanentFailure: unreadable' }]);
    const full = handleOrPark('message', handle, () => Promise.reject(new Error('no room')));
    await expect(full).rejects.toThrow('no room');
  });
});

describe('timeout', () => {
  test('ends a call that ignores the signal, and one that hears it', async () => {
    const deaf = withTimeout(() => new Promise(() => undefined), { timeoutMs: 5 });
    await expect(deaf).rejects.toBeInstanceOf(TimedOut);
    const hearing = withTimeout((signal) => sleep(10_000, undefined, { signal }), { timeoutMs: 5 });
    await expect(hearing).rejects.toThrow();
  });

  test('hands on the answer, the error, and an end from outside', async () => {
    expect(await withTimeout(async () => 'answer', { timeoutMs: 1_000 })).toBe('answer');
    await expect(withTimeout(() => Promise.reject(new Error('own')))).rejects.toThrow('own');
    const outer = AbortSignal.abort(new Error('shutdown'));
    await expect(withTimeout(() => new Promise(() => undefined), { outer })).rejects.toThrow('shutdown');
  });
});

describe('correlation', () => {
  test('reaches everything that is awaited, and keeps flows apart', async () => {
    const flow = (id: string): Promise<string> =>
      inFlowOf({ correlationId: id, eventId: `event of ${id}` }, async () => {
        await sleep(1);
        return `${currentFlow().correlationId}, ${currentFlow().eventId}, ${flowHeaders()['x-correlation-id']}`;
      });
    expect(await Promise.all([flow('a'), flow('b')])).toEqual(['a, event of a, a', 'b, event of b, b']);
  });

  test('comes from the header, or begins', async () => {
    const idFor = (headers: Record<string, string>): Promise<string> =>
      inFlowOfRequest(headers, async () => currentFlow().correlationId);
    expect(await idFor({ 'x-correlation-id': 'given' })).toBe('given');
    expect(await idFor({})).toMatch(/^[0-9a-f-]{36}$/);
    expect(() => currentFlow()).toThrow('no flow');
  });
});

describe('events', () => {
  test('a schema refuses what is no event', () => {
    expect(() => parseOrderPlaced('{"type":"OrderPlaced"}')).toThrow();
  });

  test('an envelope names its cause', () => {
    const first = newEvent('OrderPlaced', 1, {}, { correlationId: 'request' });
    const second = newEvent('CardCharged', 1, {}, first);
    expect(second).toMatchObject({ correlationId: 'request', causationId: first.eventId });
  });
});

describe('consumer-monitor', () => {
  const offset = (partition: number, low: string, high: string) => ({ partition, low, high, offset: high });
  const admin = (dead: string) => ({
    fetchTopicOffsets: async (topic: string) =>
      topic.endsWith('.dead') ? [offset(0, '2', dead)] : [offset(0, '0', '10'), offset(1, '5', '9')],
    fetchOffsets: async () => [
      { topic: 'order.placed', partitions: [{ partition: 0, offset: '7', metadata: null }] },
    ],
  });

  test('measures what waits, also where nothing was committed yet, and what was parked', async () => {
    expect(await measureConsumer(admin('3'))).toMatchObject({ lag: 3 + 4, dead: 1 });
  });

  test('alerts of dead letters, and when it can not measure', async () => {
    const told: string[] = [];
    const broken = { ...admin('3'), fetchOffsets: () => Promise.reject(new Error('no broker')) };
    for (const it of [admin('3'), broken]) {
      const stop = new AbortController();
      const alert = async (problem: string): Promise<void> => (told.push(problem), stop.abort());
      const report = (): void => undefined;
      await monitorConsumer(it, { signal: stop.signal, record: report, alert, report });
    }
    expect(told).toEqual([
      '1 messages of order.placed were parked.',
      "revenue can't be measured: Error: no broker",
    ]);
  });
});

describe('saga-resume', () => {
  test('goes on after a round that failed, and ends when told', async () => {
    const stop = new AbortController();
    const orchestrator = new OrderSagaOrchestrator({
      store: {
        ...sqliteOrderSagaStore(new DatabaseSync(':memory:')),
        unfinished: () => Promise.reject(new Error('gone')),
      },
      steps: [],
      alert: async () => undefined,
      log: () => undefined,
    });
    const errors: unknown[] = [];
    await keepOrderSagasGoing(orchestrator, {
      signal: stop.signal,
      report: (error) => (errors.push(String(error)), stop.abort()),
    });
    expect(errors).toEqual(['Error: gone']);
  });
});

describe('saga-class', () => {
  test('sends each call under its key, and undoes when a service says no', async () => {
    const sent: string[] = [];
    const flow = new OrderSagaFlow(
      async (path, { headers }) => {
        sent.push(`${path} ${headers['idempotency-key']} ${headers['x-correlation-id']}`);
        return path === '/payments/charges' ? 422 : 200;
      },
      {
        store: sqliteOrderSagaStore(new DatabaseSync(':memory:')),
        alert: async () => undefined,
        log: () => undefined,
      },
    );
    await flow.start({ orderId: '1', amountInCents: 1 }, 'request-1');
    expect(sent).toEqual([
      '/stock/reservations order-1:reserve-stock request-1',
      '/payments/charges order-1:charge-card request-1',
      '/payments/refunds order-1:charge-card:compensate request-1',
      '/stock/releases order-1:reserve-stock:compensate request-1',
    ]);
    expect((await flow.inspect('1'))?.status).toBe('compensated');
  });
});

describe('saga-nestjs', () => {
  test('turns events into commands, and an event that breaks does not end the stream', async () => {
    const events = new Subject<object>();
    const sagas = new OrderSagas();
    const commands = lastValueFrom(sagas.orderPlaced(events).pipe(take(2), toArray()));
    events.next(new OrderPlaced('1', 'request-1'));
    events.next(Object.create(OrderPlaced.prototype, { orderId: { get: () => broken() } }));
    events.next(new StockReservationFailed('1', 'request-1'));
    events.next(new OrderPlaced('2', 'request-2'));
    const [first, second] = await commands;
    expect(first).toBeInstanceOf(ReserveStock);
    expect(second).toMatchObject({ orderId: '2', correlationId: 'request-2' });
    const undo = lastValueFrom(sagas.stockReservationFailed(events).pipe(take(1)));
    events.next(new StockReservationFailed('3', 'request-3'));
    expect(await undo).toBeInstanceOf(CancelOrder);
  });
});

function broken(): never {
  throw new Error('a broken event');
}
