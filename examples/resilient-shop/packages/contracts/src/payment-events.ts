import type { DomainEvent } from './event.js';

export type PaymentProcessed = DomainEvent & {
  readonly type: 'PaymentProcessed';
  readonly orderId: string;
  readonly paymentId: string;
  readonly customerEmail: string;
  readonly amount: number;
};

export type PaymentFailed = DomainEvent & {
  readonly type: 'PaymentFailed';
  readonly orderId: string;
  readonly reason: string;
};

export type PaymentEvent = PaymentProcessed | PaymentFailed;
