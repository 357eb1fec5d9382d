// One folder of the editor's workspace: its files, projects and configurations, linted together.
import type { Problem } from '../config/read.ts';
import { kindOf, list, read } from '../disk.ts';
import type { ProjectFacts } from '../facts/project.ts';
import { rules } from '../rules/rules.generated.ts';
import type { FilePath } from '../text.ts';
import { configsOf } from '../workspace/configs.ts';
import { fill, load } from '../workspace/load.ts';
import type { Snapshot } from '../workspace/snapshot.ts';
import { Workspace } from '../workspace/workspace.ts';

/** The unsaved text of a file that an editor has open, or undefined. */
export type OpenText = (file: FilePath) => string | undefined;

export interface Progress {
  readonly count: number;
  readonly all: number;
}

export class Folder {
  readonly root: FilePath;
  /** What is wrong in its configuration files. */
  problems: readonly Problem[] = [];
  /** Whether it was not listed yet, or files came, or a configuration changed. */
  isStale = true;
  readonly #workspace = new Workspace(rules, configsOf([]));
  #projects: readonly ProjectFacts[] = [];
  #config = configsOf([]);
  readonly #openText: OpenText;
  readonly #unlisted = new Set<FilePath>();
  #sources = new Set<FilePath>();
  #isBusy = false;
  #isFilled = false;
  #last: Snapshot | undefined;

  constructor(root: FilePath, openText: OpenText) {
    this.root = root;
    this.#workspace.isEdited = true;
    this.#openText = openText;
  }

  /** Whether a path lies in this folder. */
  contains(file: FilePath): boolean {
    return file.startsWith(`${this.root}/`);
  }

  /** Whether it lies in another one, if there is one: of two around a file the inner tells of it. */
  isWithin(other: Folder | undefined): boolean {
    return other === undefined || other.contains(this.root);
  }

  /** Whether its files were never read to the end. */
  get isCold(): boolean {
    return !this.#isFilled;
  }

  /** Whether a run of `catchUp` is under way. */
  get isBusy(): boolean {
    return this.#isBusy;
  }

  /** Does what the next snapshot needs, step by step. Only one such run at a time. */
  *catchUp(): Generator<Progress> {
    this.#isBusy = true;
    try {
      if (this.isStale) yield* this.#index();
      const all = this.#sources.size;
      for (const _ of this.#workspace.extractAhead()) yield { count: all, all };
    } finally {
      this.#isBusy = false;
    }
  }

  /** Takes in the text of a file as it is now: the editor's, else the disk's. */
  refresh(file: FilePath): void {
    if (!this.#sources.has(file)) return;
    const text = this.#openText(file) ?? read(file);
    if (text === undefined) this.#workspace.removeFile(file);
    else this.#workspace.setText(file, text);
  }

  /** A file or folder is gone from the disk. An editor may still show it; it is no part of this folder any more. */
  remove(path: FilePath): void {
    if (this.#sources.has(path)) {
      if (kindOf(path) === 'file') return this.refresh(path);
      this.#sources.delete(path);
      this.#workspace.removeFile(path);
    } else if (decides(path) || [...this.#sources].some((it) => it.startsWith(`${path}/`)))
      this.isStale = true;
  }

  /** A file or folder has come. */
  add(path: FilePath): void {
    if (this.#sources.has(path)) this.refresh(path);
    else if (isSource(path) || decides(path) || kindOf(path) === 'folder') this.isStale = true;
  }

  /** A file was written. */
  change(file: FilePath): void {
    if (decides(file)) this.isStale = true;
    else this.refresh(file);
  }

  /** An editor shows or saved a file: one that was not listed is looked for, once. */
  notice(file: FilePath): void {
    if (!isSource(file) || this.#sources.has(file) || this.#unlisted.has(file)) return;
    if (kindOf(file) !== 'file') return;
    this.#unlisted.add(file);
    this.isStale = true;
  }

  /** What holds now. */
  snapshot(): Snapshot {
    return (this.#last = this.#workspace.snapshot());
  }

  /** What the open files say by themselves, whatever was read of the others: no more is extracted for it. */
  ownSnapshot(): Snapshot {
    const own = new Workspace(rules, this.#config);
    own.setProjects(this.#projects);
    for (const file of this.#sources) {
      const text = this.#openText(file);
      if (text !== undefined) own.setText(file, text);
    }
    return own.snapshot();
  }

  /** What holds for a file. While much is read, the last answer serves where the file is still the same, and else there is none. */
  snapshotOf(file: FilePath): Snapshot | undefined {
    if (!this.#isBusy) return this.snapshot();
    const text = this.#openText(file) ?? read(file);
    return this.#last?.textOf(file) === text ? this.#last : undefined;
  }

  *#index(): Generator<Progress> {
    this.isStale = false;
    const loaded = load({ list, read }, [this.root], rules);
    this.#sources = new Set(loaded.sources);
    this.problems = loaded.problems;
    this.#projects = loaded.projects;
    this.#config = configsOf(loaded.configs);
    this.#workspace.setProjects(this.#projects);
    this.#workspace.setConfig(this.#config);
    for (const file of loaded.sources) if (this.#openText(file) !== undefined) this.refresh(file);
    const all = loaded.sources.length;
    yield { count: 0, all };
    const keep = (file: FilePath): boolean => this.#openText(file) !== undefined && this.#sources.has(file);
    for (const count of fill(this.#workspace, loaded.sources, { read, keep })) yield { count, all };
    this.#isFilled = true;
  }
}

function isSource(file: FilePath): boolean {
  return /\.[cm]?tsx?$/.test(file);
}

/** Whether a file decides over others: which are listed, how they are linted, what their imports mean. */
export function decides(file: FilePath): boolean {
  return /\/(sagalint\.config\.json|package\.json|project\.json|tsconfig[^/]*\.json|\.gitignore)$/.test(file);
}
