// What carries the metadata of an event: its declarations, or where there are none what is published under its name; with what is
// known of each from its fields, the envelopes around it and the layers on its way.
import type { Expr } from '../../facts/expressions.ts';
import type { FilePath, Place } from '../../text.ts';
import { namesContent } from '../events/evidence.ts';
import { calledEvents } from '../events/listedEvents.ts';
import { bearsLive, handsLive, isInput } from '../events/liveParts.ts';
import { isShown, staysInside } from '../events/staysInside.ts';
import { checksOf, isSpokenFor } from '../events/twins.ts';
import { bareIds, contentsOf, copiesOf, decoded, passedOn, type Passed } from '../messages/contents.ts';
import type { EventModel, EventNode, TypeNode } from '../model.ts';
import { announces, isOfFacts, isResult } from '../names/announcing.ts';
import { statesFact } from '../names/names.ts';
import { addedOnTheWay } from './envelopes.ts';
import type { Envelopes } from './generalEnvelopes.ts';
import { metadataOf, ofObject, ofValue, together } from './metadata.ts';
import { metadataKinds, type Aliases, type Metadata } from './metadataKinds.ts';
import { ownTimeIn, ownTimeOf } from './ownTimes.ts';
import { resentAs, withoutResent } from './resentMessages.ts';
import { untypedLiterals } from './untypedLiterals.ts';
import { wrappingsOf } from './wrappedEvents.ts';

/** What an event carries its metadata in. */
export interface Carrier {
  /** A declaration of the event, a type that only bears its name, a published literal, or some other thing that is published as it is. */
  readonly form: 'declaration' | 'bearer' | 'literal' | 'thing' | 'envelope';
  readonly node?: TypeNode;
  readonly place: Place;
  readonly name: string;
  /** The published literal of an untyped event. */
  readonly object?: Expr;
  /** The object that a function of the workspace puts around what it is handed. */
  readonly envelope?: Expr;
  /** All that is known of its metadata; one part that is open leaves all of it open. */
  readonly known: readonly Metadata[];
}

interface Told {
  readonly aliases: Aliases;
  readonly envelopes: Envelopes;
  /** The keys of the events as which a message was sent on. */
  readonly sentOn?: readonly string[];
}

/** The carriers that ought to have metadata: no commands, no content of an envelope that has it, nothing that stays in the process. */
export function* carriersOf(model: EventModel, event: EventNode, told: Told): Iterable<Carrier> {
  const { aliases, envelopes } = told;
  if (isQuestion(event)) return;
  for (const node of event.declarations) {
    if (isSpokenFor(model, event, node) || isPayload(node) || isShown(model, event, node)) continue;
    if (bearsLive(model, node) || isInput(model, event, node) || isUnionOfTypes(model, node)) continue;
    const added = addedOnTheWay(model, event, aliases, node);
    const said = [node, ...checksOf(model, event, node)];
    const known = said.flatMap((it) => [metadataOf(model, it, aliases), envelopes(it)]);
    const place = { file: node.file, at: node.fact.at };
    const all = [...known, added, ownTimeOf(model, node)];
    yield { form: 'declaration', node, place, name: node.fact.name, known: all };
    yield* lessThanPromised(model, event, node, { all: together(all), added, aliases });
  }
  if (event.declarations.length > 0 || staysInside(model, event)) return;
  const isTold = announces(event.name) || isCalledEvent(model, event) || tellsResult(model, event);
  if (!isTold && !isTopicOfFacts(model, event)) return;
  yield* undeclared(model, event, told);
}

interface Promised {
  /** What is known of the declaration. */
  readonly all: Metadata;
  readonly added: Metadata;
  readonly aliases: Aliases;
}

/** What a declaration promises and a literal that is published in its place does not carry; what both lack is said of the declaration. */
function* lessThanPromised(
  model: EventModel,
  event: EventNode,
  node: TypeNode,
  { all, added, aliases }: Promised,
): Iterable<Carrier> {
  const lacking = metadataKinds.filter((it) => !all.present.has(it));
  const told: Metadata = { present: new Set(lacking), isOpen: all.isOpen };
  for (const { file, at, object } of untypedLiterals(model, event, node)) {
    const known = [ofObject(model, file, object, aliases), added, ownTimeIn(event.name, object), told];
    yield { form: 'literal', place: { file, at }, name: event.wireNames[0] ?? event.name, object, known };
  }
}

/** `@MessagePattern('search') find(query: FindOrderEvent)`: a request, whatever its type is called. */
function isQuestion({ name, isAsked, producers, consumers }: EventNode): boolean {
  return isAsked && consumers.length === 0 && producers.every((it) => it.role.isRequest) && !statesFact(name);
}

/** `type OrderEvent = OrderPlaced | OrderPaid`: its members speak for themselves. */
function isUnionOfTypes({ program }: EventModel, { file, fact: { alias } }: TypeNode): boolean {
  return (
    alias?.kind === 'union' &&
    alias.of.every((it) => it.kind === 'ref' && program.typeNamed(file, it.name) !== undefined)
  );
}

/** What is published under the name of an event that nobody declares: a type that bears it, literals, or a thing of another type. */
function* undeclared(model: EventModel, event: EventNode, told: Told): Iterable<Carrier> {
  const { aliases, envelopes } = told;
  const { name } = event;
  const inline = event.inline.length > 0 ? event.inline : copiesOf(model, event);
  const added = addedOnTheWay(model, event, aliases);
  const contents = contentsOf(model, event).filter((it) => !bearsLive(model, it.node));
  const knownOf = (it: TypeNode): readonly Metadata[] => [
    metadataOf(model, it, aliases),
    envelopes(it),
    added,
    ownTimeOf(model, it),
  ];
  const bearer = contents.find((it) => namesContent(it.node.fact.name))?.node;
  if (bearer) {
    const { file, fact } = bearer;
    const place = { file, at: fact.at };
    yield { form: 'bearer', node: bearer, place, name: fact.name, known: knownOf(bearer) };
    return;
  }
  for (const { file, at, object } of inline.filter((it) => !handsLive(it.object))) {
    const sent = contentIn(model, file, object);
    const within = sent ? [ofValue(model, file, sent, aliases)] : [];
    const own = ofLiteral(model, event, { file, object }, told);
    const known = [...own, ...within, added, ownTimeIn(name, sent ?? object)];
    const literal = sent ?? object;
    const place = { file, at };
    yield { form: 'literal', place, name, known, ...(literal.kind === 'object' && { object: literal }) };
  }
  if (inline.length > 0) return;
  for (const { file, at, node } of contents)
    yield { form: 'thing', place: { file, at }, name, known: knownOf(node) };
  const wrappings = contents.length > 0 ? [] : wrappingsOf(model, event, aliases);
  for (const it of wrappings) yield { form: 'envelope', ...it };
  if (wrappings.length > 0) return;
  yield* untyped(model, event, told, added);
}

/** Values without a type that travel as they are: what is handed in, what came as another event's message, a bare id. */
function* untyped(model: EventModel, event: EventNode, told: Told, added: Metadata): Iterable<Carrier> {
  const { name } = event;
  for (const { file, at, value } of passedOn(model, event)) {
    const known = [ofValue(model, file, value, told.aliases), added];
    yield { form: 'thing', place: { file, at }, name, known };
  }
  for (const { place, source } of resentAs(model, event))
    yield { form: 'thing', place, name, known: [...ofResent(model, event, source, told), added] };
  for (const place of bareIds(model, event)) yield { form: 'thing', place, name, known: [added] };
}

/** What is written in a literal, and what the messages carry that it holds. */
function ofLiteral(
  model: EventModel,
  event: EventNode,
  { file, object: literal }: { readonly file: FilePath; readonly object: Expr },
  told: Told,
): readonly Metadata[] {
  if (literal.kind !== 'object') return [ofObject(model, file, literal, told.aliases)];
  const { object, resent } = withoutResent(model, file, literal);
  const carried = resent.flatMap((it) => ofResent(model, event, it, told));
  return [ofObject(model, file, object, told.aliases), ...carried];
}

/** What a message carries that was handled as one event and is sent on as another; unknown where it goes round. */
function ofResent(model: EventModel, event: EventNode, source: EventNode, told: Told): readonly Metadata[] {
  const sentOn = [...(told.sentOn ?? []), event.key];
  const carriers = sentOn.includes(source.key) ? [] : [...carriersOf(model, source, { ...told, sentOn })];
  const [carrier, ...others] = carriers;
  return carrier && others.length === 0 ? carrier.known : [{ present: new Set(), isOpen: true }];
}

/** `send({ topic, event: 'order.placed', message })`: what a wrapper is handed with its address is not what travels. */
function contentIn(model: EventModel, file: FilePath, object: Expr): Expr | undefined {
  if (object.kind !== 'object') return undefined;
  const isAddressed = object.entries.some((it) => address.test(it.key));
  const sent = object.entries.find((it) => content.test(it.key))?.value;
  return isAddressed && sent ? decoded(model, file, ofBatch(sent)) : undefined;
}

/** `[{ value: JSON.stringify(order) }]`: of what is sent together the first speaks for all. */
function ofBatch(sent: Expr): Expr {
  const [first] = sent.kind === 'array' ? sent.items : [];
  if (first?.kind !== 'object') return sent;
  return first.entries.find((it) => it.key === 'value')?.value ?? sent;
}

const address = /^(?:topic|channel|exchange|routingKey|routing_key|queue|subject)(?:Name)?$/;
const content = /^(?:messages?|payload|data|body|content|value)$/;

/** `interface OrderPlaced extends IEventPayload`: the envelope around it carries the metadata. */
function isPayload({ fact: { bases, implements: implemented } }: TypeNode): boolean {
  return [...bases, ...implemented].some((it) => it.kind === 'ref' && /Payload$/.test(it.name));
}

/** `enum ParcelEvent { SEND_PARCEL }`: whatever it sounds like, its list says that it is an event. */
function isCalledEvent({ keeper, files }: EventModel, { key, producers }: EventNode): boolean {
  const isOfBroker = producers.length > 0 && producers.every((it) => it.role.transport === 'broker');
  return isOfBroker && keeper.index(files, calledEvents)(key).length > 0;
}

/** What whoever calls the function hands in: there it is said what it is. */
function isHandedIn({ files }: EventModel, { file, value }: Passed): boolean {
  const binding = value.kind === 'name' ? value.binding : undefined;
  return binding !== undefined && files.get(file)?.bindings[binding]?.kind === 'parameter';
}

/** What is told, and not asked, on a broker under the name of what it is about; what has a type there says itself whether it is an event. */
function isTopicOfFacts(model: EventModel, event: EventNode): boolean {
  const { name, isAsked, producers } = event;
  if (contentsOf(model, event).length > 0 || passedOn(model, event).some((it) => isHandedIn(model, it)))
    return false;
  const isTold = !isAsked && producers.every((it) => it.role.transport === 'broker' && !it.role.isRequest);
  return isTold && isOfFacts(name, (it) => producers.every(({ role }) => it.test(role.library)));
}

/** `credit.check.result`, a `CreditCheckResult`: a broker carries what came of something to whoever waits for it. */
function tellsResult(model: EventModel, event: EventNode): boolean {
  const { name, producers } = event;
  if (producers.length === 0 || !producers.every((it) => it.role.transport === 'broker')) return false;
  if (isResult(name)) return true;
  const isTold = !event.isAsked && producers.every((it) => !it.role.isRequest);
  return isTold && contentsOf(model, event).some((it) => isResult(bareName(it.node.fact.name)));
}

/** `PaymentResult` of `PaymentResultPayload`. */
function bareName(name: string): string {
  return name.replace(/(?:Payload|Data|Dto|DTO|Message|Event)$/, '');
}
