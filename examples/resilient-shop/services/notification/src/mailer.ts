import { postJson, type RemoteCall } from '@resilient-shop/platform';

export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

export class Mailer {
  constructor(private readonly url: string) {}

  /** The provider drops a mail whose key it has seen. */
  async send(mail: Mail, call: Omit<RemoteCall, 'signal'>): Promise<void> {
    await postJson(`${this.url}/mail`, mail, { ...call, signal: AbortSignal.timeout(5_000) });
  }
}
