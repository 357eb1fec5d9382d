// Types that are items of a list in an event: `items: OrderItemEvent[]` of an order is a part of it, whatever it is called.
import type { TypeExpr } from '../../facts/expressions.ts';
import type { FileFacts } from '../../facts/facts.ts';
import { once } from '../../facts/once.ts';
import type { EventModel, EventNode } from '../model.ts';
import { statesFact } from '../names/names.ts';

/** Lists of these hold events, and not parts of one. */
const ofEvents = /(?:events?|messages?|records?|history|stream|batch|outbox|changes)$/i;

/** Whether nobody sends or takes it, and another type of its file lists it as one of several parts. */
export function isListedPart({ files }: EventModel, event: EventNode): boolean {
  const { declarations, producers, consumers } = event;
  if (declarations.length === 0 || producers.length + consumers.length > 0) return false;
  return declarations.every(({ file, fact }) => {
    const facts = files.get(file);
    return facts !== undefined && listed(facts).has(fact.name);
  });
}

const listed = once(({ types }: FileFacts): ReadonlySet<string> => {
  const members = types.flatMap(({ name, members: own, alias }) =>
    travels(name) ? [...own, ...(alias?.kind === 'object' ? alias.members : [])] : [],
  );
  const lists = members.filter((it) => !ofEvents.test(it.name));
  return new Set(lists.flatMap(({ type }) => (type ? itemOf(type) : [])));
});

/** The name of an event or of what one carries; an aggregate keeps whole events. */
function travels(name: string): boolean {
  return /(?:Event|Payload|Data|Message|Dto|DTO|Props)(?:V\d+)?$/.test(name) || statesFact(name);
}

function itemOf(type: TypeExpr): readonly string[] {
  if (type.kind === 'array') return type.of.kind === 'ref' ? [type.of.name] : [];
  const isList = type.kind === 'ref' && /^(?:Readonly)?Array$/.test(type.name);
  return isList ? type.args.flatMap((it) => (it.kind === 'ref' ? [it.name] : [])) : [];
}
