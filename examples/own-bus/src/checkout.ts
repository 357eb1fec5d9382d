import type { Move } from './bus.js';

async function post(path: string): Promise<void> {
  await fetch(`https://shop.example/${path}`, { method: 'POST', signal: AbortSignal.timeout(5000) });
}

export class ReserveStock implements Move {
  async forth(orderId: string): Promise<void> {
    await post(`stock/${orderId}/reserve`);
  }

  async back(orderId: string): Promise<void> {
    await post(`stock/${orderId}/release`);
  }
}

export class ChargeCard implements Move {
  async forth(orderId: string): Promise<void> {
    await post(`cards/${orderId}/charge`);
  }

  async back(): Promise<void> {}
}

export class BookParcel implements Move {
  async forth(orderId: string): Promise<void> {
    await post(`parcels/${orderId}/book`);
  }

  async back(orderId: string): Promise<void> {
    await post(`parcels/${orderId}/cancel`);
  }
}

export const checkoutSteps: readonly Move[] = [new ReserveStock(), new ChargeCard(), new BookParcel()];
