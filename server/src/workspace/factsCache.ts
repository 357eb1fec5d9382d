// Facts that were extracted before, by the content of their file. One text holds them all: a line with the build's digest, then a
// line for each file: the key, a checksum, the facts. A line is only taken apart when its file is asked for.
import { createHash } from 'node:crypto';
import { decodeFacts, encodeFacts } from '../facts/codec.ts';
import type { FileFacts } from '../facts/facts.ts';
import type { FilePath } from '../text.ts';

/** Where a workspace finds facts and puts new ones. */
export interface FactsStore {
  readonly find: (file: FilePath, text: string) => FileFacts | undefined;
  readonly keep: (file: FilePath, text: string, facts: FileFacts) => void;
}

export class FactsCache implements FactsStore {
  readonly #digest: string;
  readonly #lines = new Map<string, string>();
  /** Those of this run: the rest is of texts that are no more. */
  readonly #used = new Map<string, string>();
  readonly #fresh: { readonly file: FilePath; readonly text: string; readonly facts: FileFacts }[] = [];

  /** Reads what an earlier run left; anything else than that is as good as nothing. */
  constructor(text: string | undefined, digest: string) {
    this.#digest = digest;
    if (text === undefined || !text.startsWith(`${digest}\n`)) return;
    for (let start = digest.length + 1; start < text.length;) {
      const end = text.indexOf('\n', start);
      if (end < 0) break;
      this.#lines.set(text.slice(start, start + keyLength), text.slice(start + keyLength, end));
      start = end + 1;
    }
  }

  /** Whether anything of an earlier run was taken. */
  get isUsed(): boolean {
    return this.#used.size > 0;
  }

  /** A cache of the same build in which nothing is. */
  emptied(): FactsCache {
    return new FactsCache(undefined, this.#digest);
  }

  /** Whether something was added since it was read. */
  get isChanged(): boolean {
    return this.#fresh.length > 0;
  }

  find(file: FilePath, text: string): FileFacts | undefined {
    if (this.#lines.size === 0) return undefined;
    const key = keyOf(file, text);
    const line = this.#lines.get(key);
    if (line === undefined) return undefined;
    const json = line.slice(keyLength);
    const facts = line.startsWith(checksum(json)) ? decodeFacts(json, file) : undefined;
    if (facts) this.#used.set(key, line);
    return facts;
  }

  keep(file: FilePath, text: string, facts: FileFacts): void {
    this.#fresh.push({ file, text, facts });
  }

  /** The text for the next run: the facts that this run asked for. */
  toText(): string {
    const fresh = this.#fresh.map(({ file, text, facts }): readonly [string, string] => {
      const json = encodeFacts(facts);
      return [keyOf(file, text), checksum(json) + json];
    });
    const all = new Map([...this.#used, ...fresh]);
    return `${this.#digest}\n${[...all].map(([key, line]) => `${key}${line}\n`).join('')}`;
  }
}

const keyLength = 32;

function keyOf(file: FilePath, text: string): string {
  return createHash('sha256').update(`${file}\n`).update(text).digest('hex').slice(0, keyLength);
}

/** Shows that a text is the one that was kept. */
export function checksum(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, keyLength);
}
