// A database connection whose process dies at a given statement: before it, or just after it.
import type { DatabaseSync, SQLInputValue } from 'node:sqlite';

/** What is thrown where the process died. Nothing works on that connection afterwards. */
export class Crash extends Error {}

/** Writes pass one by one: two moments each, before and after. At moment `crashAt` the process dies. */
export class FaultyDatabase {
  readonly raw: DatabaseSync;
  readonly #crashAt: number;
  #moment = 0;

  constructor(raw: DatabaseSync, crashAt: number | null) {
    this.raw = raw;
    this.#crashAt = crashAt ?? Infinity;
  }

  /** The connection as a program sees it. */
  connect(): DatabaseSync {
    return new Proxy(this.raw, {
      get: (raw, name) => {
        if (name === 'exec') return (sql: string) => this.#pass(() => raw.exec(sql));
        if (name === 'prepare') return (sql: string) => this.#prepare(sql);
        return Reflect.get(raw, name, raw);
      },
    });
  }

  /** What a database does when a connection is gone: it undoes what was not committed. */
  disconnect(): void {
    if (this.raw.isTransaction) this.raw.exec('rollback');
  }

  #prepare(sql: string): object {
    const statement = this.raw.prepare(sql);
    return {
      all: (...values: SQLInputValue[]) => statement.all(...values),
      get: (...values: SQLInputValue[]) => statement.get(...values),
      run: (...values: SQLInputValue[]) => this.#pass(() => statement.run(...values)),
    };
  }

  #pass<T>(write: () => T): T {
    this.#tick();
    const result = write();
    this.#tick();
    return result;
  }

  #tick(): void {
    if (this.#moment >= this.#crashAt) throw new Crash();
    this.#moment += 1;
  }
}
