// The facts of all files, as those see them whose answers are kept: whatever they look at is noted.
import type { FileFacts } from '../../facts/facts.ts';
import type { FilePath } from '../../text.ts';
import type { Keeper } from './kept.ts';

/** A map that tells a keeper what is read of it. */
export class NotedFiles implements ReadonlyMap<FilePath, FileFacts> {
  readonly #files: ReadonlyMap<FilePath, FileFacts>;
  readonly #keeper: Keeper;

  constructor(files: ReadonlyMap<FilePath, FileFacts>, keeper: Keeper) {
    this.#files = files;
    this.#keeper = keeper;
  }

  get size(): number {
    return this.#all().size;
  }

  get(file: FilePath): FileFacts | undefined {
    this.#keeper.noteFile(file);
    return this.#files.get(file);
  }

  /** A file of which only its outline may be looked at: the names that it imports, exports and declares. */
  outlined(file: FilePath): FileFacts | undefined {
    this.#keeper.noteOutline(file);
    return this.#files.get(file);
  }

  has(file: FilePath): boolean {
    this.#keeper.noteFile(file);
    return this.#files.has(file);
  }

  keys(): MapIterator<FilePath> {
    return this.#all().keys();
  }

  values(): MapIterator<FileFacts> {
    return this.#all().values();
  }

  entries(): MapIterator<[FilePath, FileFacts]> {
    return this.#all().entries();
  }

  [Symbol.iterator](): MapIterator<[FilePath, FileFacts]> {
    return this.entries();
  }

  forEach(tell: (facts: FileFacts, file: FilePath, map: ReadonlyMap<FilePath, FileFacts>) => void): void {
    for (const [file, facts] of this.#all()) tell(facts, file, this);
  }

  #all(): ReadonlyMap<FilePath, FileFacts> {
    this.#keeper.noteEverything();
    return this.#files;
  }
}
