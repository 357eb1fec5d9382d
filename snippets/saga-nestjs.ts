// snippet: saga-nestjs
// description: NestJS @Saga whose stream survives errors: each event becomes a command, failures are told and undone
// placeholder 1: Order
// placeholder 2: ReserveStock
// placeholder 3: CancelOrder
// region body
import { Injectable, Logger } from '@nestjs/common';
import { Saga, ofType } from '@nestjs/cqrs';
import type { ICommand, IEvent } from '@nestjs/cqrs';
import { EMPTY, Observable, catchError, defer, mergeMap, of } from 'rxjs';

/** What all events of the saga carry. */
abstract class OrderSagaEvent {
  readonly version = 1;
  readonly eventId: string = crypto.randomUUID();
  readonly occurredAt: string = new Date().toISOString();
  readonly orderId: string;
  readonly correlationId: string;

  constructor(orderId: string, correlationId: string) {
    this.orderId = orderId;
    this.correlationId = correlationId;
  }
}

export class OrderPlaced extends OrderSagaEvent {}
export class StockReservationFailed extends OrderSagaEvent {}

/** The handler of a command acts once per `key`. */
abstract class OrderSagaCommand implements ICommand {
  readonly key: string;
  readonly orderId: string;
  readonly correlationId: string;

  constructor({ eventId, orderId, correlationId }: OrderSagaEvent) {
    this.key = eventId;
    this.orderId = orderId;
    this.correlationId = correlationId;
  }
}

export class ReserveStock extends OrderSagaCommand {}
export class CancelOrder extends OrderSagaCommand {}

/** Feed the events from an outbox relay: the event bus itself forgets them when the process ends. */
@Injectable()
export class OrderSagas {
  readonly #logger = new Logger(OrderSagas.name);

  @Saga()
  orderPlaced = (events: Observable<IEvent>): Observable<ICommand> =>
    events.pipe(
      ofType(OrderPlaced),
      mergeMap((event) => this.#guarded(event, () => new ReserveStock(event))),
    );

  @Saga()
  stockReservationFailed = (events: Observable<IEvent>): Observable<ICommand> =>
    events.pipe(
      ofType(StockReservationFailed),
      mergeMap((event) => this.#guarded(event, () => new CancelOrder(event))),
    );

  /** Catches inside: an error that reached the outer stream would end it for all later events. */
  #guarded(event: OrderSagaEvent, toCommand: () => ICommand): Observable<ICommand> {
    return defer(() => of(toCommand())).pipe(
      catchError((error: unknown) => {
        const { eventId, correlationId } = event;
        this.#logger.error({ message: 'The saga could not react.', eventId, correlationId, error });
        return EMPTY;
      }),
    );
  }
}
// endregion body
