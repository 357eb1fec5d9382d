// The process manager among participants that answer twice, late, or not at all, and in a process that dies
// at any statement. In the end the books balance, or somebody was told.
import { DatabaseSync } from 'node:sqlite';

import { array, assert, asyncProperty, check, constantFrom, integer, option, record } from 'fast-check';
import { expect, test } from 'vitest';

import * as snippet from '../../snippets/process-manager.ts';
import type { OrderProcessCommand, OrderProcessEvent } from '../../snippets/process-manager.ts';
import { countSchedule, seed } from './faults.ts';
import { Crash, FaultyDatabase } from './faultyDatabase.ts';

test('The process manager survives 400 schedules of faults', { timeout: 300_000 }, async (context) => {
  const tally = new Map<string, number>();
  const count = (state: string, schedule: Faults): void => {
    countSchedule(context, schedule);
    tally.set(state, (tally.get(state) ?? 0) + 1);
  };
  await assert(balanced(snippet.handleOrderProcessEvent, count), { seed, numRuns: 400 });
  console.log(Object.fromEntries(tally));
  for (const state of ['confirmed', 'cancelled']) expect(tally.get(state)).toBeGreaterThan(20);
});

test('The same harness finds a fault in a process manager without time limits within 100 schedules', async () => {
  const patient: Handle = (db, event) => snippet.handleOrderProcessEvent(db, event, 8e15);
  expect((await check(balanced(patient), { seed, numRuns: 100, endOnFailure: true })).failed).toBe(true);
});

test('A process that nobody answers is stuck, and a human is told once', async () => {
  const db = database();
  const alerts: string[] = [];
  snippet.handleOrderProcessEvent(db, placed, 0);
  for (let now = 0; now < 1_000_000; now += 61_000)
    await snippet.expireOrderProcesses(db, async (it) => void alerts.push(it), now);
  expect({ alerts, state: stateOf(db) }).toEqual({ alerts: ['order-1'], state: 'stuck' });
});

test('Answers that come while people are told count', async () => {
  const db = database();
  const now = silentFor(6, db);
  snippet.handleOrderProcessEvent(db, { ...placed, eventId: 'placed 2', orderId: 'order-2' }, 0);
  await snippet.expireOrderProcesses(
    db,
    async () => {
      snippet.handleOrderProcessEvent(db, answer('StockReleased', 'late'), now);
      const reserved = { ...answer('StockReserved', 'late 2'), orderId: 'order-2' };
      snippet.handleOrderProcessEvent(db, reserved, now);
    },
    now,
  );
  expect([stateOf(db, 'order-1'), stateOf(db, 'order-2')]).toEqual(['cancelled', 'charging']);
});

test('An alert that fails is made again, and does not stop other processes', async () => {
  const db = database();
  const now = silentFor(6, db);
  snippet.handleOrderProcessEvent(db, { ...placed, eventId: 'placed 2', orderId: 'order-2' }, 0);
  const broken = snippet.expireOrderProcesses(db, () => Promise.reject(new Error('no pager')), now);
  await expect(broken).rejects.toThrow('could not be expired');
  expect([stateOf(db, 'order-1'), stateOf(db, 'order-2')]).toEqual(['releasing', 'releasing']);
  await snippet.expireOrderProcesses(db, async () => undefined, now);
  expect(stateOf(db, 'order-1')).toBe('stuck');
});

/** A process whose participants do not answer to anything; gives the time at which people must be told. */
function silentFor(deadlines: number, db: DatabaseSync): number {
  snippet.handleOrderProcessEvent(db, placed, 0);
  for (let round = 1; round <= deadlines; round += 1)
    void snippet.expireOrderProcesses(db, async () => undefined, round * 61_000);
  return (deadlines + 1) * 61_000;
}

type Handle = (db: DatabaseSync, event: OrderProcessEvent, now: number) => void;
type CommandFault =
  'ok' | 'twice' | 'refuses-connection' | 'command-lost' | 'answer-lost' | 'answer-late' | 'refused';

interface Faults {
  readonly commands: readonly CommandFault[];
  readonly crashes: readonly (number | null)[];
  readonly repeats: readonly number[];
}

const faults = record<Faults>({
  commands: array(
    constantFrom(
      'ok',
      'ok',
      'twice',
      'refuses-connection',
      'command-lost',
      'answer-lost',
      'answer-late',
      'refused',
    ),
    {
      maxLength: 12,
    },
  ),
  crashes: array(option(integer({ min: 0, max: 14 }), { freq: 2 }), { maxLength: 12 }),
  repeats: array(integer({ min: 0, max: 5 }), { maxLength: 5 }),
});

const placed: OrderProcessEvent = answer('OrderPlaced', 'placed');

function balanced(
  handle: Handle,
  count: (state: string, schedule: Faults) => void = () => undefined,
): ReturnType<typeof asyncProperty<[Faults]>> {
  return asyncProperty(faults, async (schedule) => {
    const world = new World(schedule, handle);
    await world.run();
    const state = stateOf(world.db);
    const books = world.books();
    const wanted = state === 'confirmed' ? 'reserved 1, charged 1' : 'reserved 0, charged 0';
    const isTold = state === 'stuck' && world.alerts.length > 0;
    if (!isTold && books !== wanted) throw new Error(`${state}: ${books}`);
    count(state, schedule);
  });
}

/** The participants, the messages under way, and the clock. */
class World {
  readonly db = database();
  readonly alerts: string[] = [];
  readonly #answers = new Map<string, OrderProcessEvent['type']>();
  readonly #effects = new Set<string>();
  readonly #commands: CommandFault[];
  readonly #crashes: (number | null)[];
  readonly #repeats: readonly number[];
  readonly #handle: Handle;
  #late: OrderProcessEvent[] = [];
  #now = 0;

  constructor({ commands, crashes, repeats }: Faults, handle: Handle) {
    this.#commands = [...commands];
    this.#crashes = [...crashes];
    this.#repeats = repeats;
    this.#handle = handle;
  }

  async run(): Promise<void> {
    await this.#deliver(placed);
    for (let round = 0; round < 400; round += 1) {
      const waiting = this.#waitingCommands();
      if (waiting > 0) await this.#sendCommands();
      else if (['confirmed', 'cancelled', 'stuck'].includes(stateOf(this.db))) break;
      else await this.#expire();
    }
    const seen = [placed, ...this.#late];
    for (const at of this.#repeats) for (const it of seen.slice(at, at + 1)) await this.#deliver(it);
    while (this.#waitingCommands() > 0) await this.#sendCommands();
  }

  books(): string {
    const count = (deed: string): number => (this.#effects.has(deed) ? 1 : 0);
    const reserved = count('ReserveStock') - count('ReleaseStock');
    return `reserved ${reserved}, charged ${count('ChargeCard') - count('RefundCard')}`;
  }

  #waitingCommands(): number {
    const select = 'select count(*) as n from order_process_outbox where sent_at is null';
    return Number(this.db.prepare(select).get()?.n);
  }

  async #expire(): Promise<void> {
    this.#now += 61_000;
    const alert = async (orderId: string): Promise<void> => void this.alerts.push(orderId);
    await this.#inProcess((db) => snippet.expireOrderProcesses(db, alert, this.#now));
  }

  async #sendCommands(): Promise<void> {
    const send = async (command: OrderProcessCommand): Promise<void> => {
      const fault = this.#commands.shift() ?? 'ok';
      if (fault === 'refuses-connection') throw new Crash();
      if (fault !== 'command-lost') await this.#ask(command, fault);
      if (fault === 'twice') await this.#ask(command, fault);
    };
    await this.#inProcess((db) => snippet.sendOrderProcessCommands(db, send));
  }

  async #ask({ key, type }: OrderProcessCommand, fault: CommandFault): Promise<void> {
    const answered = this.#act(type, key, fault);
    if (answered === null) return;
    const event = answer(answered, `${key}:${answered}`);
    if (fault === 'answer-late') this.#late.push(event);
    else if (fault !== 'answer-lost') await this.#deliver(event);
    else return;
    if (fault === 'twice') await this.#deliver(event);
  }

  /** Acts once per key and repeats its answer; what was undone before it came is refused. */
  #act(
    type: OrderProcessCommand['type'],
    key: string,
    fault: CommandFault,
  ): OrderProcessEvent['type'] | null {
    const [done, failed, undoes] = answersTo[type];
    if (done === null) return null;
    const first = this.#answers.get(key);
    if (first !== undefined) return first;
    const isRefused = failed !== null && (fault === 'refused' || this.#effects.has(`no ${type}`));
    if (!isRefused && (undoes === null || this.#effects.has(undoes))) this.#effects.add(type);
    if (undoes !== null) this.#effects.add(`no ${undoes}`);
    const event = isRefused ? failed : done;
    this.#answers.set(key, event);
    return event;
  }

  async #deliver(event: OrderProcessEvent): Promise<void> {
    while (!(await this.#inProcess(async (db) => this.#handle(db, event, this.#now))));
  }

  async #inProcess(work: (db: DatabaseSync) => Promise<unknown>): Promise<boolean> {
    const connection = new FaultyDatabase(this.db, this.#crashes.shift() ?? null);
    try {
      await work(connection.connect());
      return true;
    } catch (error) {
      const errors: unknown[] = error instanceof AggregateError ? error.errors : [error];
      if (!errors.every((it) => it instanceof Crash)) throw error;
      connection.disconnect();
      return false;
    }
  }
}

type Answers = readonly [
  done: OrderProcessEvent['type'] | null,
  failed: OrderProcessEvent['type'] | null,
  undoes: OrderProcessCommand['type'] | null,
];

const answersTo: Readonly<Record<OrderProcessCommand['type'], Answers>> = {
  ReserveStock: ['StockReserved', 'StockReservationFailed', null],
  ChargeCard: ['CardCharged', 'CardChargeFailed', null],
  RefundCard: ['CardRefunded', null, 'ChargeCard'],
  ReleaseStock: ['StockReleased', null, 'ReserveStock'],
  ConfirmOrder: [null, null, null],
  CancelOrder: [null, null, null],
};

function answer(type: OrderProcessEvent['type'], eventId: string): OrderProcessEvent {
  const metadata = { version: 1, occurredAt: '', correlationId: 'request-1', causationId: null } as const;
  return { ...metadata, type, eventId, orderId: 'order-1' };
}

function database(): DatabaseSync {
  const db = new DatabaseSync(':memory:');
  db.exec(snippet.orderProcessTables);
  return db;
}

function stateOf(db: DatabaseSync, orderId = 'order-1'): string {
  return String(db.prepare('select state from order_processes where id = ?').get(orderId)?.state);
}
