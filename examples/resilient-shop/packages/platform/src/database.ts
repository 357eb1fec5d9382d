import { DatabaseSync, type SQLInputValue } from 'node:sqlite';

/** Where statements run: the database itself or a transaction of it. */
export interface Queryable {
  query<Row>(sql: string, params?: readonly SQLInputValue[]): Promise<Row[]>;
}

export interface Database extends Queryable {
  /** Commits when `work` resolves and rolls back when it rejects. */
  transaction<Result>(work: (tx: Queryable) => Promise<Result>): Promise<Result>;
}

/** One connection, so whoever comes second waits until the transaction before has ended. */
export class SqliteDatabase implements Database {
  readonly #connection: DatabaseSync;
  #last: Promise<unknown> = Promise.resolve();

  constructor(path: string, ...schemas: readonly string[]) {
    this.#connection = new DatabaseSync(path);
    for (const schema of schemas) this.#connection.exec(schema);
  }

  query<Row>(sql: string, params: readonly SQLInputValue[] = []): Promise<Row[]> {
    return this.#inTurn(async () => this.#rows<Row>(sql, params));
  }

  transaction<Result>(work: (tx: Queryable) => Promise<Result>): Promise<Result> {
    return this.#inTurn(async () => {
      this.#connection.exec('BEGIN IMMEDIATE');
      try {
        const result = await work({ query: async (sql, params = []) => this.#rows(sql, params) });
        this.#connection.exec('COMMIT');
        return result;
      } catch (error) {
        this.#connection.exec('ROLLBACK');
        throw error;
      }
    });
  }

  #rows<Row>(sql: string, params: readonly SQLInputValue[]): Row[] {
    return this.#connection.prepare(sql).all(...params) as Row[];
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}
