// The process manager among participants that answer twice, late, or not at all, and in a process that dies
// at any statement. In the end the books balance, or somebody was told.
import { DatabaseSync } from 'node:sqlite';

import { array, assert, asyncProperty, check, constantFrom, integer, option, record } from 'fast-check';
import { expect, test } from 'vitest';

import * as snippet from '../../snippets/process-manager.ts';
import type { OrderProcessCommand, OrderProcessEvent } from '../../snippets/process-manager.ts';
import { seed } from './faults.ts';
import { Crash, FaultyDatabase } from './faultyDatabase.ts';

console.log(`SAGALINT_SEED=${seed}`);

test('The process manager survives 400 schedules of faults', { timeout: 60_000 }, async () => {
  const tally = new Map<string, number>();
  await assert(
    balanced(snippet.handleOrderProcessEvent, (it) => tally.set(it, (tally.get(it) ?? 0) + 1)),
    { seed, numRuns: 400 },
  );
  console.log(Object.fromEntries(tally));
  for (const state of ['confirmed', 'cancelled']) expect(tally.get(state)).toBeGreaterThan(20);
});

test('The same harness finds a fault in a process manager without time limits within 100 schedules', async () => {
  const patient: Handle = (db, event) => snippet.handleOrderProcessEvent(db, event, 8e15);
  expect((await check(balanced(patient), { seed, numRuns: 100, endOnFailure: true })).failed).toBe(true);
});

test('A process that nobody answers is stuck, and a human is told once', () => {
  const db = database();
  const alerts: string[] = [];
  snippet.handleOrderProcessEvent(db, placed, 0);
  for (let now = 0; now < 1_000_000; now += 61_000)
    snippet.expireOrderProcesses(db, (it) => alerts.push(it), now);
  expect({ alerts, state: stateOf(db) }).toEqual({ alerts: ['order-1'], state: 'stuck' });
});

type Handle = (db: DatabaseSync, event: OrderProcessEvent, now: number) => void;
type CommandFault = 'ok' | 'twice' | 'command-lost' | 'answer-lost' | 'answer-late' | 'refused';

interface Faults {
  readonly commands: readonly CommandFault[];
  readonly crashes: readonly (number | null)[];
  readonly repeats: readonly number[];
}

const faults = record<Faults>({
  commands: array(
    constantFrom('ok', 'ok', 'twice', 'command-lost', 'answer-lost', 'answer-late', 'refused'),
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
  count: (state: string) => void = () => undefined,
): ReturnType<typeof asyncProperty<[Faults]>> {
  return asyncProperty(faults, async (schedule) => {
    const world = new World(schedule, handle);
    world.run();
    const state = stateOf(world.db);
    const books = world.books();
    const wanted = state === 'confirmed' ? 'reserved 1, charged 1' : 'reserved 0, charged 0';
    const isTold = state === 'stuck' && world.alerts.length > 0;
    if (!isTold && books !== wanted) throw new Error(`${state}: ${books}`);
    count(state);
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

  run(): void {
    this.#deliver(placed);
    for (let round = 0; round < 200; round += 1) {
      const sent = this.#sendCommands();
      if (['confirmed', 'cancelled', 'stuck'].includes(stateOf(this.db)) && sent === 0) break;
      if (sent > 0) continue;
      this.#now += 61_000;
      this.#inProcess((db) => snippet.expireOrderProcesses(db, (it) => this.alerts.push(it), this.#now));
    }
    const seen = [placed, ...this.#late];
    for (const at of this.#repeats) for (const it of seen.slice(at, at + 1)) this.#deliver(it);
    this.#sendCommands();
  }

  books(): string {
    const count = (deed: string): number => (this.#effects.has(deed) ? 1 : 0);
    const reserved = count('ReserveStock') - count('ReleaseStock');
    return `reserved ${reserved}, charged ${count('ChargeCard') - count('RefundCard')}`;
  }

  #sendCommands(): number {
    const rows = this.db.prepare('select * from order_process_outbox where sent_at is null').all();
    for (const { position, payload } of rows) {
      const command: OrderProcessCommand = JSON.parse(String(payload));
      const fault = this.#commands.shift() ?? 'ok';
      if (fault !== 'command-lost') this.#ask(command, fault);
      if (fault === 'twice') this.#ask(command, fault);
      this.db
        .prepare("update order_process_outbox set sent_at = '' where position = ?")
        .run(position ?? null);
    }
    return rows.length;
  }

  #ask({ key, type }: OrderProcessCommand, fault: CommandFault): void {
    const answered = this.#act(type, key, fault);
    if (answered === null) return;
    const event = answer(answered, `${key}:${answered}`);
    if (fault === 'answer-late') this.#late.push(event);
    else if (fault !== 'answer-lost') this.#deliver(event);
    else return;
    if (fault === 'twice') this.#deliver(event);
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

  #deliver(event: OrderProcessEvent): void {
    while (!this.#inProcess((db) => this.#handle(db, event, this.#now)));
  }

  #inProcess(work: (db: DatabaseSync) => void): boolean {
    const connection = new FaultyDatabase(this.db, this.#crashes.shift() ?? null);
    try {
      work(connection.connect());
      return true;
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
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

function stateOf(db: DatabaseSync): string {
  return String(db.prepare('select state from order_processes').get()?.state);
}
