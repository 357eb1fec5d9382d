// An editor that only measures: starts the server as the extension does, and tells how long it took to answer.
import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import {
  createMessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
  type MessageConnection,
} from 'vscode-languageserver-protocol/node';
import type { StatusParams } from '../../server/src/lsp/protocol.ts';

const program = fileURLToPath(new URL('../../dist/server.cjs', import.meta.url));

export class Editor {
  readonly process: ChildProcess;
  /** When the first diagnostics of a file came, since the start, in milliseconds. */
  readonly firstAt = new Map<string, number>();
  readonly #connection: MessageConnection;
  readonly #started = performance.now();
  readonly #texts = new Map<string, { text: string; version: number }>();
  #heard: ((status: StatusParams) => void) | undefined;

  constructor() {
    const args = ['--max-semi-space-size=8', program, '--stdio'];
    this.process = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    const { stdin, stdout } = this.process;
    if (!stdin || !stdout) throw new Error('The server has no pipes.');
    this.#connection = createMessageConnection(
      new StreamMessageReader(stdout),
      new StreamMessageWriter(stdin),
    );
    this.#connection.onNotification('textDocument/publishDiagnostics', ({ uri }: { uri: string }) => {
      if (!this.firstAt.has(uri)) this.firstAt.set(uri, this.#sinceStart());
    });
    this.#connection.onNotification('sagalint/status', (it: StatusParams) => this.#heard?.(it));
    this.#connection.onRequest('client/registerCapability', () => null);
    this.#connection.onRequest('window/workDoneProgress/create', () => null);
    this.#connection.onNotification('window/logMessage', ({ message }) => console.error(message));
    this.#connection.listen();
  }

  /** Starts on a folder with one file open; gives the time until the whole workspace is linted. */
  async start(root: string, file: string): Promise<number> {
    const rootUri = String(pathToFileURL(root));
    const workspaceFolders = [{ uri: rootUri, name: 'bench' }];
    const given = { processId: process.pid, rootUri, workspaceFolders, capabilities: {} };
    await this.#connection.sendRequest('initialize', given);
    await this.#connection.sendNotification('initialized', {});
    const ready = this.#ready();
    await this.open(file);
    await ready;
    return this.#sinceStart();
  }

  async open(file: string): Promise<void> {
    if (this.#texts.has(file)) return;
    const text = readFileSync(file, 'utf8');
    this.#texts.set(file, { text, version: 1 });
    const textDocument = { uri: String(pathToFileURL(file)), languageId: 'typescript', version: 1, text };
    await this.#connection.sendNotification('textDocument/didOpen', { textDocument });
  }

  /** Opens a file and waits until it is linted. */
  async opened(file: string): Promise<string> {
    if (!this.#texts.has(file)) {
      const ready = this.#ready();
      await this.open(file);
      await ready;
    }
    return this.textOf(file);
  }

  textOf(file: string): string {
    return this.#texts.get(file)?.text ?? '';
  }

  /** Changes a text; gives how long the server worked on it, and how long the editor waited. */
  async change(file: string, text: string): Promise<{ worked: number; waited: number }> {
    const version = (this.#texts.get(file)?.version ?? 0) + 1;
    this.#texts.set(file, { text, version });
    const ready = this.#ready();
    const started = performance.now();
    await this.#connection.sendNotification('textDocument/didChange', {
      textDocument: { uri: String(pathToFileURL(file)), version },
      contentChanges: [{ text }],
    });
    const { milliseconds = NaN } = await ready;
    return { worked: milliseconds, waited: performance.now() - started };
  }

  /** Milliseconds that a request about a place in a file takes. */
  async asked(method: string, file: string, more: object): Promise<number> {
    const started = performance.now();
    await this.#connection.sendRequest(method, {
      textDocument: { uri: String(pathToFileURL(file)) },
      ...more,
    });
    return performance.now() - started;
  }

  async stop(): Promise<void> {
    const ended = new Promise((done) => this.process.on('exit', done));
    this.#connection.dispose();
    this.process.kill();
    await ended;
  }

  #ready(): Promise<StatusParams> {
    return new Promise((done) => {
      this.#heard = (status) => {
        if (status.state === 'ready') done(status);
      };
    });
  }

  #sinceStart(): number {
    return performance.now() - this.#started;
  }
}
