import { randomUUID } from 'node:crypto';
import { z } from 'zod';

/** What every event of the shop carries. */
export interface DomainEvent {
  /** Never used twice: consumers recognise a redelivery by it. */
  readonly eventId: string;
  /** ISO 8601: a `Date` would arrive as a string anyway. */
  readonly occurredAt: string;
  /** One for all that follows from one request. */
  readonly correlationId: string;
  /** The event that led to this one, or null for the first of a flow. */
  readonly causationId: string | null;
  /** Raised whenever a consumer has to read the event differently. */
  readonly version: number;
}

export const eventSchema = z.object({
  eventId: z.uuid(),
  occurredAt: z.iso.datetime(),
  correlationId: z.string().min(1),
  causationId: z.string().nullable(),
  version: z.number().int().positive(),
});

/** The metadata of an event that a request started. */
export function firstOf(correlationId: string): DomainEvent {
  return {
    eventId: randomUUID(),
    occurredAt: new Date().toISOString(),
    correlationId,
    causationId: null,
    version: 1,
  };
}

/** The metadata of an event that follows from another one. */
export function causedBy(cause: DomainEvent): DomainEvent {
  return {
    eventId: randomUUID(),
    occurredAt: new Date().toISOString(),
    correlationId: cause.correlationId,
    causationId: cause.eventId,
    version: 1,
  };
}

/** Reads a message; one without the metadata is refused here, before any handler sees it. */
export function parseEvent<Event extends DomainEvent>(value: Buffer | string | null): Event {
  const event: unknown = JSON.parse(String(value));
  eventSchema.parse(event);
  return event as Event;
}
