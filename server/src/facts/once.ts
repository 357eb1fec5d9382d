// What a question gives about something that never changes (the facts of a file) is worked out once. For a model see perModel.ts.
import type { Span } from '../text.ts';

/** Keeps each answer as long as what was asked about lives. */
export function once<Subject extends object, Answer>(
  ask: (subject: Subject) => Answer,
): (subject: Subject) => Answer {
  const answers = new WeakMap<Subject, { readonly subject: Subject; readonly answer: Answer }>();
  // Whoever goes over files asks many times about one before the next.
  let last: { readonly subject: Subject; readonly answer: Answer } | undefined;
  return (subject) => {
    if (last?.subject === subject) return last.answer;
    let known = answers.get(subject);
    if (!known) answers.set(subject, (known = { subject, answer: ask(subject) }));
    last = known;
    return known.answer;
  };
}

/** Keeps each answer about a place of one file, for as long as whoever asks goes over it. */
export function oncePerPlace<Answer>(ask: (at: Span) => Answer): (at: Span) => Answer {
  const answers = new Map<number, { readonly answer: Answer }>();
  return (at) => {
    const known = answers.get(at.start) ?? { answer: ask(at) };
    answers.set(at.start, known);
    return known.answer;
  };
}

/** Works a value out when it is first asked for, and keeps it. */
export function lazily<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => (made ??= { value: make() }).value;
}

const mostRemembered = 20_000;

/** Keeps the last answers about texts: the same few thousand names are asked of again and again. */
export function remembered<Answer>(ask: (text: string) => Answer): (text: string) => Answer {
  const answers = new Map<string, Answer>();
  return (text) => {
    const known = answers.get(text);
    if (known !== undefined) return known;
    if (answers.size >= mostRemembered) answers.clear();
    const answer = ask(text);
    answers.set(text, answer);
    return answer;
  };
}
