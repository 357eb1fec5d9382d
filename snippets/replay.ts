// snippet: replay
// description: Replay script: publishes events of an `outbox-postgres` again, after a bug fix, for one consumer
// placeholder 1: revenue
// placeholder 2: order.placed
// region body
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';

import { Pool } from 'pg';

/** Gives a message to the broker and waits until the broker has it. */
type Publish = (topic: string, eventId: string, payload: string) => Promise<void>;

/**
 * The script: `await runReplay(process.argv.slice(2), publish)`, with the database in DATABASE_URL.
 * Try it without `--go` first: it then tells how many events it would publish.
 */
export async function runReplay(args: readonly string[], publish: Publish): Promise<void> {
  const wanted = readReplay(args);
  const pool = new Pool({ connectionString: process.env.DATABASE_URL });
  try {
    const count = await replay(pool, publish, wanted);
    console.log(`${count} events ${wanted.isDryRun ? 'would be' : 'were'} published.`);
  } finally {
    await pool.end();
  }
}

/** What is replayed: `forget` has the consumer handle again what its inbox knows already. */
export interface Replay {
  readonly topic: string;
  readonly consumer: string;
  readonly from: string;
  readonly to: string;
  readonly isDryRun: boolean;
  readonly forget: boolean;
  readonly perSecond: number;
}

/** Reads `--from 2026-01-01 --to 2026-01-02 [--forget] [--go]`. Without `--go` it only counts. */
export function readReplay(args: readonly string[]): Replay {
  const { values } = parseArgs({
    args: [...args],
    options: {
      topic: { type: 'string', default: 'order.placed' },
      consumer: { type: 'string', default: 'revenue' },
      from: { type: 'string' },
      to: { type: 'string' },
      forget: { type: 'boolean', default: false },
      go: { type: 'boolean', default: false },
      'per-second': { type: 'string', default: '100' },
    },
  });
  const { topic, consumer, from, to, forget, go } = values;
  if (from === undefined || to === undefined) throw new Error('Give --from and --to.');
  return { topic, consumer, from, to, forget, isDryRun: !go, perSecond: Number(values['per-second']) };
}

/**
 * Publishes the events to a topic of the consumer's own, so that the other consumers do not see them; gives how many.
 * They keep their ids: what the consumer has handled already stays handled, unless it is told to forget. It forgets
 * before the first is published: when publishing fails, run it again without `--forget`, and none counts twice.
 */
export async function replay(pool: Pool, publish: Publish, wanted: Replay): Promise<number> {
  const select = `select event_id, payload from outbox
    where topic = $1 and published_at >= $2 and published_at < $3 order by position`;
  const { rows } = await pool.query<ReplayRow>(select, [wanted.topic, wanted.from, wanted.to]);
  if (wanted.isDryRun) return rows.length;
  if (wanted.forget) await forget(pool, wanted.consumer, rows);
  for (const [index, { event_id, payload }] of rows.entries()) {
    const send = publish(`${wanted.topic}.replay.${wanted.consumer}`, event_id, JSON.stringify(payload));
    await send.catch((cause: unknown) => {
      throw new Error(`${index} of ${rows.length} were published. Again, without --forget.`, { cause });
    });
    await sleep(1_000 / wanted.perSecond);
  }
  return rows.length;
}

async function forget(pool: Pool, consumer: string, rows: readonly ReplayRow[]): Promise<void> {
  const ids = rows.map((it) => it.event_id);
  await pool.query('delete from inbox where consumer = $1 and event_id = any($2)', [consumer, ids]);
}

interface ReplayRow {
  readonly event_id: string;
  readonly payload: unknown;
}
// endregion body
