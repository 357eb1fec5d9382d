import { retry } from './retry.js';

/** Wakes the person on duty. */
export class Alerts {
  constructor(
    private readonly pagerUrl: string,
    private readonly service: string,
  ) {}

  /** `incidentKey` joins repeated alerts about one trouble into one incident. */
  async page(incidentKey: string, summary: string): Promise<void> {
    await retry(() => this.send(incidentKey, summary), { attempts: 3, firstDelayMs: 200 });
  }

  private async send(incidentKey: string, summary: string): Promise<void> {
    const response = await fetch(this.pagerUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': incidentKey },
      body: JSON.stringify({ dedup_key: incidentKey, source: this.service, severity: 'critical', summary }),
      signal: AbortSignal.timeout(5_000),
    });
    if (!response.ok) throw new Error(`The pager answered ${response.status}`);
  }
}
