// Topics in the imperative among facts that the same service tells of the same thing: `parcel.refund` beside `parcel.weighed` and
// `parcel.lost`. Alone, or sent by somebody else, such a name may be that of a command.
import { aboutEvents } from './about.ts';
import type { EventModel, EventNode } from './model.ts';
import { eventKey, pastOf, statesFact, stemOf } from './names.ts';

/** An event whose topic is odd, and the last word that would say what happened. */
export interface OddTopic {
  readonly event: EventNode;
  readonly last: string;
  readonly past: string;
}

/** So many facts of the same thing tell that a service announces what happened to it. */
const enough = 2;

/** What is asked of a worker, more often than it is told. */
const work =
  /^(?:audit|calculate|execute|export|generate|import|notify|process|publish|retry|schedule|send|start|sync|trigger|validate|verify)$/;

const nouns: ReadonlyMap<string, string> = new Map(
  Object.entries({
    login: 'logged_in',
    logout: 'logged_out',
    signup: 'signed_up',
    checkout: 'checked_out',
  }),
);

/** The odd topics of the workspace; `verbs` are base forms. */
export function* oddTopics(model: EventModel, verbs: ReadonlySet<string>): Iterable<OddTopic> {
  const readTopic = aboutEvents(model, `last words of topics ${[...verbs].join()}`, ({ name }) =>
    topicOf(name, verbs),
  );
  const candidates = model.events.filter((it) => mayBeOdd(it) && readTopic(it) !== undefined);
  if (candidates.length === 0) return;
  const facts = factsTold(model);
  for (const event of candidates) {
    const topic = readTopic(event);
    const key = (service: string): string => `${service}\0${topic?.subject ?? ''}`;
    const services = servicesOf(model, event);
    const told = new Set(services.flatMap((it) => facts.get(key(it)) ?? []));
    const odd = candidates.filter(
      (it) =>
        readTopic(it)?.subject === topic?.subject &&
        servicesOf(model, it).some((one) => services.includes(one)),
    );
    // Where half of what is said of a thing is in the imperative, that may be what is asked of others.
    if (!topic || told.size < enough || odd.length * 2 > told.size || isAnswered(model, topic)) continue;
    if (!isTakenElsewhere(model, event)) yield { event, last: topic.last, past: topic.past };
  }
}

/** Who asks for a refund is answered with `refunded`, by whomever. */
function isAnswered({ events }: EventModel, { subject, last }: Topic): boolean {
  return events.some(({ key, name }) => {
    const words = key.split(' ');
    const isOfSubject = words.slice(0, -1).join(' ') === subject;
    return isOfSubject && statesFact(name) && stemOf(words.at(-1) ?? '') === stemOf(last);
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
  readonly last: string;
  readonly past: string;
}

function topicOf(name: string, verbs: ReadonlySet<string>): Topic | undefined {
  if (statesFact(name)) return undefined;
  const words = eventKey(name).split(' ');
  const last = words.at(-1) ?? '';
  const past = nouns.get(last) ?? (verbs.has(last) && !work.test(last) ? pastOf(last) : undefined);
  return words.length > 1 && past !== undefined && past !== last
    ? { subject: words.slice(0, -1).join(' '), last, past }
    : undefined;
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
