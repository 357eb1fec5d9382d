// Whether the failure of a step is announced anywhere: under a name of its own, as an outcome the event carries, or by the very
// function that announces the success.
import type { Expr, TypeExpr } from '../../facts/expressions.ts';
import type { FileFacts, FunctionFact } from '../../facts/facts.ts';
import { lazily, once } from '../../facts/once.ts';
import type { FilePath } from '../../text.ts';
import { aboutEvents, madeOfNames, saidOfFiles } from '../incremental/about.ts';
import type { EventModel, EventNode, Field, ProducerNode } from '../model.ts';
import { eventKey, statesFact, wordsOf } from '../names/names.ts';
import { namesSpokenIn, spokenNames } from '../names/spokenNames.ts';
import { failureFinder, saysFailure, stepOf, type FailureWords, type Step } from './fallible.ts';

export interface Failures {
  /** Whether something announces that the step of this event failed, or might for all that can be read. */
  readonly mayFollow: (event: EventNode, step: Step) => boolean;
}

/** Looks at all names of the workspace, and only when somebody asks. */
export function failuresOf(model: EventModel, words: FailureWords): Failures {
  const isNamed = lazily(() => namedFinder(model, words));
  const followed = lazily(() => followedToFailure(model, words));
  const computed = lazily(() => model.producers.filter(isComputed));
  const failing = lazily(() => new Set(model.producers.flatMap((it) => failingFunction(it, words))));
  const unread = lazily(() => new Set(model.producers.flatMap(fileOfUnread)));
  const carries = aboutEvents(model, `outcomes ${idOf(words)}`, (event) => {
    const step = stepOf(event.name);
    return step !== undefined && carriesOutcome(model, event, step, words);
  });
  return {
    mayFollow: (event, step) =>
      isNamed()(step) ||
      carries(event) ||
      (!step.isUndoing && followed().has(event.key)) ||
      computed().some((it) => mayBeMeant(it, step, words)) ||
      event.producers.some((it) => failing().has(it.fn.fact) || unread().has(it.file)),
  };
}

/** What is kept for some words is kept under these. */
const idOf = once((words: FailureWords) => JSON.stringify(words));

/** Finds a failure among all names; made anew only where these changed. */
function namedFinder(model: EventModel, words: FailureWords): (step: Step) => boolean {
  const names = [...failureNames(model, words)];
  return madeOfNames(model, `finder of failures ${idOf(words)}`, names, (it) => rememberingFinder(it, words));
}

/** It is kept from model to model, so that it must see nothing of the model for which it was made. */
function rememberingFinder(names: readonly string[], words: FailureWords): (step: Step) => boolean {
  const find = failureFinder(names, words);
  const known = new Map<string, boolean>();
  return (step) => {
    const key = [...step.subject, step.action].join(' ');
    const isFound = known.get(key) ?? !isEmpty(find(step));
    known.set(key, isFound);
    return isFound;
  };
}

function isEmpty(found: Iterable<string>): boolean {
  for (const _ of found) return false;
  return true;
}

/** The longest word of a phrase, as an expression that means that very word: a configuration may have brought one that would never end. */
function hintOf(phrase: string): string {
  const longest = phrase.split(' ').reduce((one, other) => (other.length > one.length ? other : one));
  return longest.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

function failureNames(model: EventModel, words: FailureWords): ReadonlySet<string> {
  const mayFail = new RegExp(words.failures.map(hintOf).join('|'), 'i');
  const isMeant = (name: string): boolean =>
    mayFail.test(name) && saysFailure(name, words) && !isOfReader(name);
  const all = new Set(
    saidOfFiles(model, `names of failures ${idOf(words)}`, (it) => [...spokenNames(it)].filter(isMeant)),
  );
  for (const it of queuesOf(model)) all.delete(it);
  for (const it of saidOfFiles(model, `errors ${idOf(words)}`, (facts) => errorsIn(model, facts, isMeant)))
    all.delete(it);
  return all;
}

/** A queue beside what it is bound to is called after its reader: `booking.room-reservation-failed`. */
function queuesOf(model: EventModel): readonly string[] {
  const queues = model.saidOfConsumers('name of its queue', ({ file, fact }) => {
    const queue = fact.queue && fact.events.length > 0 ? model.program.stringOf(file, fact.queue) : undefined;
    return queue === undefined ? [] : [queue];
  });
  if (queues.length === 0) return [];
  const wireNames = new Set(model.events.flatMap((it) => it.wireNames));
  return queues.map(({ said }) => said).filter((it) => !wireNames.has(it));
}

/** `order-cancelled-payments-durable`: where a reader goes on is called after the reader too. */
function isOfReader(name: string): boolean {
  return /^(?:durable|group|subscription)$/.test(
    wordsOf(name)
      .filter((it) => it !== 'name' && it !== 'id')
      .at(-1) ?? '',
  );
}

/** What is thrown reaches the caller, and no consumer: `class OutOfStock extends Error`. */
function errorsIn(
  { program }: EventModel,
  { file, types }: FileFacts,
  isMeant: (name: string) => boolean,
): readonly string[] {
  return types.flatMap((fact) => {
    if (fact.kind !== 'class' || !isMeant(fact.name)) return [];
    const bases = program.lineageOf({ file, fact }).flatMap((it) => it.fact.bases);
    return bases.some((it) => it.kind === 'ref' && /(?:Error|Exception)$/.test(it.name)) ? [fact.name] : [];
  });
}

/** `catch { publish(new OrderCancelled()) }` beside `publish(new PaymentProcessed())`: the function that does both. */
function failingFunction({ fn, event }: ProducerNode, words: FailureWords): readonly FunctionFact[] {
  return event && saysFailure(event.name, words) ? [fn.fact] : [];
}

/**
 * What process managers wait for that wait for the failure of the whole flow too (`OrderFailed`), by its key: they do not wait
 * for ever.
 */
function followedToFailure(model: EventModel, words: FailureWords): ReadonlySet<string> {
  const followed = new Set<string>();
  for (const names of saidOfFiles(model, 'names in sagas', namesInSagas)) {
    if (!names.some((it) => statesFact(it) && saysFailure(it, words))) continue;
    for (const it of names) followed.add(eventKey(it));
  }
  return followed;
}

/** What each class speaks of that is called a saga or the like. */
function namesInSagas(facts: FileFacts): readonly (readonly string[])[] {
  return facts.types.flatMap((type) => {
    const isSaga =
      type.kind === 'class' && /saga|orchestrat|statemachine|processmanager|workflow/i.test(type.name);
    return isSaga ? [[...namesSpokenIn(facts, type)]] : [];
  });
}

/** `publish(topicFor(outcome), …)` in the same file may be what announces the failure. */
function fileOfUnread(producer: ProducerNode): readonly FilePath[] {
  const isUnread = producer.event === undefined && /^(?:call|template)$/.test(channelOf(producer).kind);
  return isUnread ? [producer.file] : [];
}

/** `${step}.failed` and `payment.${outcome}` are published somewhere. */
function isComputed(producer: ProducerNode): boolean {
  return producer.event === undefined && channelOf(producer).kind === 'template';
}

/** Either of these may be the failure of this very step. */
function mayBeMeant(producer: ProducerNode, step: Step, words: FailureWords): boolean {
  const channel = channelOf(producer);
  if (channel.kind !== 'template') return false;
  const texts = channel.parts.filter((part) => typeof part === 'string');
  const isOfSubject = texts.some((text) => wordsOf(text).includes(step.subject.at(-1) ?? ''));
  return isOfSubject || texts.some((text) => saysFailure(text, words));
}

function channelOf({ role }: ProducerNode): Expr {
  return role.channel ?? role.event;
}

const outcome =
  /^(?:status|outcome|result|state|success|succeeded|isSuccess|isSuccessful|successful|ok|decision|approved|accepted)$/i;
const failureField =
  /^(?:error|errors|failure|failureReason|failureCode|errorMessage|errorCode|declineReason|rejectionReason)$/i;
const envelope = /^(?:data|payload|detail|details|body|content|props|value)$/i;
/** Ends of names that leave open how it went: `PaymentProcessed { status: string }`. */
const neutral = new Set(
  'processed completed complete finished finalized finalised done executed settled confirmed'.split(' '),
);

/** Whether an event says itself how its step went: `PaymentProcessed { success: boolean }`. */
export function carriesOutcome(
  model: EventModel,
  event: EventNode,
  step: Step,
  words: FailureWords,
): boolean {
  const isOpen = neutral.has(step.action);
  const fromTypes = event.declarations.some((it) => {
    const { fields } = model.program.fieldsOf(it.file, it);
    return [...fields.values()].some((field) => isOutcome(model, field, { words, isOpen, depth: 0 }));
  });
  const isSent = event.producers.some((it) => sendsOutcome(model, it, { words, isOpen, depth: 0 }));
  return fromTypes || isSent || event.inline.some(({ object }) => hasOutcome(object, words, isOpen));
}

/** `publish(Topics.PaymentProcessed, event.data)`: what travels may be declared under another name than the topic's. */
function sendsOutcome(model: EventModel, { file, role, action }: ProducerNode, asked: Asked): boolean {
  return [role.payload, ...action.call.args].some((it) => {
    if (it?.kind !== 'name' && it?.kind !== 'member') return false;
    const isPart = it.kind === 'member' && envelope.test(it.name);
    const type = model.program.typeOf(file, isPart ? it.object : it);
    const fields = type ? [...model.program.fieldsOf(type.file, type).fields.values()] : [];
    return fields.some((field) => isOutcome(model, field, asked));
  });
}

interface Asked {
  readonly words: FailureWords;
  readonly isOpen: boolean;
  readonly depth: number;
}

function isOutcome(model: EventModel, { name, file, member }: Field, asked: Asked): boolean {
  if (failureField.test(name)) return true;
  if (outcome.test(name)) return !member.type || mayFail(model, file, member.type, asked);
  if (!envelope.test(name) || !member.type || asked.depth > 1) return false;
  const { fields } = model.program.fieldsOf(file, member.type);
  return [...fields.values()].some((it) => isOutcome(model, it, { ...asked, depth: asked.depth + 1 }));
}

function mayFail(model: EventModel, file: FilePath, type: TypeExpr, asked: Asked): boolean {
  if (type.kind === 'primitive')
    return type.name === 'boolean' || (asked.isOpen && type.name !== 'undefined');
  if (type.kind === 'literal') return type.value === 'false' || saysFailure(type.value, asked.words);
  if (type.kind === 'union') return type.of.some((it) => mayFail(model, file, it, asked));
  if (type.kind !== 'ref' && type.kind !== 'typeof') return asked.isOpen;
  const named = model.program.typeNamed(file, type.name);
  if (!named || asked.depth > 3) return asked.isOpen;
  if (named.fact.kind === 'enum') return named.fact.members.some((it) => saysFailure(it.name, asked.words));
  const deeper = { ...asked, depth: asked.depth + 1 };
  return named.fact.alias ? mayFail(model, named.file, named.fact.alias, deeper) : asked.isOpen;
}

function hasOutcome(object: Expr, words: FailureWords, isOpen: boolean): boolean {
  if (object.kind !== 'object') return false;
  return object.entries.some(({ key, value }) => {
    if (failureField.test(key)) return true;
    if (envelope.test(key)) return hasOutcome(value, words, isOpen);
    return outcome.test(key) && valueMayFail(value, words, isOpen);
  });
}

function valueMayFail(value: Expr, words: FailureWords, isOpen: boolean): boolean {
  if (value.kind === 'choice') return value.of.some((it) => valueMayFail(it, words, isOpen));
  if (value.kind === 'string') return saysFailure(value.value, words);
  if (value.kind === 'literal') return value.text === 'false';
  if (value.kind === 'member' && /^[A-Z]/.test(value.name))
    return saysFailure(wordsOf(value.name).join(' '), words);
  return isOpen;
}
