// snippet: inbox-postgres
// description: Inbox in PostgreSQL: the effect of a message and the note that it was handled commit together
// placeholder 1: inbox
// region body
import type { Pool, PoolClient } from 'pg';

/** Run this once, with the migrations. The primary key is what stops a repeated delivery. */
export const inboxTable = `create table if not exists inbox (
  consumer text not null, event_id text not null, handled_at timestamptz not null default now(),
  primary key (consumer, event_id))`;

/**
 * Runs the effect once per message and consumer. False if it was handled before. A second delivery
 * at the same moment waits for the first; when it throws nothing was done, so let the broker try again.
 */
export async function once(
  pool: Pool,
  message: { readonly consumer: string; readonly eventId: string },
  effect: (client: PoolClient) => Promise<void>,
): Promise<boolean> {
  const client = await pool.connect();
  let broken: Error | undefined;
  // Without a listener the process would end when the connection does.
  const onLost = (error: Error): void => void (broken = error);
  client.on('error', onLost);
  try {
    await client.query('begin');
    const insert = `insert into inbox (consumer, event_id) values ($1, $2)
      on conflict (consumer, event_id) do nothing`;
    const { rowCount } = await client.query(insert, [message.consumer, message.eventId]);
    if (rowCount === 1) await effect(client);
    await client.query('commit');
    return rowCount === 1;
  } catch (error) {
    await client.query('rollback').catch(onLost);
    throw error;
  } finally {
    client.off('error', onLost);
    client.release(broken);
  }
}
// endregion body
