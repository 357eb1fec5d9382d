// One run: a shop, a store, a clock and workers that die. A dead worker's calls never answer, which is
// what a process that was killed sees of the world: nothing.
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';

import type { OrderSagaCall, OrderSagaServices, OrderSagaStore } from '../../snippets/saga.ts';
import type { Schedule } from './faults.ts';
import { Shop, imbalances } from './shop.ts';
import type { Deed } from './shop.ts';

export const order = { orderId: 'order-1', amountInCents: 4_200 };

/** A saga under test, as one process runs it. */
export interface Subject {
  start(): Promise<void>;
  resumeAll(): Promise<void>;
  retryStuck(): Promise<unknown>;
  /** What is wrong with the saga's own record; empty if nothing is, or if it keeps none. */
  complaints(): Promise<string[]>;
  /** Null if the subject keeps no record of how far it came. */
  status(): Promise<string | null>;
  /** Lets all leases end, where they go by another clock than the world's. */
  expireLeases?(): Promise<void>;
}

/** How a process gets its saga. */
export type MakeSubject = (world: World, worker: Worker) => Subject;

/** One process. */
export class Worker {
  isDead = false;
  readonly skewMs: number;
  #end: () => void = () => undefined;
  readonly died = new Promise<void>((resolve) => (this.#end = resolve));

  constructor(skewMs = 0) {
    this.skewMs = skewMs;
  }

  crash(): Promise<never> {
    this.isDead = true;
    this.#end();
    return new Promise(() => undefined);
  }
}

/** Everything outside the processes. */
export class World {
  readonly db = new DatabaseSync(':memory:');
  readonly shop = new Shop(this.db);
  readonly alerts: string[] = [];
  readonly logs: Record<string, unknown>[] = [];
  now = 1_000;
  readonly #calls: Schedule['calls'][number][];
  readonly #writes: Schedule['writes'][number][];
  readonly #makeSubject: MakeSubject;
  readonly #skews: number[];
  #late: (() => void)[] = [];
  #lateWrites: { writesToCome: number; write: () => Promise<unknown> }[] = [];
  #others: Promise<boolean>[] = [];
  /** How many calls and writes there were. */
  #activity = 0;
  /** Looks at the saga without taking part. */
  readonly judge: Subject;

  constructor({ calls, writes, skews }: Schedule, makeSubject: MakeSubject) {
    this.#calls = [...calls];
    this.#writes = [...writes];
    this.#skews = [...skews];
    this.#makeSubject = makeSubject;
    this.judge = makeSubject(this, new Worker());
  }

  /** Lets a process work until it is done, fails or dies. False unless it was done. */
  async run(work: (subject: Subject) => Promise<unknown>): Promise<boolean> {
    const worker = new Worker(this.#skews.shift());
    const done = work(this.#makeSubject(this, worker)).then(
      () => 'done',
      () => 'failed',
    );
    const settled = Promise.race([done, worker.died.then(() => 'died')]);
    const end = await Promise.race([settled, this.#hangs(settled)]);
    worker.isDead = true;
    if (end === 'hangs') throw new Error('a process hangs');
    return end === 'done';
  }

  /** A process hangs that has called nobody for a second, however slow the machine is. */
  async #hangs(settled: Promise<unknown>): Promise<string> {
    let isSettled = false;
    void settled.then(() => (isSettled = true));
    for (let seen = -1, quiet = 0; quiet < 10 && !isSettled;) {
      quiet = seen === this.#activity ? quiet + 1 : 0;
      seen = this.#activity;
      await sleep(100, undefined, { ref: false });
    }
    return isSettled ? 'settled' : 'hangs';
  }

  async expireLeases(): Promise<void> {
    this.now += 1_000_000;
    await this.judge.expireLeases?.();
  }

  /** How many faults of the store have not been reached. */
  get writesLeft(): number {
    return this.#writes.length;
  }

  async endFaults(): Promise<void> {
    for (const faults of [this.#calls, this.#writes, this.#skews]) faults.length = 0;
    this.arriveLate();
    for (const { write } of this.#lateWrites.splice(0)) await write();
    // A clock that was ahead has left a lease in the future.
    for (const _ of [1, 2, 3]) await this.expireLeases();
  }

  /** Waits for the workers that took over while another one went on. */
  async othersEnd(): Promise<void> {
    while (this.#others.length > 0) await this.#others.shift();
  }

  arriveLate(): void {
    for (const effect of this.#late.splice(0)) effect();
  }

  services(worker: Worker, rejection: (message: string) => Error): OrderSagaServices {
    const remote = (deed: Deed) => async (call: OrderSagaCall) => {
      const answer = await this.remote(worker, deed, call);
      if (answer !== 'ok') throw rejection(`${deed} was ${answer}`);
    };
    return {
      reserveStock: remote('reserve'),
      releaseStock: remote('release'),
      chargeCard: remote('charge'),
      refundCard: remote('refund'),
      confirmOrder: remote('confirm'),
    };
  }

  /** Calls the shop, with what befalls the call; gives its answer. */
  async remote(
    worker: Worker,
    deed: Deed,
    call: Pick<OrderSagaCall, 'key' | 'runKey' | 'input'>,
  ): Promise<string> {
    this.#activity += 1;
    if (worker.isDead) return worker.crash();
    const fault = this.#calls.shift() ?? 'ok';
    const act = (): string => this.shop.act(deed, call);
    if (this.#late.length > 1) this.arriveLate();
    if (fault === 'crash-before') return worker.crash();
    if (fault === 'fail') throw new Error(`${deed} failed`);
    if (fault === 'timeout') return new Promise(() => undefined);
    if (fault === 'late') return new Promise(() => this.#late.push(act));
    if (fault === 'stall') await this.#takeOver();
    if (fault === 'overlap') this.#others.push(this.#takeOver());
    if (fault === 'decline' && call.key === call.runKey) return this.shop.decline(call.key);
    const answer = act();
    if (fault === 'crash-after') return worker.crash();
    if (fault === 'lost') throw new Error(`the answer to ${deed} is lost`);
    if (fault === 'lost-timeout') return new Promise(() => undefined);
    return answer;
  }

  async #takeOver(): Promise<boolean> {
    await this.expireLeases();
    return this.run((other) => other.resumeAll());
  }

  /** The store as a process sees it, with its faults. */
  store(worker: Worker, store: OrderSagaStore): OrderSagaStore {
    return {
      create: (saga) => this.write(worker, () => store.create(saga)),
      claim: (id, what, leaseMs) => this.write(worker, () => store.claim(id, what, leaseMs)),
      save: (saga, leaseMs) => this.write(worker, () => store.save(saga, leaseMs)),
      unfinished: () => store.unfinished(),
      find: (id) => store.find(id),
      withStatus: (status) => store.withStatus(status),
    };
  }

  async write<T>(worker: Worker, write: () => Promise<T>): Promise<T> {
    this.#activity += 1;
    if (worker.isDead) return worker.crash();
    const fault = this.#writes.shift() ?? 'ok';
    await this.#writeLate();
    if (fault === 'late') this.#lateWrites.push({ writesToCome: 3, write });
    if (fault === 'crash-before' || fault === 'late') return worker.crash();
    if (fault === 'fail') throw new Error('the store failed');
    if (fault === 'stall') await this.#takeOver();
    const result = await write();
    if (fault === 'crash-after') return worker.crash();
    if (fault === 'lost') throw new Error('the answer of the store is lost');
    return result;
  }

  /** Alerts somebody; `late` means that nobody answers, though the process lives. */
  async alert(worker: Worker, id: string): Promise<void> {
    if (this.#writes[0] !== 'late') return this.write(worker, async () => void this.alerts.push(id));
    this.#writes.shift();
    return new Promise(() => undefined);
  }

  async #writeLate(): Promise<void> {
    for (const it of this.#lateWrites) it.writesToCome -= 1;
    const due = this.#lateWrites.filter((it) => it.writesToCome === 0);
    this.#lateWrites = this.#lateWrites.filter((it) => it.writesToCome > 0);
    for (const { write } of due) await write();
  }
}

/** How a run ended, and what is wrong after it. */
export interface Outcome {
  readonly status: string | null;
  readonly faults: readonly string[];
  /** How many faults of the store were never reached. */
  readonly writesLeft: number;
}

/**
 * Runs one saga under the schedule, with new processes until it has ended, and then once more, with a
 * repeated message and with a human's retry if it is stuck.
 */
export async function outcomeUnder(schedule: Schedule, makeSubject: MakeSubject): Promise<Outcome> {
  const world = new World(schedule, makeSubject);
  const { judge } = world;
  await runToTheEnd(world, schedule.deliveries);
  const { writesLeft } = world;
  const status = await judge.status();
  if (!(await hasEnded(judge))) return { status, writesLeft, faults: ['the saga does not end'] };
  const faults = await judge.complaints();
  const isTold = world.alerts.length > 0;
  if (isTold !== (status === 'stuck') && status !== null) faults.push(`${status}, told: ${isTold}`);
  await world.endFaults();
  await world.run((it) => it.start());
  if (status === 'stuck') {
    await world.run((it) => it.retryStuck());
    if ((await judge.status()) === 'stuck') faults.push('the saga is still stuck after the cause was mended');
  }
  await world.run((it) => it.start());
  return { status, writesLeft, faults: [...faults, ...(await judge.complaints()), ...imbalances(world.db)] };
}

async function runToTheEnd(world: World, deliveries: number): Promise<void> {
  let isAcknowledged = false;
  for (let round = 0; round < 80 && !(isAcknowledged && (await hasEnded(world.judge))); round += 1) {
    if (!isAcknowledged) isAcknowledged = await world.run((it) => startOften(it, deliveries));
    await world.othersEnd();
    await world.expireLeases();
    await world.run((it) => it.resumeAll());
    await world.othersEnd();
    await world.expireLeases();
  }
}

async function startOften(subject: Subject, deliveries: number): Promise<void> {
  await Promise.all(Array.from({ length: deliveries }, () => subject.start()));
}

async function hasEnded(subject: Subject): Promise<boolean> {
  const status = await subject.status();
  return status !== 'running' && status !== 'compensating';
}
