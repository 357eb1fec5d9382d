// Which steps of a saga a call takes back, by the words of both.
import { once } from '../../facts/once.ts';
import type { StepNode } from '../model.ts';
import { sharesSubject, undoes } from './undoing.ts';

/** A step, and what is said of it. */
interface SaidStep extends Pick<StepNode, 'deed'> {
  readonly words: string;
}

/** What a call takes back. */
export interface Undone<Step> {
  /** Whether it takes back any step at all. */
  readonly isAny: boolean;
  readonly meant: ReadonlySet<Step>;
}

/** Tells of each call once which of some steps it takes back. */
export function undoneAmong<Step extends SaidStep>(
  steps: readonly Step[],
): (back: { readonly words: string }) => Undone<Step> {
  return once(({ words }: { readonly words: string }) => undoneIn(words, steps));
}

/** A call that names what it takes back takes back that, and not what another verb of its kind did. */
function undoneIn<Step extends SaidStep>(words: string, steps: readonly Step[]): Undone<Step> {
  const undone = steps.filter((it) => undoes(words, it.words));
  const meant = undone.some((it) => it.deed) ? undone.filter((it) => it.deed) : undone;
  const named = meant.filter((it) => sharesSubject(words, it.words));
  return { isAny: undone.length > 0, meant: new Set(named.length > 0 ? named : meant) };
}
