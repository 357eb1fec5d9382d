/** What makes a remote call safe to repeat, possible to trace and sure to end. */
export interface RemoteCall {
  readonly idempotencyKey: string;
  readonly correlationId: string;
  readonly signal: AbortSignal;
}

/** The other side understood and said no: asking again gives the same answer. */
export class Refused extends Error {
  constructor(url: string, status: number, reason: string) {
    super(`POST ${url} was refused (${status}): ${reason}`);
  }
}

export async function postJson<Reply>(url: string, body: unknown, call: RemoteCall): Promise<Reply> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'idempotency-key': call.idempotencyKey,
      'x-correlation-id': call.correlationId,
    },
    body: JSON.stringify(body),
    signal: call.signal,
  });
  if (isRefusal(response.status)) throw new Refused(url, response.status, await response.text());
  if (!response.ok) throw new Error(`POST ${url} answered ${response.status}`);
  return (await response.json()) as Reply;
}

/** 408, 425 and 429 ask for another attempt. */
function isRefusal(status: number): boolean {
  return status >= 400 && status < 500 && ![408, 425, 429].includes(status);
}
