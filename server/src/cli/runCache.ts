// What a run leaves for the next one: the facts of its files, and its answer together with a digest of all that was read for it.
// Both files lie outside of the linted folder, and are read as anybody's input.
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { keep, readKept } from '../disk.ts';
import type { FilePath } from '../text.ts';
import { checksum, FactsCache } from '../workspace/factsCache.ts';
import type { Printed } from './reports/checked.ts';

export class RunCache {
  readonly #files: { readonly facts: string; readonly answer: string } | undefined;
  readonly #digest: string;
  readonly #read = createHash('sha256');

  /** Without a folder it keeps and finds nothing. */
  constructor(folder: string | undefined, digest: string, roots: readonly FilePath[]) {
    this.#digest = digest;
    if (folder === undefined) return;
    const name = join(folder, createHash('sha256').update(roots.join('\n')).digest('hex').slice(0, 16));
    this.#files = { facts: `${name}.facts`, answer: `${name}.answer.json` };
  }

  /** Notes whatever is read, and what is not there. */
  seeing(read: (file: FilePath) => string | undefined): (file: FilePath) => string | undefined {
    if (!this.#files) return read;
    return (file) => {
      const text = read(file);
      this.#read.update(text === undefined ? `-${file}\n` : `+${file} ${text.length}\n${text}`);
      return text;
    };
  }

  /** What decides over the answer: the build, all that was read so far, and what else is given. */
  keyOf(given: unknown): string {
    return this.#read
      .copy()
      .update(`${this.#digest} ${JSON.stringify(given)}`)
      .digest('hex');
  }

  find(key: string): Printed | undefined {
    const text = this.#files && readKept(this.#files.answer);
    // Most answers are old ones: their key stands in front.
    if (text === undefined || !text.startsWith(`${key}\n`)) return undefined;
    const json = text.slice(key.length + 1);
    const read = answer.safeParse(parsed(unsealed(json)));
    return read.success ? read.data : undefined;
  }

  facts(): FactsCache {
    return new FactsCache(this.#files && readKept(this.#files.facts), this.#digest);
  }

  keep(key: string, { findings, failures, files, shown, seen }: Printed, facts: FactsCache): void {
    if (!this.#files) return;
    if (facts.isChanged) keep(this.#files.facts, facts.toText());
    // A run that failed is to be tried again.
    if (failures.length > 0) return;
    keep(this.#files.answer, `${key}\n${sealed(JSON.stringify({ findings, failures, files, shown, seen }))}`);
  }
}

const span = z.object({ start: z.int(), end: z.int() });
const sites = z.object({ all: z.int(), named: z.int(), relayed: z.int() });
const answer = z.object({
  findings: z.array(
    z.object({
      ruleId: z.string(),
      severity: z.enum(['error', 'warning', 'info']),
      file: z.string(),
      at: span,
      symbol: z.string(),
      message: z.string(),
      help: z.string(),
      related: z.array(z.object({ file: z.string(), at: span, message: z.string() })),
      fixes: z.array(z.object({ title: z.string() })),
    }),
  ),
  failures: z.tuple([]),
  files: z.int(),
  shown: z.int(),
  seen: z.object({
    events: z.int(),
    producers: sites,
    consumers: sites,
    sagas: z.int(),
    unnamed: z.array(
      z.object({ end: z.enum(['producer', 'consumer']), file: z.string(), at: span, name: z.string() }),
    ),
    gaps: z.int(),
    skipped: z.array(z.object({ file: z.string(), reason: z.string() })),
  }),
});

/** A text with its checksum in front. */
export function sealed(text: string): string {
  return `${checksum(text)}\n${text}`;
}

/** The text behind a checksum; nothing where that is another one's. */
export function unsealed(text: string): string {
  const start = text.indexOf('\n') + 1;
  const inner = text.slice(start);
  return text.slice(0, start) === sealed(inner).slice(0, start) ? inner : '';
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
