// snippet: consumer-monitor
// description: Monitor of consumer lag and dead letters (kafkajs): measures, and alerts above a limit
// placeholder 1: revenue
// placeholder 2: order.placed
// choice 3: 1_000 | 100 | 10_000
// region body
import { setTimeout as sleep } from 'node:timers/promises';

import type { Admin } from 'kafkajs';

/** What is measured. `lag`: messages that wait; `dead`: messages that were parked and are still kept. */
export interface ConsumerHealth {
  readonly groupId: string;
  readonly topic: string;
  readonly lag: number;
  readonly dead: number;
}

const watched = { groupId: 'revenue', topic: 'order.placed', maxLag: 1_000, maxDead: 0 };

/** What is asked of the broker; an `Admin` of kafkajs can do it. */
type Measures = Pick<Admin, 'fetchTopicOffsets' | 'fetchOffsets'>;

/** Measures once. */
export async function measureConsumer(admin: Measures): Promise<ConsumerHealth> {
  const { groupId, topic } = watched;
  const [ends, committed, dead] = await Promise.all([
    admin.fetchTopicOffsets(topic),
    admin.fetchOffsets({ groupId, topics: [topic] }),
    admin.fetchTopicOffsets(`${topic}.dead`),
  ]);
  const reached = new Map(
    committed.flatMap(({ partitions }) => partitions.map((it) => [it.partition, it.offset])),
  );
  const lag = ends.map(({ partition, low, high }) => {
    const offset = Number(reached.get(partition) ?? -1);
    return Number(high) - Math.max(offset, Number(low));
  });
  return {
    groupId,
    topic,
    lag: sum(lag),
    dead: sum(dead.map(({ low, high }) => Number(high) - Number(low))),
  };
}

/**
 * Measures until it is told to stop. `alert` reaches a human; a monitor that can't measure alerts too. An alert that
 * fails is reported, and made again at the next round.
 */
export async function monitorConsumer(
  admin: Measures,
  {
    signal,
    record,
    alert,
    report,
  }: {
    signal: AbortSignal;
    record: (health: ConsumerHealth) => void;
    alert: (problem: string) => Promise<void>;
    report: (error: unknown) => void;
  },
): Promise<void> {
  while (!signal.aborted) {
    const problems: string[] = [];
    try {
      const health = await measureConsumer(admin);
      record(health);
      const { groupId, topic, lag, dead } = health;
      if (lag > watched.maxLag) problems.push(`${groupId} is ${lag} messages behind on ${topic}.`);
      if (dead > watched.maxDead) problems.push(`${dead} messages of ${topic} were parked.`);
    } catch (error) {
      problems.push(`${watched.groupId} can't be measured: ${String(error)}`);
    }
    for (const it of problems) await alert(it).catch(report);
    await sleep(30_000, undefined, { signal }).catch(() => undefined);
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, it) => total + it, 0);
}
// endregion body
