/** The part of a SQL client (such as `pg`'s `Pool`) that the services use. */
export interface Database {
  query<Row = unknown>(sql: string, params?: readonly unknown[]): Promise<{ rows: Row[] }>;
}

export const DATABASE = Symbol('DATABASE');

/** Talks to the database through its HTTP endpoint. */
export function connect(url: string): Database {
  return {
    async query<Row>(sql: string, params: readonly unknown[] = []) {
      const response = await fetch(url, { method: 'POST', body: JSON.stringify({ sql, params }) });
      return (await response.json()) as { rows: Row[] };
    },
  };
}
