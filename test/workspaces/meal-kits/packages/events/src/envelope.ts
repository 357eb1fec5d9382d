import { randomUUID } from 'node:crypto';
import { z } from 'zod';

/** What every event carries. */
export const envelope = z.object({
  eventId: z.uuid(),
  occurredAt: z.iso.datetime(),
  correlationId: z.string().min(1),
  causationId: z.string().nullable(),
  version: z.number().int().positive(),
});

export type Envelope = z.infer<typeof envelope>;

/** The metadata of an event that a request started. */
export function firstOf(correlationId: string): Envelope {
  return {
    eventId: randomUUID(),
    occurredAt: new Date().toISOString(),
    correlationId,
    causationId: null,
    version: 1,
  };
}

/** The metadata of an event that follows from another one. */
export function causedBy(cause: Envelope): Envelope {
  return {
    eventId: randomUUID(),
    occurredAt: new Date().toISOString(),
    correlationId: cause.correlationId,
    causationId: cause.eventId,
    version: 1,
  };
}
