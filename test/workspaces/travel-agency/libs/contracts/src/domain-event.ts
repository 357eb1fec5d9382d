import { randomUUID } from 'node:crypto';

/** The base of all that happens in the agency. */
export abstract class DomainEvent {
  readonly version: number = 1;

  constructor(
    readonly correlationId: string,
    readonly causationId: string | null = null,
    readonly eventId: string = randomUUID(),
    readonly occurredAt: string = new Date().toISOString(),
  ) {}
}
