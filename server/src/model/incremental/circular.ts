// Kept answers to a question whose answers ask it again, also in circles. What is found inside of a circle depends on where the
// circle was entered, so it is kept for that entry alone: an answer is the same whoever asked first.
import type { FilePath } from '../../text.ts';
import type { Keeper } from './kept.ts';
import { note, type Answer } from './noting.ts';

export interface Circular<Subject extends object, Value> {
  readonly question: string;
  readonly ask: (file: FilePath, subject: Subject) => Value;
  /** The answer where it is still being worked out, and beyond `deepest` questions. */
  readonly meanwhile: Value;
  readonly deepest: number;
}

/** What is known of the answer that is being worked out. */
interface Frame {
  /** The outermost of the questions under way that it depends on, by its place on the stack. */
  outermost: number;
  /** Over how many questions it went. */
  height: number;
}

/** An answer. Where `outermost` is another than its own question, it holds only while that one is under way. */
interface Found extends Frame {
  readonly answer: Answer;
}

/** Keeps the answers as they are to whoever asks first. */
export function keepCircular<Subject extends object, Value>(
  keeper: Keeper,
  { question, ask, meanwhile, deepest }: Circular<Subject, Value>,
): (file: FilePath, subject: Subject) => Value {
  const view = keeper.view(question);
  const stack: Frame[] = [];
  const under = new Map<unknown, number>();
  const inside = new Map<unknown, Found>();
  const dependOn = ({ outermost, height }: Frame): void => {
    const asking = stack.at(-1);
    if (!asking) return;
    asking.outermost = Math.min(asking.outermost, outermost);
    asking.height = Math.max(asking.height, height + 1);
  };

  /** Not where asking anew would come to another answer: inside of the same circle, or so deep that it would be cut off. */
  const isUsable = ({ height = 0, circle }: Answer): boolean => {
    if (stack.length === 0) return true;
    if (stack.length + height > deepest) return false;
    return !circle || ![...under.keys()].some((it) => circle.has(it));
  };

  const workedOut = (file: FilePath, subject: Subject): Found => {
    const place = stack.length;
    const frame: Frame = { outermost: place, height: 0 };
    stack.push(frame);
    under.set(subject, place);
    try {
      const answer = keeper.workOut({ table: view.table, subject }, () => ask(file, subject), file);
      answer.height = frame.height;
      return { answer, ...frame };
    } finally {
      stack.pop();
      under.delete(subject);
    }
  };

  const settled = (subject: Subject, found: Found): Found => {
    const own = stack.length;
    const circle = [...inside].filter(([, it]) => it.outermost >= own);
    if (found.outermost < own) {
      for (const [, it] of circle) it.outermost = found.outermost;
      inside.set(subject, found);
      return found;
    }
    for (const [it] of circle) inside.delete(it);
    if (circle.length > 0) found.answer.circle = new Set([subject, ...circle.map(([it]) => it)]);
    view.table.set(subject, found.answer);
    return found;
  };

  const find = (file: FilePath, subject: Subject): Found | undefined => {
    const half = inside.get(subject);
    if (half) return half;
    const known = view.table.get(subject);
    if (known && isUsable(known))
      return { answer: known, outermost: stack.length, height: known.height ?? 0 };
    if (under.has(subject) || stack.length > deepest) return undefined;
    return settled(subject, workedOut(file, subject));
  };

  return (file, subject) => {
    const found = find(file, subject);
    dependOn(found ?? { outermost: under.get(subject) ?? 0, height: 0 });
    if (!found) return meanwhile;
    note(found.answer);
    return found.answer.value as Value;
  };
}
