import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import { TripBooked, TripBookingFailed } from '@travel/contracts';
import { Alerts, storeInOutbox } from '@travel/messaging';
import { DataSource } from 'typeorm';
import { CardClient, FlightClient } from './clients';
import { SagaRow } from './saga.entity';
import { Trip } from './trip.entity';

export interface BookTrip {
  readonly tripId: string;
  readonly customerEmail: string;
  readonly flight: string;
  readonly hotelId: string;
  readonly nights: number;
  readonly cardToken: string;
  readonly amount: number;
  readonly correlationId: string;
}

interface Compensation {
  readonly step: string;
  readonly undo: () => Promise<void>;
}

const ATTEMPTS = 5;

/** Books a flight and charges the card, or undoes both. */
@Injectable()
export class BookTripSaga {
  private readonly logger = new Logger(BookTripSaga.name);

  constructor(
    private readonly dataSource: DataSource,
    private readonly flights: FlightClient,
    private readonly cards: CardClient,
    private readonly alerts: Alerts,
  ) {}

  async execute(order: BookTrip): Promise<void> {
    const compensations: Compensation[] = [];
    try {
      await this.begin(order.tripId, 'reserve-flight');
      compensations.push({
        step: 'reserve-flight',
        undo: () => this.flights.release(order.tripId, keyOf(order, 'release-flight')),
      });
      await this.flights.reserve(order.tripId, order.flight, keyOf(order, 'reserve-flight'));

      await this.begin(order.tripId, 'charge-card');
      compensations.push({
        step: 'charge-card',
        undo: () => this.cards.refund(order.tripId, keyOf(order, 'refund-card')),
      });
      await this.cards.charge(order.tripId, order.cardToken, order.amount, keyOf(order, 'charge-card'));

      await this.announce(order);
      await this.mark(order.tripId, 'completed');
    } catch (error) {
      this.logger.error(`trip ${order.tripId} ${order.correlationId} is taken back: ${String(error)}`);
      await this.compensate(order, compensations, String(error));
    }
  }

  private async announce(order: BookTrip): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      await manager.upsert(Trip, { id: order.tripId, customerEmail: order.customerEmail, status: 'booked' }, [
        'id',
      ]);
      await storeInOutbox(
        manager,
        TripBooked.routingKey,
        new TripBooked(order.tripId, order.customerEmail, order.hotelId, order.nights, order.correlationId),
      );
    });
    this.logger.log(`trip ${order.tripId} ${order.correlationId} is booked`);
  }

  private async compensate(
    order: BookTrip,
    compensations: readonly Compensation[],
    reason: string,
  ): Promise<void> {
    await this.mark(order.tripId, 'compensating');
    const failed: string[] = [];
    for (const compensation of [...compensations].reverse()) {
      try {
        this.logger.log(`trip ${order.tripId} ${order.correlationId}: undoing ${compensation.step}`);
        await this.retried(() => compensation.undo());
      } catch (error) {
        failed.push(compensation.step);
        this.logger.error(`trip ${order.tripId}: ${compensation.step} is not undone: ${String(error)}`);
        await this.alerts.page(`trip:${order.tripId}`, `${compensation.step} is not undone`);
      }
    }
    await this.mark(order.tripId, failed.length > 0 ? 'stuck' : 'compensated');
    await this.giveUp(order, reason);
  }

  private async giveUp(order: BookTrip, reason: string): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      await manager.upsert(
        Trip,
        { id: order.tripId, customerEmail: order.customerEmail, status: 'cancelled' },
        ['id'],
      );
      await storeInOutbox(
        manager,
        TripBookingFailed.routingKey,
        new TripBookingFailed(order.tripId, order.customerEmail, reason, order.correlationId),
      );
    });
  }

  private async begin(id: string, step: string): Promise<void> {
    const row = await this.dataSource.manager.findOneBy(SagaRow, { id });
    await this.dataSource.manager.upsert(
      SagaRow,
      { id, status: 'running', begun: [...(row?.begun ?? []), step] },
      ['id'],
    );
    this.logger.log(`trip ${id}: ${step} begins`);
  }

  private async mark(id: string, status: SagaRow['status']): Promise<void> {
    await this.dataSource.manager.update(SagaRow, { id }, { status });
  }

  private async retried(work: () => Promise<void>): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await work();
      } catch (error) {
        if (attempt === ATTEMPTS) throw error;
        await delay(2 ** attempt * 100 * (1 + Math.random()));
      }
    }
  }
}

function keyOf(order: BookTrip, step: string): string {
  return `${order.tripId}:${step}`;
}
