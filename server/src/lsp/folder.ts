// One folder of the editor's workspace: its files, projects and configurations, linted together.
import type { Problem } from '../config/read.ts';
import { list, read } from '../disk.ts';
import { rules } from '../rules/rules.generated.ts';
import type { FilePath } from '../text.ts';
import { configsOf } from '../workspace/configs.ts';
import { fill, load } from '../workspace/load.ts';
import { Workspace, type Snapshot } from '../workspace/workspace.ts';

/** The unsaved text of a file that an editor has open, or undefined. */
export type OpenText = (file: FilePath) => string | undefined;

export class Folder {
  readonly root: FilePath;
  /** What is wrong in its configuration files. */
  problems: readonly Problem[] = [];
  /** Whether files came or went, or a configuration changed, since it was listed. */
  isStale = true;
  readonly #workspace = new Workspace(rules, configsOf([]));
  readonly #openText: OpenText;
  #sources: ReadonlySet<FilePath> = new Set();

  constructor(root: FilePath, openText: OpenText) {
    this.root = root;
    this.#openText = openText;
  }

  /** Whether a path lies in this folder. */
  contains(file: FilePath): boolean {
    return file.startsWith(`${this.root}/`);
  }

  /** Whether a file is one of those that are linted. */
  has(file: FilePath): boolean {
    return this.#sources.has(file);
  }

  /** Lists the folder and reads what it holds. Yields how many files are read and how many there are. */
  *index(): Generator<readonly [count: number, all: number]> {
    this.isStale = false;
    const loaded = load({ list, read }, [this.root], rules);
    this.#sources = new Set(loaded.sources);
    this.problems = loaded.problems;
    this.#workspace.setProjects(loaded.projects);
    this.#workspace.setConfig(configsOf(loaded.configs));
    for (const file of loaded.sources) this.#readOpen(file);
    yield [0, loaded.sources.length];
    const keep = (file: FilePath): boolean => this.#openText(file) !== undefined && this.has(file);
    for (const count of fill(this.#workspace, loaded.sources, { read, keep }))
      yield [count, loaded.sources.length];
  }

  /** Takes in the text of a file as it is now: the editor's, else the disk's. */
  refresh(file: FilePath): void {
    if (!this.has(file)) return;
    const text = this.#openText(file) ?? read(file);
    if (text === undefined) this.#workspace.removeFile(file);
    else this.#workspace.setText(file, text);
  }

  snapshot(): Snapshot {
    return this.#workspace.snapshot();
  }

  #readOpen(file: FilePath): void {
    const text = this.#openText(file);
    if (text !== undefined) this.#workspace.setText(file, text);
  }
}
