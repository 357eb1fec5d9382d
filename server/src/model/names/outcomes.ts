// Topics that end in how something went: `create-invoice.success`, `stock.check.failure.v1` beside `stock.check.request.v1`.
import { perModel } from '../incremental/perModel.ts';
import type { EventModel, EventNode } from '../model.ts';
import { wordsOf } from './names.ts';

const outcomes = /^(?:success|failure|error)$/i;
const requests = /^(?:request|requested|command|start|started)$/i;
const deeds = /(?:tion|sion|ing)$/;
const isVersion = /^v?\d+$/i;

/**
 * Whether a topic states a fact by its last part: what stands before it names what was done, by a verb, or by several words or a noun for
 * a deed that another topic asks for. Of a thing (`payment.success`) nobody can say what has succeeded.
 */
export function isOutcome(
  model: EventModel,
  { name, declarations }: EventNode,
  verbs: ReadonlySet<string>,
): boolean {
  const parts = partsOf(name);
  if (declarations.length > 0 || parts.length < 2 || !outcomes.test(parts.at(-1) ?? '')) return false;
  const subject = parts.slice(0, -1);
  const done = wordsOf(subject.at(-1) ?? '');
  if (done.some((it) => verbs.has(it))) return true;
  const isDeed = done.length > 1 || done.some((it) => deeds.test(it));
  return isDeed && asked(model).has(subject.join('.'));
}

/** What topics ask for, without the word that says so: `stock.check` of `stock.check.request.v1`. */
const asked = perModel((model): ReadonlySet<string> => {
  const topics = model.events.map((it) => partsOf(it.name)).filter((it) => requests.test(it.at(-1) ?? ''));
  return new Set(topics.map((it) => it.slice(0, -1).join('.')));
});

/** The parts of a topic without its version. */
function partsOf(name: string): readonly string[] {
  const parts = name.split(/[.:/]/);
  return isVersion.test(parts.at(-1) ?? '') ? parts.slice(0, -1) : parts;
}
