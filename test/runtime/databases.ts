// A PostgreSQL server on which each test has databases of its own, copied from one that has the tables.
import { setTimeout as sleep } from 'node:timers/promises';

import { Pool } from 'pg';

import { startPostgres } from './services.ts';
import type { Service } from './services.ts';

/** Starts a server; `tables` makes what each database has. */
export async function openDatabases(tables: string): Promise<Databases> {
  const server = await startPostgres();
  const first = poolOn(urlOf(server.port, 'postgres'));
  while ((await first.query('select 1').catch(() => null)) === null) await sleep(50);
  await first.query('create database pattern');
  const pattern = poolOn(urlOf(server.port, 'pattern'));
  await pattern.query(tables);
  await pattern.end();
  return new Databases(server, first);
}

/** The running server. */
export class Databases {
  readonly #server: Service;
  readonly #first: Pool;
  readonly #pools: Pool[];
  #made = 0;

  constructor(server: Service, first: Pool) {
    this.#server = server;
    this.#first = first;
    this.#pools = [first];
  }

  /** Makes a database. Its address is what a process of its own connects to. */
  async make(): Promise<Database> {
    this.#made += 1;
    const name = `books_${this.#made}`;
    await this.#first.query(`create database ${name} template pattern`);
    const url = urlOf(this.#server.port, name);
    const pool = poolOn(url);
    this.#pools.push(pool);
    return { name, url, pool, port: this.#server.port };
  }

  async close(): Promise<void> {
    await Promise.all(this.#pools.map((it) => it.end()));
    await this.#server.stop();
  }
}

/** One database, and connections to it. */
export interface Database {
  readonly name: string;
  readonly url: string;
  readonly pool: Pool;
  readonly port: number;
}

/** A pool that lives on when its connections die. */
export function poolOn(url: string): Pool {
  const pool = new Pool({ connectionString: url, max: 10 });
  pool.on('error', () => undefined);
  return pool;
}

/** The address of a database on a loopback port: that of a server, or of what stands before it. */
export function urlOf(port: number, name: string): string {
  return `postgres://saga@127.0.0.1:${port}/${name}`;
}
