// A saga as a reader is told of it: its steps in order, what each does, and what takes it back.
import type { Answer, SagaNode, StepNode } from '../model/model.ts';
import { labelOf } from '../model/names/labels.ts';
import { isSamePlace } from '../same.ts';
import type { Place } from '../text.ts';

export interface SagaView extends Place {
  readonly name: string;
  /** It stands elsewhere than what is looked at. */
  readonly isElsewhere: boolean;
  readonly steps: readonly StepView[];
}

export interface StepView {
  readonly name: string;
  /** What it leaves behind, as a reader calls it; undefined where nothing that lasts is known of it. */
  readonly deed: string | undefined;
  readonly compensation: Answer;
  /** What takes it back, as far as it can be read. */
  readonly undoing: readonly string[];
  readonly isPivot: boolean;
  /** It is tried until it succeeds. */
  readonly isRetriable: boolean;
  /** It is the step that is looked at. */
  readonly isMeant: boolean;
}

/** What there is to say of a saga, or of the saga of a step. */
export function sagaView({ saga, step }: { readonly saga: SagaNode; readonly step?: StepNode }): SagaView {
  const { file, at, fact, name } = saga;
  return {
    file,
    at,
    name: labelOf({ ...fact, name }),
    isElsewhere: step !== undefined,
    steps: saga.steps.map((it) => ({
      name: it.name,
      deed: it.deed?.name,
      compensation: it.compensation,
      undoing: [...new Set(it.undoing.map(({ name: what }) => what))],
      isPivot: it.isPivot,
      isRetriable: it.isRetriable,
      isMeant: step !== undefined && isSamePlace(it, step),
    })),
  };
}
