// The services that the order saga calls, as one small shop in SQLite. Like a real payment provider it
// acts once per key, repeats its first answer, and refuses a run that comes after its compensation.
// It writes down every effect, so that its books show what a saga did, whatever the saga believes.
import type { DatabaseSync } from 'node:sqlite';

import type { OrderSagaCall } from '../../snippets/saga.ts';

export const initialStock = 10;

/** What the saga can have done at the shop: the run of a step, or its compensation. */
export type Deed = 'reserve' | 'release' | 'charge' | 'refund' | 'confirm' | 'cancel';

type Key = Pick<OrderSagaCall, 'key' | 'runKey' | 'input'>;

/** The services behind the saga. */
export class Shop {
  readonly #db: DatabaseSync;

  constructor(db: DatabaseSync) {
    this.#db = db;
    db.exec(`create table if not exists stock (quantity integer not null);
      create table if not exists answers (key text primary key, answer text not null);
      create table if not exists effects (key text not null, deed text not null, order_id text not null);
      insert into stock select ${initialStock} where not exists (select 1 from stock)`);
  }

  /** Does the deed once per key. Gives the answer: the same one for each repeat. */
  act(deed: Deed, { key, runKey, input }: Key): string {
    return this.#once(key, () => {
      if (key !== runKey) {
        const hasRun = this.#answer(runKey) === 'ok';
        this.#db.prepare('insert into answers values (?, ?) on conflict do nothing').run(runKey, 'refused');
        if (!hasRun) return 'ok';
      }
      this.#db.prepare('insert into effects values (?, ?, ?)').run(key, deed, input.orderId);
      const change = deed === 'reserve' ? -1 : deed === 'release' ? 1 : 0;
      this.#db.prepare('update stock set quantity = quantity + ?').run(change);
      return 'ok';
    });
  }

  /** Declines for good, unless the key has had its answer already. */
  decline(key: string): string {
    return this.#once(key, () => 'declined');
  }

  #once(key: string, act: () => string): string {
    const first = this.#answer(key);
    if (first !== undefined) return first;
    this.#db.exec('begin immediate');
    const answer = act();
    this.#db.prepare('insert into answers values (?, ?)').run(key, answer);
    this.#db.exec('commit');
    return answer;
  }

  #answer(key: string): string | undefined {
    const row = this.#db.prepare('select answer from answers where key = ?').get(key);
    return row && String(row.answer);
  }
}

/** What is wrong in the shop's books; empty when they balance. */
export function imbalances(db: DatabaseSync): string[] {
  const count = (deed: Deed, orderId: string): number => {
    const select = 'select count(*) as n from effects where deed = ? and order_id = ?';
    return Number(db.prepare(select).get(deed, orderId)?.n);
  };
  const faults = db
    .prepare('select key from effects group by key having count(*) > 1')
    .all()
    .map(({ key }) => `more than one effect under ${key}`);
  const orders = db.prepare('select distinct order_id from effects').all();
  let reserved = 0;
  for (const orderId of orders.map((row) => String(row.order_id))) {
    const held = count('reserve', orderId) - count('release', orderId);
    const paid = count('charge', orderId) - count('refund', orderId);
    const confirmed = count('confirm', orderId) - count('cancel', orderId);
    reserved += held;
    const isBalanced = held === paid && paid === confirmed && (confirmed === 0 || confirmed === 1);
    if (!isBalanced) faults.push(`${orderId}: reserved ${held}, paid ${paid}, confirmed ${confirmed}`);
  }
  const quantity = Number(db.prepare('select quantity from stock').get()?.quantity);
  if (quantity !== initialStock - reserved) faults.push(`stock is ${quantity} with ${reserved} reserved`);
  return faults;
}
