// snippet: event-union
// description: Union of a context's events and the map of their topics, which the compiler keeps complete
// placeholder 1: Order
// region body
/** What all events of the context carry. */
interface OrderEventMetadata {
  readonly version: 1;
  readonly eventId: string;
  readonly occurredAt: string;
  readonly correlationId: string;
  readonly causationId: string | null;
  readonly orderId: string;
}

export interface OrderPlaced extends OrderEventMetadata {
  readonly type: 'OrderPlaced';
  readonly amountInCents: number;
}

export interface OrderConfirmed extends OrderEventMetadata {
  readonly type: 'OrderConfirmed';
}

export interface OrderRejected extends OrderEventMetadata {
  readonly type: 'OrderRejected';
  readonly reason: 'out-of-stock' | 'card-declined';
}

/** All that the context announces. */
export type OrderEvent = OrderPlaced | OrderConfirmed | OrderRejected;

/** Where each event goes. An event without a topic does not compile. */
export const orderTopics = {
  OrderPlaced: 'order.placed',
  OrderConfirmed: 'order.confirmed',
  OrderRejected: 'order.rejected',
} as const satisfies Record<OrderEvent['type'], string>;

/** One handler for each event: a new event does not compile until it is handled. */
export type OrderEventHandlers = {
  readonly [Type in OrderEvent['type']]: (event: Extract<OrderEvent, { type: Type }>) => Promise<void>;
};

/** Gives the event to its handler. */
export async function handleOrderEvent(handlers: OrderEventHandlers, event: OrderEvent): Promise<void> {
  switch (event.type) {
    case 'OrderPlaced':
      return handlers.OrderPlaced(event);
    case 'OrderConfirmed':
      return handlers.OrderConfirmed(event);
    case 'OrderRejected':
      return handlers.OrderRejected(event);
  }
}
// endregion body
