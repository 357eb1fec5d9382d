import type { DomainEvent } from './event.js';

export interface OrderLine {
  readonly sku: string;
  readonly quantity: number;
  readonly unitPrice: number;
}

export interface OrderPlaced extends DomainEvent {
  readonly type: 'OrderPlaced';
  readonly orderId: string;
  readonly customerId: string;
  readonly customerEmail: string;
  readonly authorizationId: string;
  readonly lines: readonly OrderLine[];
  readonly total: number;
}

export interface OrderConfirmed extends DomainEvent {
  readonly type: 'OrderConfirmed';
  readonly orderId: string;
  readonly customerEmail: string;
  readonly paymentId: string;
}

export interface OrderCancelled extends DomainEvent {
  readonly type: 'OrderCancelled';
  readonly orderId: string;
  readonly customerEmail: string;
  readonly reason: string;
}

export type OrderEvent = OrderPlaced | OrderConfirmed | OrderCancelled;
