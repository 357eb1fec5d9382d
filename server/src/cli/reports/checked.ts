// What a report prints, and what all reports say alike.
import { lineColumn, lineStarts, type FilePath, type LineColumn } from '../../text.ts';
import type { Snapshot } from '../../workspace/workspace.ts';

/** Everything a report needs. */
export interface Checked {
  readonly root: FilePath;
  readonly snapshot: Snapshot;
  readonly seconds: number;
}

/** A path below the root, with forward slashes; others stay absolute. */
export function relative(file: FilePath, root: FilePath): string {
  return file.startsWith(`${root}/`) ? file.slice(root.length + 1) : file;
}

/** Gives line and column from 1 of an offset; reads each text once. */
export function placesIn({ textOf }: Snapshot): (file: FilePath, offset: number) => LineColumn {
  const known = new Map<FilePath, readonly number[]>();
  return (file, offset) => {
    const starts = known.get(file) ?? lineStarts(textOf(file) ?? '');
    known.set(file, starts);
    const { line, column } = lineColumn(starts, offset);
    return { line: line + 1, column: column + 1 };
  };
}
