// The texts of all files as snapshots see them: a later one sees what was changed, and those before go on as they were.
import type { FilePath } from '../text.ts';
import { amended } from './amended.ts';

export class Texts {
  #shown: ReadonlyMap<FilePath, string> = new Map();
  readonly #put = new Map<FilePath, string>();
  readonly #removed = new Set<FilePath>();

  put(file: FilePath, text: string): void {
    this.#put.set(file, text);
    this.#removed.delete(file);
  }

  remove(file: FilePath): void {
    this.#put.delete(file);
    this.#removed.add(file);
  }

  /** As they are now, for good. */
  now(): ReadonlyMap<FilePath, string> {
    if (this.#removed.size > 0) {
      const left = new Map(this.#shown);
      for (const file of this.#removed) left.delete(file);
      this.#shown = left;
    }
    this.#shown = amended(this.#shown, this.#put);
    this.#removed.clear();
    this.#put.clear();
    return this.#shown;
  }
}
