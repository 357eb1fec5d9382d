// What a question gives about a model is worked out once for it; who asks while an answer is made that is kept depends on it.
import type { EventModel } from '../model.ts';
import { note, type Answer } from './noting.ts';

const nowhere = { table: new Map(), subject: undefined };

/** Keeps each answer as long as the model lives. */
export function perModel<Value>(ask: (model: EventModel) => Value): (model: EventModel) => Value {
  const answers = new WeakMap<EventModel, { readonly answer: Answer; readonly value: Value }>();
  return (model) => {
    let known = answers.get(model);
    if (!known) {
      const made: { value?: Value } = {};
      const answer = model.keeper.workOut(nowhere, () => void (made.value = ask(model)));
      answers.set(model, (known = { answer, value: made.value as Value }));
    }
    note(known.answer);
    return known.value;
  };
}
