// The life of the language server: it runs while the extension is enabled, and starts anew on request.
import { EventEmitter } from 'vscode';
import type { Event, FileSystemWatcher } from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import type { StatusMethod, StatusParams } from '../../server/src/lsp/protocol.ts';
import type { ServerOptions } from './client.ts';
import { watchFiles } from './documents.ts';

const statusMethod: StatusMethod = 'sagalint/status';

/** At most one running server. */
export class Session {
  readonly onStatus: Event<StatusParams | undefined>;
  readonly #statusChanged = new EventEmitter<StatusParams | undefined>();
  readonly #options: ServerOptions;
  #running: { readonly client: LanguageClient; readonly watchers: readonly FileSystemWatcher[] } | undefined;
  #status: StatusParams | undefined;
  #last: Promise<void> = Promise.resolve();

  constructor(options: ServerOptions) {
    this.#options = options;
    this.onStatus = this.#statusChanged.event;
  }

  /** What the server said last. */
  get status(): StatusParams | undefined {
    return this.#status;
  }

  /** Starts or stops the server, so that it runs exactly when it is wanted. */
  follow(isWanted: boolean): Promise<void> {
    return this.#inTurn(() => (isWanted ? this.#start() : this.#stop()));
  }

  /** Ends the server and starts it anew: it forgets all it read. */
  restart(): Promise<void> {
    return this.#inTurn(async () => {
      await this.#stop();
      await this.#start();
    });
  }

  /** Asks the server; undefined when none runs. */
  async request<Result>(method: string, params: object): Promise<Result | undefined> {
    return this.#running?.client.sendRequest<Result>(method, params);
  }

  /** A server that still starts can't be stopped, so that each change waits for the one before. */
  #inTurn(change: () => Promise<void>): Promise<void> {
    const turn = this.#last.then(change);
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async #start(): Promise<void> {
    if (this.#running !== undefined) return;
    // The client is most of our code: to load it takes longer than all else that the extension does when it is activated.
    const { createClient, onStopped } = await import('./client.ts');
    const watchers = watchFiles();
    const client = createClient(this.#options, watchers);
    client.onNotification(statusMethod, (status: StatusParams) => this.#say(status));
    onStopped(client, () => {
      if (this.#running?.client === client) this.#fail('The server has ended.');
    });
    this.#running = { client, watchers };
    try {
      await client.start();
    } catch (error) {
      this.#fail(`The server did not start: ${error instanceof Error ? error.message : error}`);
    }
  }

  async #stop(): Promise<void> {
    const stopped = this.#running;
    this.#running = undefined;
    this.#say(undefined);
    if (stopped === undefined) return;
    for (const watcher of stopped.watchers) watcher.dispose();
    if (stopped.client.needsStop()) await stopped.client.stop();
    await stopped.client.dispose();
  }

  #fail(message: string): void {
    this.#options.output.error(message);
    this.#say({ state: 'error', files: 0, findings: 0, unread: 0, message });
  }

  #say(status: StatusParams | undefined): void {
    this.#status = status;
    this.#statusChanged.fire(status);
  }
}
