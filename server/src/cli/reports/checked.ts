// What a report prints, and what all reports say alike.
import { lineColumn, lineStarts, type FilePath, type LineColumn, type Place } from '../../text.ts';
import type { Finding } from '../../rules/rule.ts';
import type { Failure } from '../../workspace/snapshot.ts';

/** What is printed of a run: plain data, which a later run may print again. */
export interface Printed {
  readonly findings: readonly PrintedFinding[];
  readonly failures: readonly Failure[];
  /** How many files were looked at. */
  readonly files: number;
  /** Of how many of them findings are shown; the others only help to understand. */
  readonly shown: number;
  readonly seen: Seen;
}

export type PrintedFinding = Pick<
  Finding,
  'ruleId' | 'severity' | 'file' | 'at' | 'symbol' | 'message' | 'help' | 'related'
> & { readonly fixes: readonly { readonly title: string }[] };

/** How many of each the model has. */
export interface Seen {
  readonly events: number;
  /** Places that hand over events, and places that take them. */
  readonly producers: Sites;
  readonly consumers: Sites;
  readonly sagas: number;
  /** The places whose event could not be named. */
  readonly unnamed: readonly Unnamed[];
  readonly gaps: number;
  /** Files that were left out since they are too long, too deep, binary or unreadable, each with why. */
  readonly skipped: readonly { readonly file: FilePath; readonly reason: string }[];
}

/** Places counted once each, however many events they name. */
export interface Sites {
  readonly all: number;
  readonly named: number;
  /** What they publish was stored or collected before: whoever did that names it. */
  readonly relayed: number;
}

/** A place whose event could not be named, and the function that it belongs to. */
export interface Unnamed extends Place {
  readonly end: 'producer' | 'consumer';
  readonly name: string;
}

export interface Linted extends Printed {
  readonly textOf: (file: FilePath) => string | undefined;
}

/** Everything a report needs. */
export interface Checked {
  readonly root: FilePath;
  readonly linted: Linted;
  readonly seconds: number;
}

/** A path below the root, with forward slashes; others stay absolute. */
export function relative(file: FilePath, root: FilePath): string {
  return file.startsWith(`${root}/`) ? file.slice(root.length + 1) : file;
}

/** Gives line and column from 1 of an offset; reads each text once. */
export function placesIn({ textOf }: Linted): (file: FilePath, offset: number) => LineColumn {
  const known = new Map<FilePath, readonly number[]>();
  return (file, offset) => {
    const starts = known.get(file) ?? lineStarts(textOf(file) ?? '');
    known.set(file, starts);
    const { line, column } = lineColumn(starts, offset);
    return { line: line + 1, column: column + 1 };
  };
}
