// How much of a text is read. Any text is valid input, so that none may take the time or the stack of the others: what is past
// the budget is left out and said. It counts, and never looks at a clock: the same text gives the same facts.
import type { ts } from 'ts-morph';
import type { FileFacts, Gap } from '../facts/facts.ts';
import type { FilePath } from '../text.ts';

/** Longer texts are generated ones. In UTF-16 code units. */
const longest = 2_000_000;
/** A second's work or two: ten thousand lines of dense code. In nodes of the syntax tree. */
const mostNodes = 150_000;
/** What stands deeper in statements and expressions is left out. */
export const deepest = 150;
/** The same for types, which are read by many. */
export const deepestType = 60;

/** Of a text in quotes: more than a statement of SQL that somebody wrote. In UTF-16 code units. */
const longestString = 10_000;

/** As much of a text in quotes as is looked at: expressions over it take time by its square. */
export function beginningOf(text: string): string {
  return text.length > longestString ? text.slice(0, longestString) : text;
}

/** Why a text is not even parsed. */
export function tooLong(text: string): string | undefined {
  return text.length > longest ? 'The file is too long to be read.' : undefined;
}

/** Why a parsed text is not read. */
export function tooMuch(source: ts.SourceFile): string | undefined {
  const count: unknown = Reflect.get(source, 'nodeCount');
  return typeof count === 'number' && count > mostNodes
    ? 'The file has too much code to be read.'
    : undefined;
}

/** Why reading ended with an error, where that is no defect of ours: the parser is recursive, and the stack is what it has. */
export function tooDeep(error: unknown): string | undefined {
  const isOverflow = error instanceof RangeError && error.message.includes('call stack');
  return isOverflow ? 'The code is nested too deeply to be read.' : undefined;
}

/** The facts of a file that was skipped: that it was. */
export function skipped(file: FilePath, reason: string): FileFacts {
  const gap: Gap = { at: { start: 0, end: 0 }, reason, isWholeFile: true };
  return {
    file,
    imports: [],
    exports: [],
    bindings: [],
    types: [],
    functions: [],
    consumers: [],
    sagas: [],
    suppressions: [],
    gaps: [gap],
  };
}
