// The life of the language server: it runs while the extension is enabled, and starts anew on request.
import { EventEmitter } from 'vscode';
import type { Event, FileSystemWatcher, LogOutputChannel } from 'vscode';
import { LanguageClient, State, TransportKind } from 'vscode-languageclient/node';
import type { InitializationOptions, StatusMethod, StatusParams } from '../../server/src/lsp/protocol.ts';
import { documents, watchFiles } from './documents.ts';
import { linkInEditor } from './rulePages.ts';
import type { RulePages } from './rulePages.ts';

const statusMethod: StatusMethod = 'sagalint/status';

interface SessionOptions {
  readonly serverModule: string;
  readonly pages: RulePages;
  readonly output: LogOutputChannel;
}

/** At most one running server. */
export class Session {
  readonly onStatus: Event<StatusParams | undefined>;
  readonly #statusChanged = new EventEmitter<StatusParams | undefined>();
  readonly #options: SessionOptions;
  #running: { readonly client: LanguageClient; readonly watchers: readonly FileSystemWatcher[] } | undefined;
  #status: StatusParams | undefined;
  #last: Promise<void> = Promise.resolve();

  constructor(options: SessionOptions) {
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
    const watchers = watchFiles();
    const client = createClient(this.#options, watchers);
    client.onNotification(statusMethod, (status: StatusParams) => this.#say(status));
    client.onDidChangeState(({ newState }) => {
      if (newState === State.Stopped && this.#running?.client === client) this.#fail('The server has ended.');
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

function createClient({ serverModule, pages, output }: SessionOptions, watchers: FileSystemWatcher[]) {
  const initializationOptions: InitializationOptions = { rulePages: pages.base, watches: true };
  // With a small space for what is new V8 leaves less garbage about: a quarter less is resident, and nothing is slower.
  const options = { execArgv: ['--max-semi-space-size=8'] };
  const server = { module: serverModule, transport: TransportKind.ipc, options };
  return new LanguageClient(
    'sagalint',
    'sagalint',
    { run: server, debug: server },
    {
      documentSelector: [...documents],
      synchronize: { configurationSection: 'sagalint', fileEvents: watchers },
      uriConverters: {
        code2Protocol: (uri) => uri.toString(),
        protocol2Code: (value) => linkInEditor(pages, value),
      },
      initializationOptions,
      outputChannel: output,
      markdown: { isTrusted: { enabledCommands: ['sagalint.explainRule'] } },
    },
  );
}
