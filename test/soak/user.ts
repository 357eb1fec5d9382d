// A user at an editor, seen from the server: documents, saves and changes on the disk, and what the editor shows of it.
import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import {
  createMessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
  type Diagnostic,
  type MessageConnection,
  type PublishDiagnosticsParams,
} from 'vscode-languageserver-protocol/node';
import type { StatusParams } from '../../server/src/lsp/protocol.ts';

/** What became of one change. In milliseconds. */
export interface Answered {
  /** What the server worked on it. */
  readonly worked: number;
  /** How long the editor waited, the quiet time included. */
  readonly waited: number;
  /** Processor time of the server's main thread: what else the machine does lengthens the others. */
  readonly computed: number;
}

export class User {
  readonly process: ChildProcess;
  readonly logs: string[] = [];
  readonly #connection: MessageConnection;
  readonly #open = new Map<string, { text: string; version: number }>();
  readonly #shown = new Map<string, readonly Diagnostic[]>();
  #heard: ((status: StatusParams) => void) | undefined;
  #ended: ((error: Error) => void) | undefined;

  constructor(program: string) {
    this.process = spawn(process.execPath, [program, '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'] });
    const { stdin, stdout } = this.process;
    if (!stdin || !stdout) throw new Error('The server has no pipes.');
    this.process.on('exit', (status) => this.#ended?.(new Error(`The server ended with status ${status}.`)));
    this.#connection = createMessageConnection(
      new StreamMessageReader(stdout),
      new StreamMessageWriter(stdin),
    );
    this.#listen();
  }

  /** Starts on a folder with these documents open, and waits until all is linted. */
  async start(root: string, open: ReadonlyMap<string, string> = new Map()): Promise<void> {
    const rootUri = String(pathToFileURL(root));
    await this.#connection.sendRequest('initialize', {
      processId: process.pid,
      rootUri,
      workspaceFolders: [{ uri: rootUri, name: 'soak' }],
      capabilities: { workspace: { didChangeWatchedFiles: { dynamicRegistration: true } } },
    });
    const ready = this.#ready();
    await this.#connection.sendNotification('initialized', {});
    for (const [file, text] of open) await this.#sendOpen(file, text);
    await ready;
  }

  get open(): ReadonlyMap<string, string> {
    return new Map([...this.#open].map(([file, it]) => [file, it.text]));
  }

  async show(file: string): Promise<Answered> {
    return this.#answered(() => this.#sendOpen(file, readFileSync(file, 'utf8')));
  }

  async type(file: string, text: string): Promise<Answered> {
    return this.#answered(async () => {
      const version = (this.#open.get(file)?.version ?? 0) + 1;
      this.#open.set(file, { text, version });
      await this.#tell('textDocument/didChange', {
        textDocument: { uri: uriOf(file), version },
        contentChanges: [{ text }],
      });
    });
  }

  async hide(file: string): Promise<Answered> {
    return this.#answered(async () => {
      this.#open.delete(file);
      await this.#tell('textDocument/didClose', { textDocument: { uri: uriOf(file) } });
    });
  }

  /** Files that changed on the disk: 1 created, 2 changed, 3 deleted. */
  async watched(changes: readonly (readonly [file: string, type: 1 | 2 | 3])[]): Promise<Answered> {
    return this.#answered(() =>
      this.#tell('workspace/didChangeWatchedFiles', {
        changes: changes.map(([file, type]) => ({ uri: uriOf(file), type })),
      }),
    );
  }

  /** Asks for the code actions of the whole of a file; gives how long that took. */
  async asksForActions(file: string): Promise<number> {
    const started = performance.now();
    await this.#connection.sendRequest('textDocument/codeAction', {
      textDocument: { uri: uriOf(file) },
      range: { start: { line: 0, character: 0 }, end: { line: 100_000, character: 0 } },
      context: { diagnostics: [] },
    });
    return performance.now() - started;
  }

  /** What the editor shows, as lines of text: file, place, rule, message. */
  shown(): readonly string[] {
    const lines = [...this.#shown].flatMap(([uri, diagnostics]) =>
      diagnostics.map(({ range, code, message }) => `${fileURLToPath(uri)} ${at(range)} ${code} ${message}`),
    );
    return lines.sort();
  }

  /** Resident memory of the server, in megabytes. */
  memory(): number {
    const status = readFileSync(`/proc/${this.process.pid}/status`, 'utf8');
    return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1000);
  }

  /** Of the main thread so far, in milliseconds (the first number of `schedstat` is nanoseconds). */
  #processorTime(): number {
    const { pid } = this.process;
    return Number(readFileSync(`/proc/${pid}/task/${pid}/schedstat`, 'utf8').split(' ')[0]) / 1_000_000;
  }

  async stop(): Promise<void> {
    this.#ended = undefined;
    const ended = new Promise((done) => this.process.on('exit', done));
    this.#connection.dispose();
    this.process.kill();
    await ended;
  }

  async #sendOpen(file: string, text: string): Promise<void> {
    this.#open.set(file, { text, version: 1 });
    await this.#tell('textDocument/didOpen', {
      textDocument: { uri: uriOf(file), languageId: 'typescript', version: 1, text },
    });
  }

  async #answered(change: () => Promise<void>): Promise<Answered> {
    const ready = this.#ready();
    const [started, before] = [performance.now(), this.#processorTime()];
    await change();
    const { milliseconds = NaN } = await ready;
    const computed = this.#processorTime() - before;
    return { worked: milliseconds, waited: performance.now() - started, computed };
  }

  #tell(method: string, params: object): Promise<void> {
    return this.#connection.sendNotification(method, params);
  }

  #ready(): Promise<StatusParams> {
    return new Promise((done, failed) => {
      this.#ended = failed;
      this.#heard = (status) => {
        if (status.state === 'ready') done(status);
        if (status.state === 'error') failed(new Error(status.message));
      };
    });
  }

  #listen(): void {
    this.#connection.onNotification('sagalint/status', (it: StatusParams) => this.#heard?.(it));
    this.#connection.onNotification('window/logMessage', ({ message }) => void this.logs.push(message));
    this.#connection.onNotification(
      'textDocument/publishDiagnostics',
      (it: PublishDiagnosticsParams) => void this.#shown.set(it.uri, it.diagnostics),
    );
    this.#connection.onRequest('client/registerCapability', () => null);
    this.#connection.onRequest('window/workDoneProgress/create', () => null);
    this.#connection.listen();
  }
}

function at({ start, end }: Diagnostic['range']): string {
  return `${start.line}:${start.character}-${end.line}:${end.character}`;
}

function uriOf(file: string): string {
  return String(pathToFileURL(file));
}
