// Messages that leave a body: by which names they go, and which producers they are.
import type { ConsumerNode, Effect, EventModel, EventNode, ProducerNode } from '../model.ts';
import { isParticiple, wordsOf } from '../names/names.ts';

/** What it does when one of its events comes. */
export interface Reaction {
  readonly consumer: ConsumerNode;
  readonly effects: readonly Effect[];
}

/** A message that it sends: a command to a participant, or news. */
export interface Sent {
  readonly name: string;
  readonly event: EventNode | undefined;
  readonly effect: Effect;
  readonly producer: ProducerNode | undefined;
  /** The event that makes it send this; absent where a request begins the saga. */
  readonly on: ConsumerNode | undefined;
}

/** All that some effects send. */
export function sentIn(model: EventModel, effects: readonly Effect[], on?: ConsumerNode): readonly Sent[] {
  return effects.flatMap((effect): readonly Sent[] => {
    if (effect.role.kind !== 'publish' || effect.role.transport === 'unknown') return [];
    const producers = producersOf(model, effect);
    if (producers.length > 0)
      return producers.map((it) => ({
        name: it.event?.wireNames[0] ?? it.event?.name ?? commandName(model, effect),
        event: it.event,
        effect,
        producer: it,
        on,
      }));
    const name = commandName(model, effect);
    return name === '' ? [] : [{ name, event: undefined, effect, producer: undefined, on }];
  });
}

/** The producers that an effect is: the outermost call that names the event. */
export function producersOf(model: EventModel, { file, at, via }: Effect): readonly ProducerNode[] {
  for (const it of [...via, { file, at }]) {
    const found = model.producersAt(it);
    if (found.length > 0) return found;
  }
  return [];
}

function commandName({ program }: EventModel, { file, role }: Effect): string {
  if (role.kind !== 'publish') return '';
  const { event } = role;
  if (event.kind === 'new') return event.callee.kind === 'name' ? event.callee.name : '';
  const type = program.typeOf(file, event);
  return type?.fact.name ?? program.stringOf(file, event) ?? '';
}

/** Whether a name asks somebody to do something; a fact ends with a participle. */
export function isCommandName(name: string): boolean {
  const words = wordsOf(name);
  return !words.some((it, index) => index > 0 && isParticiple(it) && !/^(?:requested|sent)$/.test(it));
}

/** The call by which an effect is known, whatever leads to it. */
export function keyOf({ file, at, via }: Effect): string {
  return [...via.slice(-1), { file, at }].map((it) => `${it.file}:${it.at.start}`).join(' ');
}

/** The table, collection or repository that an effect writes to. */
export function storeOf({ role, name }: Effect): string {
  if (role.kind !== 'write') return '';
  return role.store ?? name.split('.').at(-2) ?? name;
}
