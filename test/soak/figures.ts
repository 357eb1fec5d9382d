// What a soak measured, and whether it is sound.
import type { Answered } from './user.ts';

interface Comparison {
  /** What a fresh start says and the editor does not show. */
  readonly lost: readonly string[];
  /** What the editor shows and a fresh start does not say. */
  readonly stale: readonly string[];
  readonly all: number;
  /** Memory of the fresh server. */
  readonly fresh: number;
}

export class Figures {
  readonly #answers: (Answered & { readonly kind: string })[] = [];
  readonly #asked: number[] = [];
  readonly #memory: number[] = [];
  readonly #comparisons: Comparison[] = [];

  answered(kind: string, answered: Answered): void {
    this.#answers.push({ kind, ...answered });
  }

  asked(milliseconds: number): void {
    this.#asked.push(milliseconds);
  }

  memory(megabytes: number): void {
    this.#memory.push(megabytes);
  }

  compared(comparison: Comparison): void {
    this.#comparisons.push(comparison);
    const { lost, stale, all, fresh } = comparison;
    const now = this.#memory.at(-1) ?? 0;
    console.log(
      `${this.#answers.length} changes: ${all} diagnostics, ${lost.length} lost, ${stale.length} stale; ${now} MB (fresh ${fresh} MB)`,
    );
    for (const it of [...lost, ...stale].slice(0, 5)) console.log(`  ${it}`);
  }

  get isSound(): boolean {
    return this.#comparisons.every((it) => it.lost.length === 0 && it.stale.length === 0);
  }

  report(): string {
    const typed = this.#answers.filter((it) => it.kind === 'type');
    const overTime = (of: readonly number[]): string => {
      const third = Math.ceil(of.length / 3);
      return `${spread(of)}; first third ${spread(of.slice(0, third))}; last third ${spread(of.slice(-third))}`;
    };
    const memoryThird = Math.ceil(this.#memory.length / 3);
    return [
      `${this.#answers.length} changes, ${this.#asked.length} requests, ${this.#comparisons.length} comparisons`,
      `an edit, processor time: ${overTime(typed.map((it) => it.computed))}`,
      `an edit, worked: ${overTime(typed.map((it) => it.worked))}`,
      `an edit, waited: ${spread(typed.map((it) => it.waited))}`,
      `code actions: ${spread(this.#asked)}`,
      `memory: start ${this.#memory[0]} MB, first third ${median(this.#memory.slice(0, memoryThird))} MB, last third ${median(this.#memory.slice(-memoryThird))} MB, peak ${Math.max(...this.#memory)} MB`,
      `memory by sample: ${this.#memory.join(' ')}`,
      `diagnostics: ${sum(this.#comparisons.map((it) => it.lost.length))} lost, ${sum(this.#comparisons.map((it) => it.stale.length))} stale`,
    ].join('\n');
  }
}

function spread(numbers: readonly number[]): string {
  return [50, 95, 99].map((it) => `p${it} ${percentile(numbers, it).toFixed(1)} ms`).join(' ');
}

function median(numbers: readonly number[]): number {
  return percentile(numbers, 50);
}

function percentile(numbers: readonly number[], part: number): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * part) / 100))] ?? NaN;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, it) => all + it, 0);
}
