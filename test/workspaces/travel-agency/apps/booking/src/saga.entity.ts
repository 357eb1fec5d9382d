import { Column, Entity, PrimaryColumn } from 'typeorm';

export type SagaStatus = 'running' | 'compensating' | 'completed' | 'compensated' | 'stuck';

@Entity('sagas')
export class SagaRow {
  @PrimaryColumn('uuid')
  id!: string;

  @Column()
  status!: SagaStatus;

  /** Steps that may have taken effect, in their order. */
  @Column('jsonb')
  begun!: string[];
}
