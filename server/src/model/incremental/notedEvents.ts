// Events as those see them whose answers are kept: that one was looked at is noted. Also when two versions of an event are the same.
import { areSame, isSamePlace } from '../../same.ts';
import type { ConsumerNode, EventNode, ProducerNode, TypeNode } from '../model.ts';
import { isNoted } from './noting.ts';

/** An event that tells when something of it is read. */
export class NotedEvent implements EventNode {
  readonly key: string;
  readonly #event: EventNode;
  readonly #note: (key: string) => void;

  constructor(event: EventNode, note: (key: string) => void) {
    this.key = event.key;
    this.#event = event;
    this.#note = note;
  }

  get name(): string {
    return this.#read().name;
  }

  get wireNames(): EventNode['wireNames'] {
    return this.#read().wireNames;
  }

  get declarations(): EventNode['declarations'] {
    return this.#read().declarations;
  }

  get inline(): EventNode['inline'] {
    return this.#read().inline;
  }

  get place(): EventNode['place'] {
    return this.#read().place;
  }

  get producers(): EventNode['producers'] {
    return this.#read().producers;
  }

  get consumers(): EventNode['consumers'] {
    return this.#read().consumers;
  }

  get isProduced(): EventNode['isProduced'] {
    return this.#read().isProduced;
  }

  get isConsumed(): EventNode['isConsumed'] {
    return this.#read().isConsumed;
  }

  get isAsked(): boolean {
    return this.#read().isAsked;
  }

  #read(): EventNode {
    if (isNoted()) this.#note(this.key);
    return this.#event;
  }
}

/** Whether nothing of an event differs: then what was made from the one holds for the other. */
export function isSameEvent(one: EventNode, other: EventNode): boolean {
  return (
    one.name === other.name &&
    one.isProduced === other.isProduced &&
    one.isConsumed === other.isConsumed &&
    one.isAsked === other.isAsked &&
    isSamePlace(one.place, other.place) &&
    areSame(one.wireNames, other.wireNames, Object.is) &&
    areSame(one.declarations, other.declarations, isSameType) &&
    areSame(one.inline, other.inline, isSameObject) &&
    areSame(one.producers, other.producers, isSameProducer) &&
    areSame(one.consumers, other.consumers, isSameConsumer)
  );
}

/** Whether two producers are one, whatever became of their event otherwise. */
export function isSameProducer(one: ProducerNode, other: ProducerNode): boolean {
  return (
    one.action === other.action &&
    one.fn.fact === other.fn.fact &&
    one.event?.key === other.event?.key &&
    isSamePlace(one, other) &&
    isAlike(one.role, other.role)
  );
}

/** Whether two consumers are one, whatever became of their events otherwise. */
export function isSameConsumer(one: ConsumerNode, other: ConsumerNode): boolean {
  return (
    one.fact === other.fact &&
    one.handler?.fact === other.handler?.fact &&
    one.name === other.name &&
    one.transport === other.transport &&
    one.isForgotten === other.isForgotten &&
    one.runBy?.action === other.runBy?.action &&
    isSamePlace(one, other) &&
    areSame(one.events, other.events, isOfSameKey)
  );
}

type Inline = EventNode['inline'][number];

function isSameType(one: TypeNode, other: TypeNode): boolean {
  return one.fact === other.fact && one.file === other.file;
}

function isSameObject(one: Inline, other: Inline): boolean {
  return one.object === other.object && isSamePlace(one, other);
}

function isOfSameKey(one: EventNode, other: EventNode): boolean {
  return one.key === other.key;
}

/** Field by field: a role may be made anew of the same parts. */
function isAlike(one: object, other: object): boolean {
  if (one === other) return true;
  const [mine, theirs] = [Object.entries(one), new Map(Object.entries(other))];
  return mine.length === theirs.size && mine.every(([key, value]) => theirs.get(key) === value);
}
