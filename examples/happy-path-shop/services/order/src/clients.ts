import { Injectable } from '@nestjs/common';
import type { OrderLine } from '@happy-shop/contracts';

async function post<Reply>(url: string, body: unknown): Promise<Reply> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) {
    throw new Error(`POST ${url} answered ${response.status}`);
  }
  return (await response.json()) as Reply;
}

@Injectable()
export class InventoryClient {
  async reserve(orderId: string, lines: OrderLine[]): Promise<string> {
    const { reservationId } = await post<{ reservationId: string }>('http://inventory:3002/reservations', {
      orderId,
      lines,
    });
    return reservationId;
  }
}

@Injectable()
export class PaymentClient {
  async authorize(orderId: string, cardToken: string, amount: number): Promise<string> {
    const { id } = await post<{ id: string }>('https://api.cardpay.example/v1/authorizations', {
      reference: orderId,
      source: cardToken,
      amount,
      currency: 'EUR',
    });
    return id;
  }
}

@Injectable()
export class VoucherClient {
  async redeem(code: string, orderId: string): Promise<number> {
    const { discount } = await post<{ discount: number }>('http://vouchers:3005/redemptions', {
      code,
      orderId,
    });
    return discount;
  }

  async restore(code: string, orderId: string): Promise<void> {
    await post('http://vouchers:3005/redemptions/restore', { code, orderId });
  }
}
