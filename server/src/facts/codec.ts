// Facts as text and back. What comes back may have been written by another build, cut off or tampered with: nothing is believed
// of it but what is checked here, and what does not pass counts as not there.
import type { FilePath } from '../text.ts';
import type { FileFacts } from './facts.ts';

/** Facts as one line of text. */
export function encodeFacts(facts: FileFacts): string {
  return JSON.stringify(facts);
}

/** The facts of a file from a text; undefined where that is no such text. */
export function decodeFacts(text: string, file: FilePath): FileFacts | undefined {
  const value = parsed(text);
  if (!isRecord(value) || value['file'] !== file) return undefined;
  return lists.every((it) => Array.isArray(value[it])) && isSound(value)
    ? (value as unknown as FileFacts)
    : undefined;
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

/** Only plain data: every place is one, and no key reaches into prototypes. Without recursion, however deep it is. */
function isSound(root: object): boolean {
  const waiting: object[] = [root];
  for (let value = waiting.pop(); value; value = waiting.pop()) {
    for (const [key, inner] of Object.entries(value)) {
      if (key === '__proto__') return false;
      if (typeof inner !== 'object' || inner === null) continue;
      if (places.has(key) && !isPlace(inner)) return false;
      waiting.push(inner);
    }
  }
  return true;
}

function isPlace(value: object): boolean {
  const { start, end }: { start?: unknown; end?: unknown } = value;
  return Number.isSafeInteger(start) && Number.isSafeInteger(end);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
