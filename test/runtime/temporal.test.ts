// The Temporal workflow without Temporal: a stand-in calls the activities as often as the workflow allows. What a
// server adds, such as resuming after a crash, is Temporal's own and not tried here.
import { DatabaseSync } from 'node:sqlite';

import { array, assert, asyncProperty, check, constantFrom } from 'fast-check';
import { beforeEach, expect, test, vi } from 'vitest';

import type { OrderSagaActivities, OrderSagaCall } from '../../snippets/saga-temporal.ts';
import { countSchedule, seed } from './faults.ts';
import { imbalances, Shop } from './shop.ts';
import type { Deed } from './shop.ts';

type Fault = 'ok' | 'fails' | 'is-lost' | 'declines';

const engine = vi.hoisted((): { activities: Partial<OrderSagaActivities> } => ({ activities: {} }));

vi.mock('@temporalio/workflow', () => ({
  proxyActivities: ({ retry }: { retry?: { maximumAttempts: number } }) =>
    new Proxy(
      {},
      {
        get: (_, name: keyof OrderSagaActivities) => async (call: never) => {
          for (let attempt = 1; ; attempt += 1) {
            try {
              return await engine.activities[name]?.(call);
            } catch (error) {
              if (String(error).includes('declined') || attempt === (retry?.maximumAttempts ?? 40))
                throw error;
            }
          }
        },
      },
    ),
  CancellationScope: { nonCancellable: async (work: () => Promise<void>) => work() },
  log: { warn: () => undefined, error: () => undefined },
  workflowInfo: () => ({ workflowId: 'order-1' }),
}));

const { orderSaga } = await import('../../snippets/saga-temporal.ts');
const input = { orderId: 'order-1', amountInCents: 100, correlationId: 'request-1' };
let alerts: string[] = [];
beforeEach(() => (alerts = []));

test('The workflow balances under 200 schedules', { timeout: 120_000 }, async (context) => {
  const tally = new Map<boolean, number>();
  const count = (isDone: boolean, schedule: readonly Fault[]): void => {
    countSchedule(context, schedule);
    tally.set(isDone, (tally.get(isDone) ?? 0) + 1);
  };
  await assert(balances(orderSaga, count), { seed, numRuns: 200 });
  expect(tally.get(true)).toBeGreaterThan(20);
  expect(tally.get(false)).toBeGreaterThan(20);
});

test('The same harness finds a fault in a workflow that compensates only what returned', async () => {
  const late = async (): Promise<void> => {
    await engine.activities.reserveStock?.({ ...input, key: 'order-1:reserve-stock' });
    await engine.activities.chargeCard?.({ ...input, key: 'order-1:charge-card' });
    await engine.activities.confirmOrder?.({ ...input, key: 'order-1:confirm-order' });
  };
  expect((await check(balances(late), { seed, numRuns: 100 })).failed).toBe(true);
});

test('People are told when a compensation gives up, and the others still run', async () => {
  const { db, activities } = shopUnder(['ok', 'declines']);
  engine.activities = { ...activities, refundCard: () => Promise.reject(new Error('declined for good')) };
  await expect(orderSaga(input)).rejects.toThrow('declined');
  expect(alerts).toEqual(['charge-card']);
  expect(imbalances(db)).toEqual([]);
});

const faults = array(constantFrom<Fault>('ok', 'ok', 'fails', 'fails', 'is-lost', 'declines'), {
  maxLength: 20,
});

function balances(
  workflow: typeof orderSaga,
  count: (isDone: boolean, schedule: readonly Fault[]) => void = () => undefined,
): ReturnType<typeof asyncProperty<[Fault[]]>> {
  return asyncProperty(faults, async (schedule) => {
    const { db, activities } = shopUnder([...schedule]);
    engine.activities = activities;
    const isDone = await workflow(input).then(
      () => true,
      () => false,
    );
    expect(imbalances(db)).toEqual([]);
    expect(db.prepare("select count(*) as n from effects where deed = 'confirm'").get()?.n).toBe(
      isDone ? 1 : 0,
    );
    count(isDone, schedule);
  });
}

function shopUnder(schedule: Fault[]): { db: DatabaseSync; activities: OrderSagaActivities } {
  const db = new DatabaseSync(':memory:');
  const shop = new Shop(db);
  const remote = (deed: Deed, isUndoing: boolean) => async (call: OrderSagaCall) => {
    const fault = schedule.shift() ?? 'ok';
    const key = isUndoing ? `${call.key}:undo` : call.key;
    if (fault === 'fails') throw new Error(`${deed} failed`);
    // What undoes, and what can't be undone, is not declined: a human would have to act.
    const isDeclined = fault === 'declines' && !isUndoing && deed !== 'confirm';
    const answer = isDeclined ? shop.decline(key) : shop.act(deed, { key, runKey: call.key, input });
    if (fault === 'is-lost') throw new Error(`the answer to ${deed} is lost`);
    if (answer !== 'ok') throw new Error(`${deed} was declined`);
  };
  const activities = {
    reserveStock: remote('reserve', false),
    releaseStock: remote('release', true),
    chargeCard: remote('charge', false),
    refundCard: remote('refund', true),
    confirmOrder: remote('confirm', false),
    alertPeople: async ({ steps }: { steps: string[] }) => void alerts.push(...steps),
  };
  return { db, activities };
}
