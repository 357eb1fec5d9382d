// Who reads what while an answer is worked out: so that a change forgets the answers that were made from what changed, and no others.

/** Something that answers are made from: the facts of a file, what stands under a key, or another answer. */
export interface Source {
  readers: Set<Answer> | undefined;
  /** Any change forgets it, so that nobody who depends on it need note anything else. */
  isOfAll?: boolean;
}

/** An answer, and how to forget it. */
export interface Answer extends Source {
  value: unknown;
  sources: Source[];
  readonly table: Map<unknown, Answer>;
  readonly subject: unknown;
  /** Where its subject is noted when it is forgotten. */
  readonly forgotten: Set<unknown> | undefined;
  /** Over how many questions it went, and through which circle of them: see circular.ts. */
  height: number | undefined;
  circle: ReadonlySet<unknown> | undefined;
}

/** The answer that is being worked out. Asking is never interrupted, so there is one at most. */
let reader: Answer | undefined;

/** A source of which nobody has read. */
export function newSource(): Source {
  return { readers: undefined };
}

/** What stands for all that there is. */
export function newWhole(): Source {
  return { readers: undefined, isOfAll: true };
}

/** An answer that is not worked out yet. All have the same fields from the start: there are many, and they are read often. */
export function newAnswer({
  table,
  subject,
  forgotten,
}: Pick<Answer, 'table' | 'subject'> & Partial<Pick<Answer, 'forgotten'>>): Answer {
  return {
    value: undefined,
    sources: [],
    readers: undefined,
    table,
    subject,
    forgotten,
    height: undefined,
    circle: undefined,
    isOfAll: false,
  };
}

/** Whether anybody notes what is read now. */
export function isNoted(): boolean {
  return reader !== undefined && reader.isOfAll !== true;
}

/** Notes that the answer in the making depends on a source. */
export function note(source: Source): void {
  if (!reader || reader.isOfAll === true) return;
  source.readers ??= new Set();
  if (source.readers.has(reader)) return;
  if (source.isOfAll === true) reader.isOfAll = true;
  source.readers.add(reader);
  reader.sources.push(source);
}

/** Works out what an answer says; all that is read meanwhile is noted for it. */
export function noting(answer: Answer, ask: () => void): void {
  const before = reader;
  reader = answer;
  try {
    ask();
  } finally {
    reader = before;
    // A list that grew has room for more than a dozen others, and most answers have few sources.
    answer.sources = [...answer.sources];
  }
}

/** What all files say together is no part of the answer that happens to ask first. */
export function unnoted<Value>(work: () => Value): Value {
  const before = reader;
  reader = undefined;
  try {
    return work();
  } finally {
    reader = before;
  }
}

/** Forgets all answers that were made from a source. */
export function forgetReaders(source: Source): void {
  const readers = [...(source.readers ?? [])];
  source.readers?.clear();
  for (const it of readers) forget(it);
}

/** Forgets an answer, and all that were made from it. */
export function forget(answer: Answer): void {
  const { table, subject, forgotten, sources } = answer;
  if (table.get(subject) === answer) table.delete(subject);
  forgotten?.add(subject);
  for (const it of sources) it.readers?.delete(answer);
  forgetReaders(answer);
}
