// A checkout that a simulated user works on: always a copy, so that nobody's own files are touched.
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Random } from '../bench/random.ts';
import { edited, editableIn, editKinds } from '../bench/edits.ts';

/** A file and what became of it on the disk: 1 created, 2 changed, 3 deleted. */
export type Changed = readonly [file: string, type: 1 | 2 | 3];

const wanted = /\.[cm]?tsx?$|^(package|project|tsconfig.*|sagalint\.config)\.json$|^\.gitignore$/;

export class Checkout {
  readonly root: string;
  readonly #random: Random;
  /** What the other branch has, by file; null where it has none. */
  readonly #elsewhere = new Map<string, string | null>();

  constructor(from: string, to: string, random: Random) {
    this.root = to;
    this.#random = random;
    rmSync(to, { recursive: true, force: true });
    cpSync(from, to, { recursive: true, filter: (path) => isWanted(path) });
  }

  /** The sources in which edits matter. */
  sources(): readonly string[] {
    const texts = new Map<string, string>();
    for (const entry of readdirSync(this.root, { recursive: true, withFileTypes: true })) {
      const file = join(entry.parentPath, entry.name);
      if (entry.isFile() && /\.[cm]?tsx?$/.test(entry.name) && !entry.name.endsWith('.d.ts'))
        texts.set(file, readFileSync(file, 'utf8'));
    }
    const editable = editableIn(texts);
    return [...new Set(editKinds.flatMap((it) => editable[it]))];
  }

  /** A text after an edit: a line more, a line less, or something half-typed. */
  edit(text: string): string {
    const lines = text.split('\n');
    const at = this.#random.next(lines.length);
    switch (this.#random.next(5)) {
      case 0:
        return lines.toSpliced(at, 1).join('\n');
      case 1:
        return text.slice(0, text.length - this.#random.next(Math.max(1, text.length >> 2)));
      case 2:
        return lines
          .toSpliced(at, 0, `  await this.bus.publish(new Order${this.#random.next(99)}Placed(`)
          .join('\n');
      default:
        return edited(text, this.#random.pick(editKinds), this.#random);
    }
  }

  /** Switches to the other branch: many files at once are written, come or go; the next switch goes back. */
  switchBranch(files: readonly string[]): readonly Changed[] {
    if (this.#elsewhere.size === 0) this.#branchOff(files);
    const changes = [...this.#elsewhere].map(([file, text]): Changed => {
      const before = existsSync(file) ? readFileSync(file, 'utf8') : null;
      if (text === null) rmSync(file, { force: true });
      else this.write(file, text);
      this.#elsewhere.set(file, before);
      return [file, text === null ? 3 : before === null ? 1 : 2];
    });
    if (this.#random.next(3) === 0) this.#elsewhere.clear();
    return changes;
  }

  rename(file: string): { readonly to: string; readonly changes: readonly Changed[] } {
    const to = join(dirname(file), `r${this.#random.next(1000)}-${basename(file)}`);
    renameSync(file, to);
    return {
      to,
      changes: [
        [file, 3],
        [to, 1],
      ],
    };
  }

  write(file: string, text: string): void {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }

  #branchOff(files: readonly string[]): void {
    const count = 20 + this.#random.next(150);
    for (let index = 0; index < count; index += 1) {
      const file = this.#random.pick(files);
      if (!existsSync(file)) continue;
      const kind = this.#random.next(4);
      if (kind === 0) this.#elsewhere.set(file, null);
      else if (kind === 1) this.#elsewhere.set(`${file.slice(0, -3)}.copy.ts`, readFileSync(file, 'utf8'));
      else this.#elsewhere.set(file, this.edit(readFileSync(file, 'utf8')));
    }
  }
}

function isWanted(path: string): boolean {
  const name = basename(path);
  if (name === 'node_modules' || name === '.git' || name === 'dist') return false;
  return !name.includes('.') || wanted.test(name) || !/\.\w{1,5}$/.test(name);
}
