// What a declaration says by itself about being an event: its name, tag, bases and neighbours. Pure look-ups in one file.
import type { TypeExpr } from '../../facts/expressions.ts';
import type { FileFacts, TypeFact } from '../../facts/facts.ts';
import type { TypeNode } from '../model.ts';
import { eventKey, isParticiple, statesFact, stemOf, typeStatesFact, wordsOf } from '../names/names.ts';
import { isLookAlike } from './lookAlikes.ts';
import { tagOf } from './tags.ts';
import { eventMembers } from './unionMembers.ts';

/** Names of types that all events share; they are no events themselves. */
const baseName =
  /^(?:I|T|Abstract|Base|Generic|Any|Typed)?(?:Domain|Integration|Base|Cloud|Application|System|Broker|Outbox|Kafka|Rabbit|Message|Stored|Recorded|Versioned|Public|Internal)*(?:Events?|Message|Envelope|EventEnvelope|EventBase|EventMetadata|Metadata|EventProps|EventType)(?:V\d+)?$/i;
const eventBase =
  /^(?:I|Abstract|Base)?(?:Domain|Integration|Base|Cloud|Application|Broker|Messaging)?Event(?:Base|Envelope|Message|V\d+)?$|^(?:Event|Message)?Envelope$/;
const payloadName =
  /(?:Payload|Data|Dto|DTO|Props|Params|Args|Input|Output|Options|Config|Request|Response|Result|State|Meta|Metadata|Body|Headers|Context|Details?)(?:V\d+)?$|[a-z]Payload(?=[A-Z])/;
/** What a consumer makes of another one's event to read it. */
const viewName = /^(?:Parsed|Incoming)[A-Z]\w*Event$/;
/** What a type is called that describes the form of another's content. */
const formName = /Schema(?:V\d+)?$/;
const otherRole =
  /(?:Handler|Listener|Publisher|Producer|Consumer|Subscriber|Command|Query|Service|Store|Bus|Emitter|Repository|Controller|Module|Factory|Mapper|Type|Types|Name|Names|Map|Registry|Builder|Error|Exception|Entity|Model|Document|Saga|Processor|Dispatcher|Gateway|Client|Provider|Subscription|Topic|Topics|Subject|Subjects|Channel|Queue|Exchange|Connection|Destination|Callback|Fn|Interceptor|Middleware|Filter|Guard|Strategy|Policy|Status|Outcome|Keys?|Id|Record|Row|Log|Logger|Manager|Job|Worker|Step|Spec|Test|Mock|Class|Constructor|Ctor|Condition|Cache|Method|Rule|Trigger|Node|Block)$/;
/** What stands in for something else in tests. */
const doubleName = /^I?(?:Mock|Fake|Stub|Dummy)[A-Z]/;

/** What is stored is told by its file. */
const entityFile = /\.(?:entity|model|orm-?entity)\.ts$|\/entities\//;

/** The suffix of a schema constant taken off: `OrderPlacedSchema` declares `OrderPlaced`. */
export function declaredName(fact: TypeFact): string {
  return fact.name.replace(/(?<=.)Schema$/, '').replace(/^I(?=[A-Z][a-z])/, '');
}

/** A type of the events' form but not what travels as a whole: `OrderPlacedPayload`. */
export function isPayloadName(name: string): boolean {
  return payloadName.test(capitalised(name.replace(/Schema(?:V\d+)?$/, '')));
}

/** A piece of work in a queue, which is asked for and has not happened: `Job`, `SendEmailJob`, `SendEmailQueueMessage`. */
export function isWorkName(name: string): boolean {
  if (/(?:^|[a-z])(?:Job|Task)$/.test(name)) return true;
  return /[a-z](?:Queue|Job|Task|Command)(?:Message|Msg)$/.test(name) && !typeStatesFact(name);
}

/** A base, envelope or generic that events are made of. */
export function isBaseName(name: string): boolean {
  return baseName.test(name);
}

/** Whether a value of this very type can be one message: no base, generic, union, enum or payload of another. */
export function isMessageType({ fact }: TypeNode): boolean {
  if (fact.kind === 'enum' || fact.isAbstract || fact.parameters.length > 0 || fact.notAnEvent) return false;
  if (works(fact) || isHolder(fact)) return false;
  if (isBaseName(fact.name) || [otherRole, doubleName, viewName].some((it) => it.test(fact.name)))
    return false;
  if ((fact.kind === 'interface' || fact.alias?.kind === 'object') && formName.test(fact.name)) return false;
  const alias = fact.alias;
  if (!alias) return true;
  if (alias.kind === 'ref') return alias.args.length > 0 && !isUtility(alias.name);
  if (alias.kind === 'intersection') return !isView(alias.of) && !joinsMessages(fact, alias.of);
  return alias.kind === 'object' || alias.kind === 'typeof';
}

/** `interface Scope { open(): void; close(): void }`: whoever is handed it calls it. */
function works({ kind, members, alias }: TypeFact): boolean {
  const own = alias?.kind === 'object' ? alias.members : kind === 'interface' ? members : [];
  const methods = own.filter((it) => it.type?.kind === 'function');
  return methods.length > 1 && methods.length * 2 > own.length;
}

/** `interface ToPublish { placed?: OrderPlaced; closed?: OrderClosed }`: holds one of several messages, and is none. */
function isHolder({ kind, members, alias }: TypeFact): boolean {
  const own = alias?.kind === 'object' ? alias.members : kind === 'interface' ? members : [];
  return (
    own.length > 1 &&
    own.every(({ isOptional, type }) => isOptional && type?.kind === 'ref' && tellsMessage(type.name))
  );
}

/** `(OrderPlaced | OrderClosed) & Metadata`: a union that is joined to something is still one, and its members are the messages. */
function joinsMessages(fact: TypeFact, parts: readonly TypeExpr[]): boolean {
  const members = parts.flatMap((it) => (it.kind === 'union' ? it.of : []));
  if (members.length === 0) return false;
  const telling = members.filter(
    (it) => (it.kind === 'ref' || it.kind === 'typeof') && tellsMessage(it.name.replace(/Schema$/, '')),
  );
  return telling.length * 2 > members.length || eventMembers(fact).length > 0;
}

/** `OrderPlaced`, `OrderEvent`; an `Address` is what an event may be about. */
function tellsMessage(name: string): boolean {
  return statesFact(name) || /(?:Event|Message)$/.test(name);
}

/** `PaymentApprovedEventDto`, `OrderPlacedPayload`: what bears an event by its name, and is the event where nothing stands around it. */
export function namesContent(name: string): boolean {
  return isPayloadName(name) && tellsMessage(name.replace(payloadName, ''));
}

/** Whether the name of what is made tells the message: of `new LogFailedEvent(reason, 'NO_SPACE')` too, a record for people. */
export function namesMessage(node: TypeNode): boolean {
  const { kind, name, notAnEvent } = node.fact;
  return isMessageType(node) || (kind === 'class' && /[a-z]Event$/.test(name) && notAnEvent !== undefined);
}

/** `type NamedEvent = DomainEvent & { name?: string }` only says what a base may have besides. */
function isView(parts: readonly TypeExpr[]): boolean {
  const objects = parts.flatMap((it) => (it.kind === 'object' ? [it] : []));
  const bases = parts.flatMap((it) => (it.kind === 'ref' && isBaseName(it.name) ? [it] : []));
  const isOptional = objects.length > 0 && objects.every((it) => it.members.every((one) => one.isOptional));
  return isOptional && bases.length > 0 && objects.length + bases.length === parts.length;
}

/** 2 is enough: one strong piece counts 2, a weak one 1. Says nothing about who publishes it. */
export function evidenceOf(facts: FileFacts, fact: TypeFact): number {
  if (!isMessageType({ file: facts.file, fact }) || isPayloadName(fact.name) || isWorkName(fact.name))
    return 0;
  if (fact.isEvent) return 2;
  if (isLookAlike(facts, fact)) return 0;
  const name = declaredName(fact);
  let weight = 0;
  if ([...fact.bases, ...fact.implements].some(isEventBase) || isEventGeneric(fact.alias)) weight += 2;
  // A base of one's own that is called `Event` may as well be a concert's.
  if (typeStatesFact(name) && [...fact.bases, ...fact.implements].some((it) => isOwnBase(it, facts)))
    weight += 1;
  if (/Event(?:V\d+)?$/.test(name)) weight += 1;
  if (typeStatesFact(name)) weight += 1;
  if (weight < 2 && entityFile.test(facts.file)) return 0;
  if (weight > 0 && isInEventFile(facts.file)) weight += 1;
  const tag = tagOf(fact);
  if (tag !== undefined && (weight > 0 ? tellsEvent(tag, name) : statesFact(tag))) weight += 2;
  return weight;
}

/**
 * Whether a tag says that something happened, or says once more what the name says: `type: 'oauth2'` sorts something else, and
 * `type: 'event'` tells an event from what is none (a filter, a node of a diagram).
 */
function tellsEvent(tag: string, name: string): boolean {
  if (/^(?:event|message)$/i.test(tag)) return typeStatesFact(name);
  if (statesFact(tag) || /event$/i.test(tag) || /Event(?:V\d+)?$/.test(name)) return true;
  const words = eventKey(name).split(' ');
  const isStated = typeStatesFact(name);
  if (isStated && /\w[.:/]\w/.test(tag)) return true;
  const telling = isStated ? words.filter((it, index) => index > 0 && isParticiple(it)) : words;
  const stems = new Set(telling.map(stemOf));
  return wordsOf(tag).some((it) => stems.has(stemOf(it)));
}

/** Whether a file or one of its last two folders is named after events. */
export function isInEventFile(file: string): boolean {
  return /(?:^|[/.\-_])(?:domain-?|integration-?)?(?:events?|messages|contracts)(?:[/.\-_]|$)/i.test(
    file.split('/').slice(-3).join('/'),
  );
}

function isEventBase(base: TypeExpr): boolean {
  if (base.kind !== 'ref' && base.kind !== 'typeof') return false;
  const name = base.name.slice(base.name.lastIndexOf('.') + 1).replace(/Schema$/, '');
  if (base.kind === 'ref' && name === 'Event') return base.args.length > 0;
  return eventBase.test(capitalised(name));
}

/** `Event` that is imported or declared here: without that it is the browser's. */
function isOwnBase(base: TypeExpr, { imports, types }: FileFacts): boolean {
  if (base.kind !== 'ref' || base.name !== 'Event') return false;
  return imports.some((it) => it.local === base.name) || types.some((it) => it.name === base.name);
}

/** Constants that hold schemas are written small. */
function capitalised(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

function isEventGeneric(alias: TypeExpr | undefined): boolean {
  if (alias?.kind === 'intersection') return alias.of.some((it) => isEventBase(it));
  return alias?.kind === 'ref' && alias.args.length > 0 && isEventBase(alias);
}

function isUtility(name: string): boolean {
  return /^(?:Partial|Required|Pick|Omit|Record|Readonly|Array|Promise|Map|Set|Extract|Exclude|ReturnType|Awaited|Parameters)$/.test(
    name,
  );
}
