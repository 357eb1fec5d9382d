// Types that others bear: `value: JSON.stringify({ data: product, metadata })` is the event, and the type of `product` its content.
import type { Expr } from '../../facts/expressions.ts';
import type { FileFacts, TypeFact } from '../../facts/facts.ts';
import { perModel } from '../incremental/perModel.ts';
import { ofObject } from '../metadata/metadata.ts';
import type { Aliases } from '../metadata/metadataKinds.ts';
import type { EventModel, EventNode, TypeNode } from '../model.ts';

/** Under what an envelope that is written out bears its content. */
const bearing = /^(?:payload|data|body|detail|content)$/;

/** Whether nobody publishes an event by itself, and what is published bears it beside metadata of its own: then that is judged. */
export function isBorne(
  model: EventModel,
  { producers }: EventNode,
  { fact }: TypeNode,
  aliases: Aliases,
): boolean {
  if (producers.length > 0) return false;
  const spelled = [fact, ...model.aliasesOf(fact).map((it) => it.fact)];
  const around = spelled.flatMap((it) => envelopes(model).get(it) ?? []);
  return around.some(({ file, object }) => {
    const { present, isOpen } = ofObject(model, file, object, aliases);
    return present.size > 0 || isOpen;
  });
}

interface Written {
  readonly file: FileFacts['file'];
  readonly object: Expr;
}

/** The objects that are published with something of a declared type in them, by that type. */
const envelopes = perModel((model): ReadonlyMap<TypeFact, readonly Written[]> => {
  const found = new Map<TypeFact, Written[]>();
  for (const { file, object } of published(model)) {
    if (object.kind !== 'object') continue;
    for (const { key, value } of object.entries) {
      const type = bearing.test(key) ? model.program.typeOf(file, value) : undefined;
      if (type) found.set(type.fact, [...(found.get(type.fact) ?? []), { file, object }]);
    }
  }
  return found;
});

/** What is handed to a library, and what callers of one's own functions hand in. */
function published({ producers, events }: EventModel): readonly Written[] {
  const own = producers.map(({ file, role }) => ({ file, object: role.payload ?? role.event }));
  return [...own, ...events.flatMap((it) => it.inline)];
}
