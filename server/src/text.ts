// Places in a text and changes to it. Offsets count UTF-16 code units from 0; lines and columns exist only at the edges (LSP, reports).

/** An absolute path with forward slashes. */
export type FilePath = string;

/** A half-open range of UTF-16 offsets in one text. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A place in the workspace. */
export interface Place {
  readonly file: FilePath;
  readonly at: Span;
}

/** Whether a span stands within another, or is the same. */
export function holds(outer: Span, inner: Span): boolean {
  return outer.start <= inner.start && inner.end <= outer.end;
}

/** Replaces `at` (empty: inserts) by `text`. Edits of one list speak of the same original text and do not overlap. */
export interface Edit {
  readonly at: Span;
  readonly text: string;
}

/** The edits of one file; `isNew` means that the file does not exist yet and the edits insert into an empty text. */
export interface FileEdit {
  readonly file: FilePath;
  readonly edits: readonly Edit[];
  readonly isNew?: boolean;
}

/** Zero-based line and UTF-16 column. */
export interface LineColumn {
  readonly line: number;
  readonly column: number;
}

/** Gives the text after all edits. Edits may come in any order; of two at one place the first stays first. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  const sorted = [...edits].sort((a, b) => a.at.start - b.at.start || a.at.end - b.at.end);
  let result = '';
  let position = 0;
  for (const edit of sorted) {
    if (edit.at.start < position) throw new Error(`Overlapping edits at offset ${edit.at.start}.`);
    result += text.slice(position, edit.at.start) + edit.text;
    position = edit.at.end;
  }
  return result + text.slice(position);
}

/** The offsets at which the lines of a text start; `\n`, `\r\n` and a lone `\r` end a line. */
export function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (const match of text.matchAll(/\r\n|\n|\r/g)) starts.push(match.index + match[0].length);
  return starts;
}

/** The line and column of an offset, by binary search in `lineStarts(text)`. */
export function lineColumn(starts: readonly number[], offset: number): LineColumn {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return { line: low, column: offset - (starts[low] ?? 0) };
}

/** The offset of a line and column, clamped into the text: any pair of numbers is a valid question. */
export function offsetOf(starts: readonly number[], place: LineColumn, length: number): number {
  if (place.line < 0) return 0;
  const start = starts[place.line];
  if (start === undefined) return length;
  const next = starts[place.line + 1] ?? length;
  return Math.max(start, Math.min(start + place.column, next, length));
}

/** Whether `offset` lies in `span`, both ends included (a cursor behind a word is at the word). */
export function touches(span: Span, offset: number): boolean {
  return span.start <= offset && offset <= span.end;
}
