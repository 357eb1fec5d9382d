// The Medusa workflow on Medusa's own engine, in memory: calls fail, and lose their answers, also until the engine
// gives up. What its stores add, such as resuming after a crash, is Medusa's own and not tried here.
import { DatabaseSync } from 'node:sqlite';

import { createMedusaContainer } from '@medusajs/utils';
import { createStep, createWorkflow, StepResponse, WorkflowResponse } from '@medusajs/workflows-sdk';
import { array, assert, asyncProperty, check, constantFrom } from 'fast-check';
import { expect, test } from 'vitest';

import { orderSaga } from '../../snippets/saga-medusa.ts';
import type { OrderSagaInput } from '../../snippets/saga-medusa.ts';
import { countSchedule, seed } from './faults.ts';
import { imbalances, Shop } from './shop.ts';
import type { Deed } from './shop.ts';

type Fault = 'ok' | 'fails' | 'is-lost';
type Call = (call: { idempotencyKey: string }) => Promise<void>;

const input: OrderSagaInput = { orderId: 'order-1', amountInCents: 100 };

test('The workflow balances, or says that it failed, under 200 schedules', async (context) => {
  const tally = new Map<string, number>();
  const count = (state: string, schedule: readonly Fault[]): void => {
    countSchedule(context, schedule);
    tally.set(state, (tally.get(state) ?? 0) + 1);
  };
  await assert(balances(orderSaga, count), { seed, numRuns: 200 });
  console.log(Object.fromEntries(tally));
  for (const state of ['done', 'reverted', 'failed']) expect(tally.get(state)).toBeGreaterThan(10);
});

test('The same harness finds a fault in a workflow that undoes only what was answered', async () => {
  const step = (name: string, run: string, undo: string) =>
    createStep(
      name,
      async (it: OrderSagaInput, { container }) => {
        const key = `${it.orderId}:${name}`;
        await container.resolve<Record<string, Call>>('orderSagaServices')[run]?.({ idempotencyKey: key });
        return new StepResponse(key, key);
      },
      async (key, { container }) => {
        if (key === undefined) return;
        await container.resolve<Record<string, Call>>('orderSagaServices')[undo]?.({ idempotencyKey: key });
      },
    );
  const [first, second] = [
    step('one', 'reserveStock', 'releaseStock'),
    step('two', 'chargeCard', 'refundCard'),
  ];
  const third = step('three', 'confirmOrder', 'cancelOrder');
  const late = createWorkflow('late-saga', (it: OrderSagaInput) => {
    first(it);
    second(it);
    return new WorkflowResponse(third(it));
  });
  expect((await check(balances(late), { seed, numRuns: 100, endOnFailure: true })).failed).toBe(true);
});

const untilItGivesUp = 6;
const faults = array(
  constantFrom<Fault[]>(
    ...([['ok'], ['ok'], ['fails'], ['is-lost']] satisfies Fault[][]),
    ...(['fails', 'is-lost'] as const).map((it) => Array<Fault>(untilItGivesUp).fill(it)),
  ),
  { maxLength: 6 },
).map((all) => all.flat());

function balances(
  workflow: (container: ReturnType<typeof createMedusaContainer>) => Runnable,
  count: (state: string, schedule: readonly Fault[]) => void = () => undefined,
): ReturnType<typeof asyncProperty<[Fault[]]>> {
  return asyncProperty(faults, async (schedule) => {
    const db = new DatabaseSync(':memory:');
    const container = createMedusaContainer();
    const undone = new Map<string, number>();
    const services = shopUnder([...schedule], new Shop(db), undone);
    container.register('orderSagaServices', { resolve: () => services });
    const run = { input, transactionId: input.orderId, throwOnError: false };
    const { transaction } = await workflow(container).run(run);
    const state: string = transaction.getState();
    // The engine's `failed` says that a compensation gave up; the others have run.
    const hasGivenUp = [...undone.values()].some((failures) => failures === untilItGivesUp);
    if (workflow === orderSaga) expect(hasGivenUp).toBe(state === 'failed');
    if (state !== 'failed') expect(imbalances(db)).toEqual([]);
    const confirmed = db.prepare("select count(*) as n from effects where deed = 'confirm'").get();
    if (state === 'done') expect(confirmed).toEqual({ n: 1 });
    count(state, schedule);
  });
}

interface Runnable {
  run(options: {
    input: OrderSagaInput;
    transactionId: string;
    throwOnError: boolean;
  }): Promise<{ transaction: { getState(): string } }>;
}

function shopUnder(schedule: Fault[], shop: Shop, undone: Map<string, number>): Record<string, Call> {
  const remote =
    (deed: Deed, isUndoing: boolean) =>
    async ({ idempotencyKey: runKey }: { idempotencyKey: string }) => {
      const fault = schedule.shift() ?? 'ok';
      if (isUndoing && fault !== 'ok') undone.set(deed, (undone.get(deed) ?? 0) + 1);
      if (fault === 'fails') throw new Error(`${deed} failed`);
      const answer = shop.act(deed, { key: isUndoing ? `${runKey}:undo` : runKey, runKey, input });
      if (fault === 'is-lost') throw new Error(`the answer to ${deed} is lost`);
      if (answer !== 'ok') throw new Error(`${deed} was ${answer}`);
    };
  return {
    reserveStock: remote('reserve', false),
    releaseStock: remote('release', true),
    chargeCard: remote('charge', false),
    refundCard: remote('refund', true),
    confirmOrder: remote('confirm', false),
    cancelOrder: remote('cancel', true),
  };
}
