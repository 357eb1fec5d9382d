// Topics in the imperative among facts that the same service tells of the same thing (`parcel.refund` beside `parcel.weighed` and
// `parcel.lost`), or in a list that calls them events (`enum OrderEvent { CREATE_ORDER }`). Elsewhere such a name may be a command's.
import type { Place } from '../../text.ts';
import { calledEvents } from '../events/listedEvents.ts';
import { aboutEvents } from '../incremental/about.ts';
import type { EventModel, EventNode } from '../model.ts';
import { nearestFirst } from '../resolution/nearness.ts';
import { endingIn, nounAtEnd, pastWords, spelledAs } from './betterNames.ts';
import { eventKey, statesFact, stemOf } from './names.ts';

/** An event whose topic is odd, and what it might be called. */
export interface OddTopic {
  readonly event: EventNode;
  readonly better: string;
  /** Where a list calls it an event. */
  readonly listed?: Place;
}

/** So many facts of the same thing tell that a service announces what happened to it. */
const enough = 2;

/** What is asked of a worker, more often than it is told. */
const work =
  /^(?:audit|calculate|execute|export|generate|import|notify|process|publish|retry|schedule|send|start|sync|trigger|validate|verify)$/;

/** The odd topics of the workspace; `verbs` are base forms. */
export function* oddTopics(model: EventModel, verbs: ReadonlySet<string>): Iterable<OddTopic> {
  const readTopic = aboutEvents(model, `words of topics ${[...verbs].join()}`, ({ name }) =>
    topicOf(name, verbs),
  );
  const candidates = model.events.filter((it) => mayBeOdd(it) && readTopic(it) !== undefined);
  if (candidates.length === 0) return;
  const lists = model.keeper.index(model.files, calledEvents);
  const facts = factsTold(model);
  for (const event of candidates) {
    const topic = readTopic(event);
    if (!topic || isAnswered(model, topic)) continue;
    const isOfBroker = event.producers.every((it) => it.role.transport === 'broker');
    const [teller] = event.producers;
    // Services that share no code each have a list of their own: the name is made up where it is told.
    const listed = isOfBroker && teller ? nearestFirst(teller.file, lists(event.key))[0] : undefined;
    if (listed) yield { event, better: topic.better, listed };
    else if (topic.isPlain && isAmongFacts(model, event, { candidates, facts, readTopic }))
      yield { event, better: topic.better };
  }
}

interface Told {
  readonly candidates: readonly EventNode[];
  readonly facts: ReadonlyMap<string, readonly string[]>;
  readonly readTopic: (event: EventNode) => Topic | undefined;
}

function isAmongFacts(model: EventModel, event: EventNode, { candidates, facts, readTopic }: Told): boolean {
  const subject = readTopic(event)?.subject ?? '';
  const services = servicesOf(model, event);
  const told = new Set(services.flatMap((it) => facts.get(`${it}\0${subject}`) ?? []));
  const odd = candidates.filter(
    (it) => readTopic(it)?.subject === subject && servicesOf(model, it).some((one) => services.includes(one)),
  );
  // Where half of what is said of a thing is in the imperative, that may be what is asked of others.
  return told.size >= enough && odd.length * 2 <= told.size && !isTakenElsewhere(model, event);
}

/** Who asks for a refund is answered with `refunded`, by whomever. */
function isAnswered({ events }: EventModel, { subject, verb }: Topic): boolean {
  return events.some(({ key, name }) => {
    const words = key.split(' ');
    const isOfSubject = words.slice(0, -1).join(' ') === subject;
    return isOfSubject && statesFact(name) && stemOf(words.at(-1) ?? '') === stemOf(verb);
  });
}

/** Another service may do what the topic says. */
function isTakenElsewhere({ serviceOf }: EventModel, { producers, consumers }: EventNode): boolean {
  const own = new Set(producers.map((it) => serviceOf(it.file)));
  return consumers.some((it) => !own.has(serviceOf(it.file)) && it.handler !== undefined);
}

function mayBeOdd({ declarations, producers }: EventNode): boolean {
  return (
    declarations.length === 0 && producers.length > 0 && producers.every((it) => it.role.kind === 'publish')
  );
}

interface Topic {
  readonly subject: string;
  /** The verb, or the noun that stands for it. */
  readonly verb: string;
  readonly better: string;
  /** The verb stands at the end, and is no work that one asks of a worker. */
  readonly isPlain: boolean;
}

function topicOf(name: string, verbs: ReadonlySet<string>): Topic | undefined {
  if (statesFact(name)) return undefined;
  const words = eventKey(name).split(' ');
  const [first = '', ...rest] = words;
  const last = words.at(-1) ?? '';
  if (rest.length === 0) return undefined;
  const found = nounAtEnd(words);
  if (found) {
    const subject = words.slice(0, -found.noun.split(' ').length);
    return topicWith(subject, last, found.past, endingIn(name, found.noun, found.past));
  }
  if (verbs.has(last)) {
    const past = pastWords(last);
    return topicWith(words.slice(0, -1), last, past, endingIn(name, last, past));
  }
  if (!verbs.has(first)) return undefined;
  const past = pastWords(first);
  return { ...topicWith(rest, first, past, spelledAs(name, [...rest, ...past])), isPlain: false };
}

function topicWith(subject: readonly string[], verb: string, past: readonly string[], better: string): Topic {
  return {
    subject: subject.join(' '),
    verb,
    better,
    isPlain: !work.test(verb) && past.join() !== verb,
  };
}

/** The keys of facts by who tells them and of what. */
function factsTold(model: EventModel): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const event of model.events) {
    const words = event.key.split(' ');
    if (words.length < 2 || event.producers.length === 0 || !statesFact(event.name)) continue;
    for (const service of servicesOf(model, event)) {
      const key = `${service}\0${words.slice(0, -1).join(' ')}`;
      found.set(key, [...(found.get(key) ?? []), event.key]);
    }
  }
  return found;
}

function servicesOf({ serviceOf }: EventModel, { producers }: EventNode): readonly string[] {
  return [...new Set(producers.map((it) => serviceOf(it.file)))];
}
