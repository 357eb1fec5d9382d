import type { OrderLine } from './order-events';

export class PaymentProcessed {
  constructor(
    public readonly orderId: string,
    public readonly paymentId: string,
    public readonly customerId: string,
    public readonly customerEmail: string,
    public readonly amount: number,
    public readonly lines: OrderLine[],
  ) {}
}
