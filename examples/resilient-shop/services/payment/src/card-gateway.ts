import { postJson } from '@resilient-shop/platform';

interface GatewayCall {
  readonly idempotencyKey: string;
  readonly correlationId: string;
}

const TIMEOUT_MS = 5_000;

export class CardGateway {
  constructor(private readonly url: string) {}

  async capture(authorizationId: string, amount: number, call: GatewayCall): Promise<void> {
    await postJson(
      `${this.url}/captures`,
      { authorization: authorizationId, amount, currency: 'EUR' },
      { ...call, signal: AbortSignal.timeout(TIMEOUT_MS) },
    );
  }

  /** Returns what was captured for the order; nothing captured is nothing to return. */
  async refund(orderId: string, call: GatewayCall): Promise<void> {
    await postJson(
      `${this.url}/refunds`,
      { reference: orderId },
      { ...call, signal: AbortSignal.timeout(TIMEOUT_MS) },
    );
  }
}
