// A small editor: a real client of the protocol that starts the server as a program and talks with it over stdio.
import { spawn, type ChildProcess } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { onTestFinished } from 'vitest';
import { TextDocument } from 'vscode-languageserver-textdocument';
import {
  createMessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
  type CodeAction,
  type Diagnostic,
  type Hover,
  type InitializeParams,
  type InitializeResult,
  type MessageConnection,
  type Position,
  type PublishDiagnosticsParams,
  type Range,
} from 'vscode-languageserver-protocol/node';
import type { StatusParams } from '../../server/src/lsp/protocol.ts';
import { editedBy } from './edited.ts';

const checkout = fileURLToPath(new URL('../..', import.meta.url));

/** The ways in which the server is started: from its sources, as the built command, and by the extension. */
export const programs = {
  sources: join(checkout, 'server/src/cli/main.ts'),
  built: join(checkout, 'bin/sagalint.cjs'),
  extension: join(checkout, 'dist/server.cjs'),
} as const;

/** A folder with these files, gone after the test. */
export function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'sagalint lsp ')));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) write(join(folder, path), text);
  return folder;
}

/** A copy of a folder of the checkout, gone after the test. */
export function copyOf(path: string): string {
  const folder = folderOf({});
  cpSync(join(checkout, path), folder, {
    recursive: true,
    filter: (source) => !source.includes('node_modules'),
  });
  return folder;
}

export function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

export interface ClientOptions {
  readonly program?: string;
  readonly capabilities?: InitializeParams['capabilities'];
  readonly options?: unknown;
  /** Documents that the editor shows before it says that it is initialized. */
  readonly open?: readonly string[];
  /** What the server's environment has besides the test's. */
  readonly env?: NodeJS.ProcessEnv;
}

/** What VS Code can do, as far as the server asks for it. */
export const able: InitializeParams['capabilities'] = {
  general: { positionEncodings: ['utf-16'] },
  window: { workDoneProgress: true },
  workspace: {
    workspaceEdit: { documentChanges: true, resourceOperations: ['create', 'rename', 'delete'] },
    workspaceFolders: true,
    didChangeWatchedFiles: { dynamicRegistration: true },
  },
  textDocument: {
    hover: { contentFormat: ['markdown', 'plaintext'] },
    codeAction: { dataSupport: true, resolveSupport: { properties: ['edit'] } },
  },
};

export class Client {
  readonly connection: MessageConnection;
  readonly process: ChildProcess;
  readonly exit: Promise<number | null>;
  readonly published: PublishDiagnosticsParams[] = [];
  readonly statuses: StatusParams[] = [];
  readonly logs: string[] = [];
  readonly registered: unknown[] = [];
  readonly progress: unknown[] = [];
  answer: InitializeResult | undefined;
  readonly #documents = new Map<string, TextDocument>();
  readonly #waiting = new Set<() => void>();

  constructor(program: string, env: NodeJS.ProcessEnv = {}) {
    this.process = spawn(process.execPath, [program, 'lsp', '--stdio'], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
    });
    const { stdin, stdout, stderr } = this.process;
    if (!stdin || !stdout || !stderr) throw new Error('The server has no pipes.');
    stderr.on('data', (data) => this.logs.push(String(data)));
    this.exit = new Promise((done) => this.process.on('exit', done));
    this.connection = createMessageConnection(
      new StreamMessageReader(stdout),
      new StreamMessageWriter(stdin),
    );
    this.#listen();
  }

  /** Starts a server on folders and waits until it has linted them. It ends with the test. */
  static async start(folders: readonly string[], options: ClientOptions = {}): Promise<Client> {
    const client = new Client(options.program ?? programs.sources, options.env);
    onTestFinished(async () => {
      client.connection.dispose();
      client.process.kill();
      await client.exit;
    });
    await client.initialize(folders, options);
    await client.ready();
    return client;
  }

  async initialize(
    folders: readonly string[],
    { capabilities, options, open }: ClientOptions,
  ): Promise<void> {
    const ended = this.exit.then((status) => {
      throw new Error(`The server ended with status ${status}.\n${this.logs.join('\n')}`);
    });
    const asked: Promise<InitializeResult> = this.connection.sendRequest('initialize', {
      processId: process.pid,
      rootUri: null,
      capabilities: capabilities ?? able,
      workspaceFolders: folders.map((it) => ({ uri: uriOf(it), name: it })),
      initializationOptions: options,
    });
    this.answer = await Promise.race([asked, ended]);
    ended.catch(() => undefined);
    for (const it of open ?? []) await this.open(it);
    await this.connection.sendNotification('initialized', {});
  }

  /** The diagnostics that a file has now. */
  diagnosticsOf(file: string): readonly Diagnostic[] {
    return this.published.findLast((it) => pathOf(it.uri) === file)?.diagnostics ?? [];
  }

  /** The rules of all diagnostics by path below a folder, for files that have any. */
  rulesIn(folder: string): Readonly<Record<string, readonly unknown[]>> {
    const shown = this.shownIn(folder);
    return Object.fromEntries(shown.map(([path, all]) => [path, all.map(({ code }) => code)]));
  }

  /** All diagnostics by path below a folder, for files that have any. */
  shownIn(folder: string): readonly (readonly [path: string, readonly Diagnostic[]])[] {
    const published = this.published.map((it) => pathOf(it.uri)).filter((it) => it.startsWith(`${folder}/`));
    const files = [...new Set(published)].sort();
    const shown = files.map((it) => [it.slice(folder.length + 1), this.diagnosticsOf(it)] as const);
    return shown.filter(([, all]) => all.length > 0);
  }

  /** Waits until a condition holds; it is looked at with each message of the server. */
  async until(condition: () => boolean, what: string): Promise<void> {
    const started = performance.now();
    while (!condition()) {
      if (performance.now() - started > 30_000)
        throw new Error(`Waited in vain until ${what}.\n${this.logs.join('\n')}`);
      await new Promise<void>((done) => {
        const timer = setTimeout(done, 500);
        this.#waiting.add(() => (clearTimeout(timer), done()));
      });
    }
  }

  /** Waits until the server has linted what is there. */
  ready(): Promise<void> {
    return this.until(() => this.statuses.at(-1)?.state === 'ready', 'the server is ready');
  }

  /** Does something and waits until the server has linted the outcome. */
  async after(change: () => void | Promise<void>): Promise<void> {
    const before = this.statuses.length;
    await change();
    const isDone = (): boolean => this.statuses.slice(before).some((it) => it.state === 'ready');
    await this.until(isDone, 'the server has taken in a change');
  }

  async open(file: string, text = readFileSync(file, 'utf8')): Promise<void> {
    const document = TextDocument.create(uriOf(file), 'typescript', 1, text);
    this.#documents.set(file, document);
    const { uri, languageId, version } = document;
    await this.connection.sendNotification('textDocument/didOpen', {
      textDocument: { uri, languageId, version, text },
    });
  }

  /** Replaces a range of an open document, or all of it, without saving. */
  async type(file: string, text: string, range?: Range): Promise<void> {
    const document = this.#document(file);
    const contentChanges = [range ? { range, text } : { text }];
    TextDocument.update(document, contentChanges, document.version + 1);
    const { uri, version } = document;
    await this.connection.sendNotification('textDocument/didChange', {
      textDocument: { uri, version },
      contentChanges,
    });
  }

  async close(file: string): Promise<void> {
    this.#documents.delete(file);
    await this.connection.sendNotification('textDocument/didClose', { textDocument: { uri: uriOf(file) } });
  }

  textOf(file: string): string {
    return this.#documents.get(file)?.getText() ?? readFileSync(file, 'utf8');
  }

  /** Tells of folders that were opened or closed. */
  changeFolders(added: readonly string[], removed: readonly string[]): Promise<void> {
    const folders = (paths: readonly string[]) => paths.map((it) => ({ uri: uriOf(it), name: it }));
    return this.connection.sendNotification('workspace/didChangeWorkspaceFolders', {
      event: { added: folders(added), removed: folders(removed) },
    });
  }

  /** Tells of changes on the disk: 1 created, 2 changed, 3 deleted. */
  watched(...changes: readonly (readonly [file: string, type: 1 | 2 | 3])[]): Promise<void> {
    return this.connection.sendNotification('workspace/didChangeWatchedFiles', {
      changes: changes.map(([file, type]) => ({ uri: uriOf(file), type })),
    });
  }

  /** The code actions for a diagnostic, as the editor's light bulb asks for them. */
  actionsFor(file: string, diagnostic: Diagnostic, only?: readonly string[]): Promise<CodeAction[]> {
    return this.connection.sendRequest('textDocument/codeAction', {
      textDocument: { uri: uriOf(file) },
      range: diagnostic.range,
      context: { diagnostics: [diagnostic], ...(only ? { only } : {}) },
    });
  }

  /** What the editor is told of a position. */
  hoverAt(file: string, position: Position): Promise<Hover | null> {
    return this.connection.sendRequest('textDocument/hover', {
      textDocument: { uri: uriOf(file) },
      position,
    });
  }

  resolve(action: CodeAction): Promise<CodeAction> {
    return this.connection.sendRequest('codeAction/resolve', action);
  }

  /** Resolves an action and applies its edits, as an editor does: to open documents unsaved, to others on the disk. */
  async apply(action: CodeAction): Promise<void> {
    const { edit } = action.edit ? action : await this.resolve(action);
    if (!edit) throw new Error(`“${action.title}” changes nothing.`);
    for (const [file, text] of editedBy(edit, (it) => this.textOf(it))) {
      if (this.#documents.has(file)) await this.type(file, text);
      else {
        write(file, text);
        await this.watched([file, 1]);
      }
    }
  }

  #document(file: string): TextDocument {
    const document = this.#documents.get(file);
    if (!document) throw new Error(`${file} is not open.`);
    return document;
  }

  #listen(): void {
    const hear = <Params>(method: string, take: (params: Params) => void): void => {
      this.connection.onNotification(method, (params: Params) => {
        take(params);
        for (const it of this.#waiting) it();
        this.#waiting.clear();
      });
    };
    hear<PublishDiagnosticsParams>('textDocument/publishDiagnostics', (it) => this.published.push(it));
    hear<StatusParams>('sagalint/status', (it) => this.statuses.push(it));
    hear<{ message: string }>('window/logMessage', ({ message }) => this.logs.push(message));
    hear<{ value: unknown }>('$/progress', ({ value }) => this.progress.push(value));
    this.connection.onRequest('client/registerCapability', (params) => void this.registered.push(params));
    this.connection.onRequest('window/workDoneProgress/create', () => null);
    this.connection.onError(() => undefined);
    this.connection.listen();
  }
}

export function uriOf(file: string): string {
  return pathToFileURL(file).href;
}

function pathOf(uri: string): string {
  return fileURLToPath(uri);
}
