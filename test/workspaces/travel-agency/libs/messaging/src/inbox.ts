import { Column, Entity, type EntityManager, PrimaryColumn, QueryFailedError } from 'typeorm';

@Entity('inbox')
export class InboxRow {
  @PrimaryColumn()
  consumer!: string;

  @PrimaryColumn('uuid')
  eventId!: string;

  @Column('timestamptz')
  processedAt!: Date;
}

/** Whether this delivery is the first; the primary key decides between two at once. */
export async function isFirstDelivery(
  manager: EntityManager,
  consumer: string,
  eventId: string,
): Promise<boolean> {
  try {
    await manager.insert(InboxRow, { consumer, eventId, processedAt: new Date() });
    return true;
  } catch (error) {
    if (error instanceof QueryFailedError && error.driverError.code === '23505') return false;
    throw error;
  }
}
