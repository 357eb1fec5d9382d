import type { DomainEvent } from '@travel/contracts';
import { Column, CreateDateColumn, Entity, IsNull, PrimaryColumn, type EntityManager } from 'typeorm';

@Entity('outbox')
export class OutboxRow {
  @PrimaryColumn('uuid')
  eventId!: string;

  @Column()
  routingKey!: string;

  @Column('jsonb')
  payload!: object;

  @CreateDateColumn()
  createdAt!: Date;

  @Column('timestamptz', { nullable: true })
  sentAt!: Date | null;
}

/** Announces an event in the transaction of the change it tells of. */
export async function storeInOutbox(
  manager: EntityManager,
  routingKey: string,
  event: DomainEvent,
): Promise<void> {
  await manager.insert(OutboxRow, { eventId: event.eventId, routingKey, payload: event, sentAt: null });
}

export function unsent(manager: EntityManager): Promise<OutboxRow[]> {
  return manager.find(OutboxRow, { where: { sentAt: IsNull() }, order: { createdAt: 'ASC' }, take: 100 });
}
