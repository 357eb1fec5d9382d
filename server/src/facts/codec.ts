// Facts as text and back. What comes back may have been written by another build, cut off or tampered with: nothing is believed
// of it but what is checked here, and what does not pass counts as not there.
import type { FilePath } from '../text.ts';
import type { FileFacts } from './facts.ts';

/** Instead of what stands at two places, the second of them has its number in the order of writing. */
const again = '@';
/** So many objects nobody's file holds who did not point to the same one over and over. */
const most = 10_000_000;

/**
 * Facts as one line of text. What extraction put at two places is one thing afterwards as well: a callback is an argument of its call,
 * and what the call's role runs.
 */
export function encodeFacts(facts: FileFacts): string {
  const numbers = new Map<object, number>();
  return JSON.stringify(facts, (_, value: unknown) => {
    if (typeof value !== 'object' || value === null) return value;
    const known = numbers.get(value);
    if (known !== undefined) return { [again]: known };
    numbers.set(value, numbers.size);
    return value;
  });
}

/** The facts of a file from a text; undefined where that is no such text. */
export function decodeFacts(text: string, file: FilePath): FileFacts | undefined {
  const value = parsed(text);
  if (!isRecord(value) || value['file'] !== file || !isSound(value)) return undefined;
  return lists.every((it) => Array.isArray(value[it])) ? (value as unknown as FileFacts) : undefined;
}

const lists = [
  'imports', 'exports', 'bindings', 'types', 'functions', 'consumers', 'sagas', 'suppressions', 'gaps',
] as const; // prettier-ignore

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Members that hold places: the linker and the editor do arithmetic with them. */
const places: ReadonlySet<string> = new Set(['at', 'span']);

interface Frame {
  readonly value: Record<string, unknown>;
  readonly keys: readonly string[];
  readonly number: number;
  /** How many of the keys were looked at. */
  seen: number;
  size: number;
}

/** What was read so far: things by their numbers, how much each holds, and those that are still open. */
interface Reading {
  readonly written: Record<string, unknown>[];
  readonly sizes: Map<number, number>;
  readonly frames: Frame[];
}

/** Only plain data: every place is one, and no key reaches into prototypes. Without recursion, however deep it is. */
function isSound(root: Record<string, unknown>): boolean {
  const reading: Reading = { written: [], sizes: new Map(), frames: [] };
  open(reading, root);
  for (let frame = reading.frames.at(-1); frame; frame = reading.frames.at(-1)) {
    const key = frame.keys[frame.seen];
    frame.seen += 1;
    if (key === undefined) close(reading, frame);
    else if (!isSoundAt(reading, frame, key)) return false;
  }
  return true;
}

function open({ frames, written }: Reading, value: Record<string, unknown>): void {
  frames.push({ value, keys: Object.keys(value), number: written.length, seen: 0, size: 1 });
  written.push(value);
}

function close({ frames, sizes }: Reading, { number, size }: Frame): void {
  frames.pop();
  sizes.set(number, size);
  const outer = frames.at(-1);
  if (outer) outer.size += size;
}

/** Puts in what a number stands for; that is written as a whole before, so that nothing holds itself. */
function isSoundAt(reading: Reading, frame: Frame, key: string): boolean {
  const inner = frame.value[key];
  if (key === '__proto__') return false;
  if (typeof inner !== 'object' || inner === null) return true;
  const number = numberIn(inner);
  const meant = number === undefined ? inner : reading.written[number];
  if (!meant || (places.has(key) && !isPlace(meant))) return false;
  if (number === undefined) open(reading, inner as Record<string, unknown>);
  else {
    frame.value[key] = meant;
    frame.size += reading.sizes.get(number) ?? Infinity;
  }
  return frame.size <= most;
}

function numberIn(value: object): number | undefined {
  const number = (value as Record<string, unknown>)[again];
  return typeof number === 'number' ? number : undefined;
}

function isPlace(value: object): boolean {
  const { start, end }: { start?: unknown; end?: unknown } = value;
  return Number.isSafeInteger(start) && Number.isSafeInteger(end);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
