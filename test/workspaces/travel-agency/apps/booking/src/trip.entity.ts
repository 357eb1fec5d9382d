import { Column, Entity, PrimaryColumn } from 'typeorm';

export type TripStatus = 'pending' | 'booked' | 'confirmed' | 'cancelled';

@Entity('trips')
export class Trip {
  @PrimaryColumn('uuid')
  id!: string;

  @Column()
  customerEmail!: string;

  @Column()
  status!: TripStatus;
}
