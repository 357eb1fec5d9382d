// What the server keeps: folders and open texts. Changes are collected for a moment, then linted and published; long work is cut
// into slices, so that requests are answered in between.
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Diagnostic } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { read } from '../disk.ts';
import { unnamedSites } from '../model/events/sites.ts';
import type { FilePath } from '../text.ts';
import { skippedIn } from '../workspace/skipped.ts';
import type { Snapshot } from '../workspace/snapshot.ts';
import { pathOf, uriOf } from './convert.ts';
import { areShown, diagnosticsOf, nothingMade, type Source } from './diagnostics.ts';
import type { Encoding } from './encoding.ts';
import { decides, Folder, type Progress } from './folder.ts';
import type { StatusParams } from './protocol.ts';

/** Quiet time after an edit before it is linted: as long as the last round took, within these bounds. In milliseconds. */
const pause = { least: 40, most: 500 };
/** How long other work waits for a slice of ours. In milliseconds. */
const slice = 20;

/** What a session tells the client. */
export interface Client {
  readonly publish: (uri: string, version: number | undefined, diagnostics: readonly Diagnostic[]) => void;
  readonly status: (status: StatusParams) => void;
  /** Shows how far the indexing is; `undefined` ends it. */
  readonly progress: (done: Progress | undefined) => void;
  readonly log: (message: string) => void;
}

export interface DiskChange {
  readonly uri: string;
  readonly kind: 'created' | 'changed' | 'deleted';
}

export class Session {
  /** With a rule's id behind it: the address of its page in the client. */
  rulePages: string | undefined;
  /** How the client counts columns. */
  encoding: Encoding = 'utf-16';
  /** Nobody tells of changes on the disk: what an editor opens or saves may be new. */
  isUnwatched = false;
  readonly #client: Client;
  readonly #open = new Map<FilePath, TextDocument>();
  readonly #published = new Map<string, readonly Diagnostic[]>();
  readonly #made = nothingMade();
  readonly #logged = new Set<string>();
  #folders: readonly Folder[] = [];
  #isEnabled = true;
  #timer: NodeJS.Timeout | undefined;
  #isWorking = false;
  #isDirty = false;
  #cost = 0;
  #roundStart = 0;

  constructor(client: Client) {
    this.#client = client;
  }

  /** Sets the workspace's folders; those that stay keep what they know. */
  setFolders(roots: readonly FilePath[]): void {
    const openText = (file: FilePath): string | undefined => this.#open.get(file)?.getText();
    this.#folders = [...new Set(roots)].map(
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
    const isOpened = !this.#open.has(file);
    this.#open.set(file, document);
    if (isOpened) this.#notice(file);
    this.#refresh(file);
  }

  /** An editor wrote a document to the disk. */
  saved(document: TextDocument): void {
    const file = pathOf(document.uri);
    if (file === undefined || !this.isUnwatched) return;
    this.#notice(file);
    this.#schedule();
  }

  /** An editor closed a document: from now on the disk has its text. */
  close(document: TextDocument): void {
    const file = pathOf(document.uri);
    if (file === undefined) return;
    this.#open.delete(file);
    this.#made.texts.clear();
    this.#refresh(file);
  }

  /** Files or folders changed on the disk. */
  changed(changes: readonly DiskChange[]): void {
    for (const { uri, kind } of changes) {
      const file = pathOf(uri)?.replace(/\/$/, '');
      if (file === undefined || isOutside(file)) continue;
      for (const folder of this.#folders) takeIn(folder, file, kind);
    }
    this.#schedule();
  }

  /** The state of the folder that a file lies in; undefined for one outside, or while that is not known. */
  snapshotOf(file: FilePath): Snapshot | undefined {
    return this.#isEnabled ? this.#folderOf(file)?.snapshotOf(file) : undefined;
  }

  /** The text of a file as the editor has it, else as the disk has it. */
  textOf(file: FilePath): string | undefined {
    return this.#open.get(file)?.getText() ?? read(file);
  }

  /** The URI of a file, in the client's own spelling where it has the file open. */
  uriOf(file: FilePath): string {
    return this.#open.get(file)?.uri ?? uriOf(file);
  }

  /** The version of an open document. */
  versionOf(file: FilePath): number | undefined {
    return this.#open.get(file)?.version;
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#isDirty = false;
    this.#folders = [];
    this.#published.clear();
  }

  /** The innermost one, where folders lie in each other. */
  #folderOf(file: FilePath): Folder | undefined {
    let found: Folder | undefined;
    for (const it of this.#folders) if (it.contains(file) && it.isWithin(found)) found = it;
    return found;
  }

  #notice(file: FilePath): void {
    this.#made.texts.clear(); // The client may spell the file in another way from now on.
    if (this.isUnwatched) this.#folderOf(file)?.notice(file);
  }

  #refresh(file: FilePath): void {
    for (const folder of this.#folders) folder.refresh(file);
    this.#schedule();
  }

  #schedule(): void {
    this.#isDirty = true;
    if (this.#isWorking) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(
      () => void this.#work(),
      Math.min(Math.max(this.#cost, pause.least), pause.most),
    );
  }

  /** One round; what arrives meanwhile is done in the next. */
  async #work(): Promise<void> {
    this.#isWorking = true;
    this.#isDirty = false;
    this.#roundStart = performance.now();
    try {
      for (const folder of this.#isEnabled ? this.#folders : []) await this.#catchUp(folder);
      const started = performance.now();
      this.#publishAll();
      this.#cost = performance.now() - started;
    } catch (error) {
      const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.#client.log(`sagalint failed, which is a defect of sagalint: ${message}`);
      this.#client.status({ state: 'error', files: 0, findings: 0, unread: 0, message });
    } finally {
      this.#isWorking = false;
    }
    if (this.#isDirty) this.#schedule();
  }

  async #catchUp(folder: Folder): Promise<void> {
    const isIndexing = folder.isStale;
    let shown = 0;
    if (isIndexing) this.#client.status({ state: 'indexing', files: 0, findings: 0, unread: 0 });
    let until = performance.now() + slice;
    try {
      for (const progress of folder.catchUp()) {
        // The open files come first, also those that are opened while the rest is read.
        if (folder.isCold && this.#open.size > shown) this.#publishOwn(folder);
        shown = this.#open.size;
        if (performance.now() < until) continue;
        if (isIndexing) this.#client.progress(progress);
        await nextTurn();
        until = performance.now() + slice;
      }
    } finally {
      this.#client.progress(undefined);
    }
  }

  /** Shows what the open files of a folder say by themselves. */
  #publishOwn(folder: Folder): void {
    if (!this.#isEnabled) return;
    const own = this.#diagnosticsOf([this.#sourceOf(folder, folder.ownSnapshot())]);
    for (const [uri, diagnostics] of own) this.#send(uri, diagnostics);
  }

  #sourceOf(folder: Folder, snapshot: Snapshot): Source {
    return { folder, snapshot, tellsOf: (file) => this.#folderOf(file) === folder };
  }

  #diagnosticsOf(sources: readonly Source[]): ReadonlyMap<string, readonly Diagnostic[]> {
    const { rulePages, encoding } = this;
    return diagnosticsOf(sources, {
      uriOf: (it) => this.uriOf(it),
      textOf: (it) => this.textOf(it),
      rulePages,
      encoding,
      made: this.#made,
    });
  }

  #publishAll(): void {
    const folders = this.#isEnabled ? this.#folders : [];
    const sources = folders.map((folder) => this.#sourceOf(folder, folder.snapshot()));
    this.#publish(this.#diagnosticsOf(sources));
    const snapshots = sources.map((it) => it.snapshot);
    for (const it of snapshots) this.#logFailures(it);
    // A folder that became stale meanwhile is read in the next round, and told of there.
    if (folders.some((it) => it.isStale || it.isBusy)) return;
    this.#client.status({
      state: 'ready',
      files: sum(snapshots.map((it) => it.files)),
      findings: sum(snapshots.map((it) => it.findings.length)),
      unread: sum(snapshots.map((it) => unnamedSites(it.model).length)),
      milliseconds: performance.now() - this.#roundStart,
    });
  }

  /** Sends what differs from what the client has. */
  #publish(wanted: ReadonlyMap<string, readonly Diagnostic[]>): void {
    const gone = [...this.#published.keys()].filter((it) => !wanted.has(it));
    for (const uri of gone) {
      this.#published.delete(uri);
      this.#client.publish(uri, undefined, []);
    }
    for (const [uri, diagnostics] of wanted) this.#send(uri, diagnostics);
  }

  #send(uri: string, diagnostics: readonly Diagnostic[]): void {
    const before = this.#published.get(uri);
    this.#published.set(uri, diagnostics);
    if (before && areShown(before, diagnostics)) return;
    this.#client.publish(uri, this.versionOf(pathOf(uri) ?? ''), diagnostics);
  }

  /** A rule or file that failed, or a file that was skipped, is told once. */
  #logFailures(snapshot: Snapshot): void {
    const failed = snapshot.failures.map((it) => {
      const what = 'ruleId' in it ? `The rule ${it.ruleId}` : it.file;
      return `${what} failed, which is a defect of sagalint: ${it.message}`;
    });
    const skipped = skippedIn(snapshot).map((it) => `${it.file} was skipped. ${it.reason}`);
    for (const message of [...failed, ...skipped]) {
      if (this.#logged.has(message)) continue;
      this.#logged.add(message);
      this.#client.log(message);
    }
  }
}

function takeIn(folder: Folder, path: FilePath, kind: DiskChange['kind']): void {
  if (folder.root === path || isAbove(path, folder.root)) folder.isStale = true;
  else if (!folder.contains(path)) return;
  else if (kind === 'created') folder.add(path);
  else if (kind === 'changed') folder.change(path);
  else folder.remove(path);
}

function isOutside(file: FilePath): boolean {
  return /\/(node_modules|\.git)\//.test(file);
}

/** What decides over the files of a folder may lie above it. */
function isAbove(file: FilePath, root: FilePath): boolean {
  return decides(file) && root.startsWith(file.slice(0, file.lastIndexOf('/') + 1));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, it) => all + it, 0);
}
