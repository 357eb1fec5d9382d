import type { Announcer, Ear, FirstTime } from './bus.js';
import type { ParcelPacked } from './facts.js';

export async function pack(announcer: Announcer, orderId: string, weight: number): Promise<void> {
  const packed: ParcelPacked = {
    eventId: crypto.randomUUID(),
    occurredAt: new Date().toISOString(),
    correlationId: orderId,
    version: 1,
    orderId,
    weight,
  };
  await announcer.tell(packed);
}

export class CarrierEar implements Ear<ParcelPacked> {
  async hear({ orderId, weight }: ParcelPacked): Promise<void> {
    await fetch('https://carrier.example/parcels', {
      method: 'POST',
      body: JSON.stringify({ orderId, weight }),
      signal: AbortSignal.timeout(5000),
    });
  }
}

export class InvoiceEar implements Ear<ParcelPacked> {
  constructor(private readonly firstTime: FirstTime) {}

  async hear({ eventId, orderId }: ParcelPacked): Promise<void> {
    const { firstTime } = this;
    if (!(await firstTime(eventId))) return;
    await fetch('https://invoices.example', {
      method: 'POST',
      body: JSON.stringify({ orderId }),
      signal: AbortSignal.timeout(5000),
    });
  }
}
