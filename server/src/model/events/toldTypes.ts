// Which of the types that a producer or consumer names are events, and which only what an event is about.
import type { FileFacts, TypeFact } from '../../facts/facts.ts';
import { once } from '../../facts/once.ts';
import type { PublishRole } from '../../facts/roles.ts';
import type { ConsumerDraft } from '../consumers/consumerDraft.ts';
import { isTold, type Message } from '../messages/message.ts';
import type { TypeNode } from '../model.ts';
import type { Linking } from '../program.ts';
import { namedBy } from './aliases.ts';
import { evidenceOf, isBaseName, isWorkName } from './evidence.ts';

/** What a call that publishes tells, and how it publishes. */
interface Told {
  readonly messages: readonly Message[];
  readonly role: PublishRole;
}

/** What a producer tells, without the types that are no event there. */
export function toldBy(producer: Told, linking: Linking): readonly Message[] {
  return withoutEntities(withoutResults(producer, linking), linking);
}

/** `emit('user.created', user)`: where a name says which event it is, a type that says nothing of events is what it is about. */
export function withoutEntities(messages: readonly Message[], linking: Linking): readonly Message[] {
  if (!messages.some((it) => it.kind === 'name')) return messages;
  return messages.filter((it) => {
    if (it.kind !== 'type') return true;
    // `publish('order.placed', event: Event)`: a type that all events share does not say which one it is.
    if (isBaseName(it.node.fact.name)) return false;
    if (tellsEvent(it.node, linking)) return true;
    const named = namedBy(linking, it.node);
    return named !== undefined && speaksOfEvent(named, linking);
  });
}

/** Whether a type tells by itself that it is an event, or a message of another kind. */
function tellsEvent(node: TypeNode, linking: Linking): boolean {
  return extendsMessage(node) || speaksOfEvent(node, linking) || isMessage(node);
}

/** `send(sale: Sale) { producer.send(new SaleMessage(sale)) }`: the message is made here, and callers only hand in what it is about. */
export function makesMessage(
  { messages: made }: Told,
  { messages: handed }: Told,
  linking: Linking,
): boolean {
  const about = handed.flatMap((it) =>
    it.kind === 'type' && !tellsEvent(it.node, linking) ? [it.node] : [],
  );
  if (about.length === 0 || about.length < handed.filter(isTold).length) return false;
  return made.some((it) => it.kind === 'type' && about.every(({ fact }) => fact !== it.node.fact));
}

/** An emitter of Node tells anything under a name that nobody can read (`task:${id}`): what says nothing of events is none. */
function withoutResults({ messages, role }: Told, linking: Linking): readonly Message[] {
  if (role.library !== 'event-emitter') return messages;
  return messages.filter(
    (it) =>
      it.kind !== 'type' ||
      messages.some((other) => other.kind === 'name') ||
      speaksOfEvent(it.node, linking) ||
      extendsEvent(it.node, linking),
  );
}

/** `handle(user: User)` by convention: that a class is called a handler makes no event of whatever it takes. */
export function sureOf(
  { messages, handler }: ConsumerDraft,
  published: ReadonlySet<TypeFact>,
  linking: Linking,
): readonly Message[] {
  const [first] = handler?.fact.parameters ?? [];
  const facts = handler && linking.files.get(handler.file);
  const name = (first === undefined ? undefined : facts?.bindings[first]?.name) ?? '';
  if (/(?:^|[a-z])(?:event|message|msg|evt)$/i.test(name)) return messages;
  return messages.filter(
    (it) =>
      it.kind !== 'type' ||
      extendsMessage(it.node) ||
      published.has(it.node.fact) ||
      speaksOfEvent(it.node, linking),
  );
}

function speaksOfEvent({ file, fact }: TypeNode, { files }: Linking): boolean {
  const facts = files.get(file);
  return !facts || weightIn(facts)(fact) > 0;
}

/** How much a declaration says of being an event. */
export const weightIn = once((facts: FileFacts) => once((fact: TypeFact) => evidenceOf(facts, fact)));

/** `SaleMessage` is what travels, and not what it is about. */
function isMessage({ fact }: TypeNode): boolean {
  return /[a-z]Message$/.test(fact.name) && !isWorkName(fact.name);
}

function extendsMessage({ fact }: TypeNode): boolean {
  return fact.bases.length + fact.implements.length > 0;
}

/** Whether a type inherits what makes it an event. */
export function extendsEvent(node: TypeNode, { files, hierarchy }: Linking): boolean {
  return hierarchy.lineageOf(node).some((it) => {
    const facts = files.get(it.file);
    return (
      facts !== undefined &&
      it.fact !== node.fact &&
      evidenceOf(facts, { ...it.fact, isAbstract: false }) >= 2
    );
  });
}
