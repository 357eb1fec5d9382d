// Types that look like events in a workspace that shows how its events travel, and that nobody near them sends: props, frames, rows.
import { saidOfEvents } from '../incremental/about.ts';
import { perModel } from '../incremental/perModel.ts';
import type { ConsumerNode, EventModel, EventNode, TypeNode } from '../model.ts';
import { typeStatesFact } from '../names/names.ts';

/** So many events, or consumers of a broker's other messages, have to be seen before the stillness of other events says anything. */
const enough = 2;
const enoughConsumers = 3;

/** What a file or its folder is called that holds events and nothing else. */
const ofEvents = /(?:^|[/.-])(?:(?:domain|integration)-?)?(events?|contracts)(?=[/.][^/]*$)/i;

/**
 * Whether an event is known by its form alone and never travels, nor does anything declared in its folder, or in another that is
 * called after events as well (`contracts/orders/events.ts`, `contracts/stock/events.ts`). Where hardly any event is seen on its
 * way, as in a file that only declares them, none is idle.
 */
export function isIdle(model: EventModel, event: EventNode): boolean {
  if (isMoved(event) || event.declarations.length === 0) return false;
  if (event.declarations.every((it) => isViewOfAnother(model, it))) return true;
  const homes = homesOfMoved(model);
  if (!homes) return false;
  // Where all that travels is made of plain objects, a folder of events tells what they should be.
  const isTelling = homes.size === 0 && event.declarations.some(isAmongEvents);
  if (isTelling) return false;
  return event.declarations.every((it) => isPlain(it) && !homesOf(it).some((home) => homes.has(home)));
}

/** Where events are declared that travel; undefined where too few of them do. */
const homesOfMoved = perModel((model): ReadonlySet<string> | undefined => {
  const moved = saidOfEvents(model, 'where it is declared that travels', (it) =>
    isMoved(it) ? [it.declarations.flatMap(homesOf)] : [],
  );
  const isMoving = moved.length >= enough || model.consumers.filter(isOfBroker).length >= enoughConsumers;
  return isMoving ? new Set(moved.flatMap(({ said }) => said)) : undefined;
});

function isOfBroker({ transport, handler }: ConsumerNode): boolean {
  return transport === 'broker' && handler !== undefined;
}

function isMoved({ producers, consumers }: EventNode): boolean {
  return producers.length + consumers.length > 0;
}

/**
 * `interface ValidatedOrder extends OrderPlaced`: what a function makes of an event that travels, for those that it calls.
 * A class is there to be made, and then sent by ways that may be hidden; so is what only has `OrderEvent` as its base.
 */
function isViewOfAnother(model: EventModel, node: TypeNode): boolean {
  if (node.fact.kind === 'class') return false;
  return model.program
    .lineageOf(node)
    .some(({ fact }) => fact !== node.fact && typeStatesFact(fact.name) && movedTypes(model).has(fact));
}

/** The declarations of events that travel. */
const movedTypes = perModel((model): ReadonlySet<TypeNode['fact']> => {
  const moved = saidOfEvents(model, 'declarations of what travels', (it) =>
    isMoved(it) ? it.declarations.map(({ fact }) => fact) : [],
  );
  return new Set(moved.map(({ said }) => said));
});

/** No class, for that is there to be made; neither told by the user nor built on what makes events. */
function isPlain({ fact: { kind, bases, implements: implemented, alias, isEvent } }: TypeNode): boolean {
  return (
    kind !== 'class' &&
    isEvent !== true &&
    bases.length + implemented.length === 0 &&
    (alias === undefined || alias.kind === 'object')
  );
}

function isAmongEvents({ file, fact }: TypeNode): boolean {
  return ofEvents.test(file) && typeStatesFact(fact.name);
}

/** The folder of a declaration, and for a file or folder of events all of these. */
function homesOf({ file }: TypeNode): readonly string[] {
  const folder = file.slice(0, file.lastIndexOf('/'));
  const called = ofEvents.exec(file)?.[1]?.toLowerCase();
  return called === undefined ? [folder] : [folder, called];
}
