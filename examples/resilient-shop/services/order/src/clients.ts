import type { OrderLine } from '@resilient-shop/contracts';
import { postJson, type RemoteCall } from '@resilient-shop/platform';

export class VoucherClient {
  constructor(private readonly url: string) {}

  async redeem(code: string, orderId: string, call: RemoteCall): Promise<number> {
    const reply = await postJson<{ discount: number }>(`${this.url}/redemptions`, { code, orderId }, call);
    return reply.discount;
  }

  async restore(code: string, orderId: string, call: RemoteCall): Promise<void> {
    await postJson(`${this.url}/redemptions/restore`, { code, orderId }, call);
  }
}

export class InventoryClient {
  constructor(private readonly url: string) {}

  async reserve(orderId: string, lines: readonly OrderLine[], call: RemoteCall): Promise<void> {
    await postJson(`${this.url}/reservations`, { orderId, lines }, call);
  }

  async release(orderId: string, call: RemoteCall): Promise<void> {
    await postJson(`${this.url}/reservations/release`, { orderId }, call);
  }
}

export class PaymentClient {
  constructor(private readonly url: string) {}

  async authorize(orderId: string, cardToken: string, amount: number, call: RemoteCall): Promise<string> {
    const body = { reference: orderId, source: cardToken, amount, currency: 'EUR' };
    const reply = await postJson<{ id: string }>(`${this.url}/authorizations`, body, call);
    return reply.id;
  }

  /** Voids by our reference: after a timeout we don't know the authorization's own id. */
  async voidAuthorization(orderId: string, call: RemoteCall): Promise<void> {
    await postJson(`${this.url}/authorizations/void`, { reference: orderId }, call);
  }
}
