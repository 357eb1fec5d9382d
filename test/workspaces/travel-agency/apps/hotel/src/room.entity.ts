import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('rooms')
export class Room {
  @PrimaryColumn()
  number!: string;

  @Column()
  hotelId!: string;

  @Column('uuid', { nullable: true })
  tripId!: string | null;
}
