// What the server keeps: folders and open texts. Changes are collected for a moment, then linted and published; long work is cut
// into slices, so that requests are answered in between.
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Diagnostic } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { read } from '../disk.ts';
import type { FilePath } from '../text.ts';
import type { Snapshot } from '../workspace/workspace.ts';
import { diagnosticOf, diagnosticOfProblem, pathOf, uriOf, type Shown } from './convert.ts';
import { Folder } from './folder.ts';
import type { StatusParams } from './protocol.ts';

/** Quiet time after an edit before it is linted, and how long a slice of indexing may take. In milliseconds. */
const pause = 60;
const slice = 20;

/** What a session tells the client. */
export interface Client {
  readonly publish: (uri: string, diagnostics: readonly Diagnostic[]) => void;
  readonly status: (status: StatusParams) => void;
  /** Shows how far the indexing is; `undefined` ends it. */
  readonly progress: (done: { readonly count: number; readonly all: number } | undefined) => void;
  readonly log: (message: string) => void;
}

export class Session {
  rulePages: string | undefined;
  readonly #client: Client;
  readonly #open = new Map<FilePath, TextDocument>();
  readonly #published = new Map<string, string>();
  readonly #logged = new Set<string>();
  #folders: readonly Folder[] = [];
  #isEnabled = true;
  #timer: NodeJS.Timeout | undefined;
  #isWorking = false;
  #isDirty = false;

  constructor(client: Client) {
    this.#client = client;
  }

  /** Sets the workspace's folders; those that stay keep what they know. */
  setFolders(roots: readonly FilePath[]): void {
    const openText = (file: FilePath): string | undefined => this.#open.get(file)?.getText();
    this.#folders = roots.map(
      (root) => this.#folders.find((it) => it.root === root) ?? new Folder(root, openText),
    );
    this.#schedule();
  }

  get roots(): readonly FilePath[] {
    return this.#folders.map((it) => it.root);
  }

  setEnabled(isEnabled: boolean): void {
    if (this.#isEnabled === isEnabled) return;
    this.#isEnabled = isEnabled;
    this.#schedule();
  }

  /** An editor opened a document or changed its text. */
  put(document: TextDocument): void {
    const file = pathOf(document.uri);
    if (file === undefined) return;
    this.#open.set(file, document);
    this.#refresh(file);
  }

  /** An editor closed a document: from now on the disk has its text. */
  close(document: TextDocument): void {
    const file = pathOf(document.uri);
    if (file === undefined) return;
    this.#open.delete(file);
    this.#refresh(file);
  }

  /** Files or folders changed on the disk. `isChange`: the file was there before and is there still. */
  changed(changes: readonly { readonly uri: string; readonly isChange: boolean }[]): void {
    for (const { uri, isChange } of changes) {
      const file = pathOf(uri);
      if (file === undefined || isOutside(file)) continue;
      const isSource = /\.[cm]?tsx?$/.test(file);
      for (const folder of this.#folders) {
        // A configuration above a folder holds in it too.
        const concerns = folder.contains(file) || folder.root === file || isConfigAbove(file, folder.root);
        if (concerns && (!isChange || !isSource)) folder.isStale = true;
      }
      if (isSource) this.#refresh(file);
    }
    this.#schedule();
  }

  /** The state of the folder that a file lies in, or undefined for one outside. */
  snapshotOf(file: FilePath): Snapshot | undefined {
    return this.#folderOf(file)?.snapshot();
  }

  /** The text of a file as the editor has it, else as the disk has it. */
  textOf(file: FilePath): string | undefined {
    return this.#open.get(file)?.getText() ?? read(file);
  }

  /** The URI of a file, in the client's own spelling where it has the file open. */
  uriOf(file: FilePath): string {
    return this.#open.get(file)?.uri ?? uriOf(file);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#folders = [];
  }

  /** The innermost one, where folders lie in each other. */
  #folderOf(file: FilePath): Folder | undefined {
    const around = this.#folders.filter((it) => it.contains(file));
    return around.toSorted((a, b) => b.root.length - a.root.length)[0];
  }

  #refresh(file: FilePath): void {
    for (const folder of this.#folders) folder.refresh(file);
    this.#schedule();
  }

  #schedule(): void {
    this.#isDirty = true;
    if (this.#isWorking) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#work(), pause);
  }

  /** Works until nothing is left to do; what arrives meanwhile is done in the next round. */
  async #work(): Promise<void> {
    this.#isWorking = true;
    try {
      while (this.#isDirty) {
        this.#isDirty = false;
        for (const folder of this.#folders) if (folder.isStale && this.#isEnabled) await this.#index(folder);
        this.#publishAll();
      }
    } catch (error) {
      const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.#client.log(`sagalint failed, which is a defect of sagalint: ${message}`);
      this.#client.status({ state: 'error', files: 0, findings: 0, unread: 0, message });
    } finally {
      this.#isWorking = false;
    }
  }

  async #index(folder: Folder): Promise<void> {
    this.#client.status({ state: 'indexing', files: 0, findings: 0, unread: 0 });
    let until = performance.now() + slice;
    let isFirst = true;
    try {
      for (const [count, all] of folder.index()) {
        // The open files come first: what they say by themselves is shown before the rest is read.
        if (isFirst && this.#open.size > 0) this.#publishAll();
        isFirst = false;
        if (performance.now() < until) continue;
        this.#client.progress({ count, all });
        await nextTurn();
        until = performance.now() + slice;
      }
    } finally {
      this.#client.progress(undefined);
    }
  }

  #publishAll(): void {
    const wanted = new Map<string, readonly Diagnostic[]>();
    let [files, findings, unread] = [0, 0, 0];
    for (const folder of this.#isEnabled ? this.#folders : []) {
      const snapshot = folder.snapshot();
      files += snapshot.files;
      findings += snapshot.findings.length;
      unread += snapshot.model.unread.length;
      for (const [uri, list] of this.#diagnosticsOf(folder, snapshot))
        wanted.set(uri, [...(wanted.get(uri) ?? []), ...list]);
      this.#logFailures(snapshot);
    }
    this.#publish(wanted);
    const isIndexed = this.#folders.every((it) => !it.isStale);
    if (isIndexed) this.#client.status({ state: 'ready', files, findings, unread });
  }

  /** Where folders lie in each other, the innermost tells of a file. */
  *#diagnosticsOf(folder: Folder, snapshot: Snapshot): Iterable<readonly [string, readonly Diagnostic[]]> {
    const shown: Shown = {
      textOf: snapshot.textOf,
      uriOf: (it) => this.uriOf(it),
      rulePages: this.rulePages,
    };
    for (const [file, list] of snapshot.findingsOf) {
      if (this.#folderOf(file) === folder)
        yield [this.uriOf(file), list.map((it) => diagnosticOf(it, shown))];
    }
    for (const it of folder.problems)
      yield [this.uriOf(it.file), [diagnosticOfProblem(it, this.textOf(it.file) ?? '')]];
  }

  /** Sends what differs from what the client has. */
  #publish(wanted: ReadonlyMap<string, readonly Diagnostic[]>): void {
    for (const uri of [...this.#published.keys()]) {
      if (wanted.has(uri)) continue;
      this.#published.delete(uri);
      this.#client.publish(uri, []);
    }
    for (const [uri, diagnostics] of wanted) {
      const text = JSON.stringify(diagnostics);
      if (this.#published.get(uri) === text) continue;
      this.#published.set(uri, text);
      this.#client.publish(uri, diagnostics);
    }
  }

  /** A rule or file that failed is told once. */
  #logFailures({ failures }: Snapshot): void {
    for (const it of failures) {
      const message = `${'ruleId' in it ? `The rule ${it.ruleId}` : it.file} failed, which is a defect of sagalint: ${it.message}`;
      if (this.#logged.has(message)) continue;
      this.#logged.add(message);
      this.#client.log(message);
    }
  }
}

function isOutside(file: FilePath): boolean {
  return /\/(node_modules|\.git)\//.test(file);
}

function isConfigAbove(file: FilePath, root: FilePath): boolean {
  const folder = file.slice(0, file.lastIndexOf('/') + 1);
  return /\/(sagalint\.config|package)\.json$/.test(file) && root.startsWith(folder);
}
