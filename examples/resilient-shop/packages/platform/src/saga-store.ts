import { randomUUID } from 'node:crypto';
import type { Database } from './database.js';

export type SagaStatus = 'running' | 'compensating' | 'completed' | 'compensated' | 'stuck';

export interface SagaState<Context> {
  readonly id: string;
  readonly correlationId: string;
  readonly status: SagaStatus;
  /** Steps that may have taken effect and are not undone, whether or not they returned. */
  readonly started: readonly string[];
  readonly finished: readonly string[];
  readonly context: Context;
  readonly reason: string | null;
}

const LEASE_MS = 60_000;

/** Keeps sagas in the database; a lease says which process works on one. */
export class SagaStore<Context> {
  private readonly owner = randomUUID();

  constructor(
    private readonly db: Database,
    private readonly name: string,
  ) {}

  /** Gives undefined if a saga with this id was started before. */
  async create(state: SagaState<Context>): Promise<SagaState<Context> | undefined> {
    const created = await this.db.query(
      `INSERT INTO sagas (id, name, status, state, owner, lease_until) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (id) DO NOTHING RETURNING id`,
      [state.id, this.name, state.status, JSON.stringify(state), this.owner, Date.now() + LEASE_MS],
    );
    return created.length === 0 ? undefined : state;
  }

  /** Writes the state and renews the lease; throws if another process has taken the saga over. */
  async save(state: SagaState<Context>): Promise<SagaState<Context>> {
    const saved = await this.db.query(
      'UPDATE sagas SET status = ?, state = ?, lease_until = ? WHERE id = ? AND owner = ? RETURNING id',
      [state.status, JSON.stringify(state), Date.now() + LEASE_MS, state.id, this.owner],
    );
    if (saved.length === 0) throw new Error(`Saga ${state.id} is in other hands`);
    return state;
  }

  async find(id: string): Promise<SagaState<Context> | undefined> {
    const [row] = await this.db.query<{ state: string }>('SELECT state FROM sagas WHERE id = ?', [id]);
    return row && (JSON.parse(row.state) as SagaState<Context>);
  }

  /** Takes over unfinished sagas whose process has not been heard of for a lease. */
  async claimAbandoned(): Promise<SagaState<Context>[]> {
    const now = Date.now();
    const rows = await this.db.query<{ state: string }>(
      `UPDATE sagas SET owner = ?, lease_until = ?
       WHERE name = ? AND status IN ('running', 'compensating') AND lease_until < ? RETURNING state`,
      [this.owner, now + LEASE_MS, this.name, now],
    );
    return rows.map((row) => JSON.parse(row.state) as SagaState<Context>);
  }
}
