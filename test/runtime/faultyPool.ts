// A PostgreSQL pool whose connections die for real: the server ends the session before a statement, or after
// it has done it and before anybody heard.
import type { Pool, PoolClient } from 'pg';

export type ConnectionFault = 'ok' | 'dies-before' | 'dies-after';

/** Takes one fault for each statement; when they are used up nothing fails any more. */
export function faultyPool(pool: Pool, faults: ConnectionFault[]): Pool {
  return new Proxy(pool, {
    get: (target, name) => {
      if (name === 'connect') return async () => faultyClient(await target.connect(), pool, faults);
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

async function faultyClient(client: PoolClient, pool: Pool, faults: ConnectionFault[]): Promise<PoolClient> {
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  const pid = rows[0]?.pid;
  const die = async (): Promise<void> => {
    await pool.query('select pg_terminate_backend($1, 1000)', [pid]);
  };
  const query = async (sql: string, values: unknown[]): Promise<unknown> => {
    const fault = faults.shift() ?? 'ok';
    if (fault === 'dies-before') await die();
    const result = await client.query(sql, values);
    if (fault === 'dies-after') {
      await die();
      throw new Error('the connection died');
    }
    return result;
  };
  return new Proxy(client, {
    get: (target, name) => {
      if (name === 'query') return query;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
