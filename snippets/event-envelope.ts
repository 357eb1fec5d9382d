// snippet: event-envelope
// description: Event envelope with the metadata of all events, and the helper that fills it in
// placeholder 1: EventEnvelope
// region body
/** What every event carries beside its data. */
export interface EventEnvelope<Type extends string, Version extends number, Data> {
  readonly type: Type;
  /** Raise it when a field changes its meaning. */
  readonly version: Version;
  /** Consumers tell a repeated delivery by it. */
  readonly eventId: string;
  readonly occurredAt: string;
  /** Shared by all that one request set off. */
  readonly correlationId: string;
  /** The event that led to this one; null if a request did. */
  readonly causationId: string | null;
  readonly data: Data;
}

/** The event being handled, or the correlation id of a request. */
export interface EventCause {
  readonly correlationId: string;
  readonly eventId?: string;
}

/** Makes an event: correlation is handed on, and the cause is named. */
export function newEvent<Type extends string, Version extends number, Data>(
  type: Type,
  version: Version,
  data: Data,
  cause: EventCause,
): EventEnvelope<Type, Version, Data> {
  return {
    type,
    version,
    eventId: crypto.randomUUID(),
    occurredAt: new Date().toISOString(),
    correlationId: cause.correlationId,
    causationId: cause.eventId ?? null,
    data,
  };
}
// endregion body
