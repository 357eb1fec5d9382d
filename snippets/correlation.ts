// snippet: correlation
// description: Correlation propagation by AsyncLocalStorage: events, requests and logs know which flow they belong to
// placeholder 1: x-correlation-id
// region body
import { AsyncLocalStorage } from 'node:async_hooks';

/** The flow that the running code belongs to. */
export interface Flow {
  /** Shared by all that one request set off. */
  readonly correlationId: string;
  /** The event being handled: the cause of what is published now. */
  readonly eventId?: string;
}

const flows = new AsyncLocalStorage<Flow>();

/** Handles an event; everything that the work awaits belongs to the event's flow. */
export async function inFlowOf<Result>(event: Flow, work: () => Promise<Result>): Promise<Result> {
  const { correlationId, eventId } = event;
  return flows.run({ correlationId, eventId }, work);
}

/** Handles a request: its header gives the flow, or a new one begins. */
export async function inFlowOfRequest<Result>(
  headers: Readonly<Record<string, string | string[] | undefined>>,
  work: () => Promise<Result>,
): Promise<Result> {
  const given = headers['x-correlation-id'];
  const correlationId = typeof given === 'string' && given !== '' ? given : crypto.randomUUID();
  return flows.run({ correlationId }, work);
}

/** The flow; throws outside of one, so that no event leaves without its correlation. */
export function currentFlow(): Flow {
  const flow = flows.getStore();
  if (flow === undefined)
    throw new Error('There is no flow: wrap the entry in `inFlowOf` or `inFlowOfRequest`.');
  return flow;
}

/** For requests to other services, and for the headers of messages. */
export function flowHeaders(): Record<string, string> {
  return { 'x-correlation-id': currentFlow().correlationId };
}
// endregion body
