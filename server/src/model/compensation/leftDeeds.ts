// Flows of events in which a step took hold of something, a later step of another service fails, and whoever hears of that failure ends
// the flow without taking anything back. What a service did is known by the event that announces it.
import type { CallAction } from '../../facts/actions.ts';
import type { FileFacts } from '../../facts/facts.ts';
import { callsIn } from '../../facts/walk.ts';
import { hopsOf, type Hop } from '../choreography/hops.ts';
import { isRunByClock } from '../delivery/clockJobs.ts';
import { reachedFrom } from '../delivery/redelivered.ts';
import { unnamedSites } from '../events/sites.ts';
import { carriesOutcome } from '../failures/failures.ts';
import { isFailureOf, saysFailure, stepOf, type FailureWords } from '../failures/fallible.ts';
import { calleeName, indexOf } from '../fileIndex.ts';
import { saidOfEvents, saidOfFiles } from '../incremental/about.ts';
import type { ConsumerNode, Effect, EventModel, EventNode, FunctionNode, ProducerNode } from '../model.ts';
import { stemOf } from '../names/names.ts';
import { producersOf, storeOf } from '../producers/sent.ts';
import { saidBy, tellsSomebody } from '../sagas/deeds.ts';
import { failureWords } from '../sagas/replies.ts';
import { isUndoing, namesSubject, sharesSubject, undoes } from './undoing.ts';

/** What a flow leaves behind: a deed, the failure after it, and who ends the flow when that comes. */
export interface LeftDeed {
  readonly deed: EventNode;
  readonly failure: EventNode;
  readonly ending: ConsumerNode;
  readonly announced: ProducerNode;
}

/** Who is told that something was cancelled, or is over, may be told by a user or a clock as well. */
const failures: FailureWords = {
  ...failureWords,
  failures: failureWords.failures.filter(
    (it) => !/^(?:cancel|anul|annul|stornier|expir|vencid|error)/.test(it),
  ),
};
/** Participles of what takes hold, whatever it is about. */
const holding = new Set(
  (
    'reserved charged captured authorized authorised debited deducted decremented booked allocated withdrawn redeemed paid ' +
    'reservado reservada cobrado cobrada debitado pagado pago'
  ).split(' '),
);
/** Ends of names that say only that it succeeded: then the noun tells whether anything is held. */
const succeeding = new Set(
  (
    'processed completed complete succeeded success successful done finished executed confirmed approved accepted settled made taken ' +
    'procesado processado aprobado aprovado completado concluido confirmado'
  ).split(' '),
);
const held = new Set(
  'payment charge inventory stock reservation booking seat room flight hotel car ticket credit fund wallet balance pago pagamento estoque reserva'
    .split(' ')
    .map(stemOf),
);
/** What the flow can't do without. */
export const needed: ReadonlySet<string> = new Set(
  [
    ...held,
    ...'order shipment shipping delivery fulfillment transfer debit allocation provisioning envio entrega pedido'.split(
      ' ',
    ),
  ].map(stemOf),
);
const other =
  /mail|notif|sms|refund|releas|compens|revers|restock|restor|rollback|undo|void|webhook|sync|index|report|retry|dlq/;
/** What tries another way, or hands it to people. */
const goingOn =
  /retr(?:y|ies)|requeue|backorder|fallback|alternativ|manual|review|alert|escalat|incident|stuck/i;
const unclear =
  /compensat|recover|clean|undo|revert|roll_?back|trigger|dispatch|execute|start|resume|signal/i;
/** What is written for somebody else to give it back, or to go on: `status: 'REFUND_PENDING'`, `{ kind: 'refund' }`, `needsRefund`. */
const noted = /refund|give_?back|pay_?back|reimburs|chargeback|reversal|back_?order|on_?hold/i;
const ending = /expir|(?<![a-z])ttl(?![a-z])|(?:hold|held|reserved)Until/i;

/** All of them, once the whole workspace was read and each consumer says what it takes. */
export function leftDeeds(model: EventModel): readonly LeftDeed[] {
  if (!model.isComplete) return [];
  const failing = saidOfEvents(model, 'ends a flow', (it) => (endsFlow(it) ? [true] : [])).map(
    ({ of }) => of,
  );
  if (failing.length === 0 || unnamedSites(model).some((it) => it.end === 'consumer')) return [];
  const deeds = saidOfEvents(model, 'takes hold of something', (it) => (holds(it) ? [true] : []));
  const ends = new Map(failing.map((it) => [it, reactionTo(model, it)]));
  return deeds.flatMap(({ of: deed }) =>
    failedAfter(model, deed, new Set(failing)).flatMap((failure) => {
      const reaction = ends.get(failure);
      return reaction ? leftBy(model, deed, failure, reaction) : [];
    }),
  );
}

/** Whether an event says that something failed that a flow can't do without. */
export function endsFlow({ name, key, isProduced, isConsumed }: EventNode): boolean {
  if (isProduced !== 'yes' || isConsumed !== 'yes' || other.test(key)) return false;
  return saysFailure(name, failures) && key.split(' ').some((it) => needed.has(stemOf(it)));
}

/** Whether an event says that its producer took hold of something. */
export function holds({ name, isProduced, isConsumed }: EventNode): boolean {
  if (isProduced !== 'yes' || isConsumed !== 'yes' || saysFailure(name, failureWords)) return false;
  const step = stepOf(name);
  if (!step || step.isUndoing) return false;
  return (
    holding.has(step.action) || (succeeding.has(step.action) && held.has(stemOf(step.subject.at(-1) ?? '')))
  );
}

/** The failures that other services announce because the deed was done, what followed from it, or what it followed from. */
function failedAfter(
  model: EventModel,
  deed: EventNode,
  failing: ReadonlySet<EventNode>,
): readonly EventNode[] {
  const hops = hopsOf(model);
  const doing = doersOf(model, deed);
  const step = stepOf(deed.name);
  // `payment.processed { success }` is followed by the failure of its own, too.
  const saysHow = step !== undefined && carriesOutcome(model, deed, step, failures);
  const isOwn = ({ to, producer }: Hop): boolean =>
    doing.has(model.serviceOf(producer.file)) || (step !== undefined && isFailureOf(step, to.name, failures));
  const found = new Set<EventNode>();
  const seen = new Set([deed]);
  for (const event of seen) {
    for (const hop of hops.get(event) ?? []) {
      const { to } = hop;
      if (failing.has(to)) {
        if (!(saysHow && event === deed) && !isOwn(hop)) found.add(to);
      } else if (!saysFailure(to.name, failureWords) && !isUndoing(`x ${to.name}`)) seen.add(to);
    }
  }
  // `order.placed` has the card charged and the stock reserved at once: either may be done when the other fails.
  for (const besides of hops.values())
    if (besides.some(({ to }) => to === deed))
      for (const hop of besides) if (failing.has(hop.to) && !isOwn(hop)) found.add(hop.to);
  return [...found];
}

/** The services that did it. Who takes it and puts it back for another try did not. */
export function doersOf(model: EventModel, deed: EventNode): ReadonlySet<string> {
  return new Set(doing(model, deed).map((it) => model.serviceOf(it.file)));
}

/** Where it is announced by who did it. */
export function doing(model: EventModel, { producers, consumers }: EventNode): readonly ProducerNode[] {
  const taking = new Set(consumers.map((it) => model.serviceOf(it.file)));
  const first = producers.filter((it) => !taking.has(model.serviceOf(it.file)));
  return first.length > 0 ? first : producers;
}

/** All that happens because of an event, here and in other services. */
interface Reaction {
  readonly consumers: readonly ConsumerNode[];
  readonly words: readonly string[];
  readonly stores: readonly string[];
  /** More may happen than was read. */
  readonly isOpen: boolean;
}

function reactionTo(model: EventModel, failure: EventNode): Reaction {
  const doingOf = model.aboutConsumers('what it does by its words', (it) => doneBy(model, it));
  const events = new Set([failure]);
  const consumers = new Set<ConsumerNode>();
  let isOpen = false;
  for (const event of events) {
    isOpen ||= event.isConsumed === 'unknown';
    for (const consumer of event.consumers) {
      if (consumers.has(consumer)) continue;
      consumers.add(consumer);
      isOpen ||= !consumer.handler || doingOf(consumer).isOpen;
      for (const effect of model.bodyOfConsumer(consumer).effects) {
        if (effect.role.kind !== 'publish') continue;
        const sent = producersOf(model, effect).flatMap((it) => it.event ?? []);
        // What goes out because the handling itself failed is put aside, and is no reaction.
        isOpen ||= sent.length === 0 && !effect.inCatch;
        for (const it of sent) events.add(it);
      }
    }
  }
  const done = [...consumers].map(doingOf);
  return {
    consumers: [...consumers],
    words: [...done.flatMap((it) => it.words), ...[...events].map((it) => `x ${it.name}`)],
    stores: done.flatMap((it) => it.stores),
    isOpen,
  };
}

interface Done {
  readonly words: readonly string[];
  readonly stores: readonly string[];
  readonly isOpen: boolean;
}

const nothing: Done = { words: [], stores: [], isOpen: false };

/** What a consumer does, by the names of what it calls and writes. */
function doneBy(model: EventModel, consumer: ConsumerNode): Done {
  const { handler, events } = consumer;
  const { effects } = model.bodyOfConsumer(consumer);
  // A dispatcher leads to what is done with other events.
  if (!handler || (events.length > 1 && effects.length === 0)) return nothing;
  const reached = reachedFrom(model, handler);
  const told = reached.flatMap((fn) =>
    callsIn(fn.fact.body)
      .filter(({ roles }) => !roles.some((it) => it.kind === 'log' || it.kind === 'transaction'))
      .map((action) => ({ fn, action })),
  );
  const isUnknown = told.some(
    ({ fn, action }) => mayDoMore(action) && model.program.calleesOf(fn.file, fn, action.call).length === 0,
  );
  return {
    words: [...told.map(({ action }) => saidBy(action)), ...reached.flatMap(namesOf)],
    stores: effects.flatMap((it) => (it.role.kind === 'write' ? [storeOf(it)] : [])),
    isOpen:
      isUnknown ||
      effects.some(asksOthers) ||
      reached.some(({ fact }) => noted.test(JSON.stringify(fact.body))),
  };
}

/** Functions that take a parameter for another are called what they are for: `handleInventoryFailed` itself says nothing. */
function namesOf({ fact }: FunctionNode): readonly string[] {
  return [fact.name, `x ${fact.owner ?? ''}`];
}

/** What is asked for may take back anything, unless somebody is only told. */
function asksOthers({ role, name }: Effect): boolean {
  return (
    role.kind === 'remote' &&
    role.isRead !== true &&
    !/^(?:email|sms)$/.test(role.what) &&
    !tellsSomebody(name)
  );
}

/** A call that nobody can read, by a name that may stand for anything that is done after a failure. */
function mayDoMore({ call, roles, isNew }: CallAction): boolean {
  return !isNew && roles.length === 0 && unclear.test(calleeName(call.callee) ?? '');
}

function leftBy(
  model: EventModel,
  deed: EventNode,
  failure: EventNode,
  { consumers, words, stores, isOpen }: Reaction,
): readonly LeftDeed[] {
  const doers = doersOf(model, deed);
  const changes = (it: ConsumerNode): boolean =>
    model
      .bodyOfConsumer(it)
      .effects.some(({ role }) => role.kind !== 'publish' && !(role.kind === 'remote' && role.isRead));
  const isHeard = consumers.some((it) => doers.has(model.serviceOf(it.file)) && changes(it));
  const isTakenBack =
    words.some((it) => takesBack(it, deed) || goingOn.test(it)) ||
    stores.some((it) => sharesSubject(it, deed.name));
  if (isOpen || isHeard || isTakenBack || isEndedAnyhow(model, deed)) return [];
  const moving = new Set(deed.consumers.map((it) => model.serviceOf(it.file)));
  const ends = failure.consumers.filter((it) => changes(it) && !doers.has(model.serviceOf(it.file)));
  const ending = ends.find((it) => moving.has(model.serviceOf(it.file))) ?? ends[0];
  const [announced] = doing(model, deed);
  return ending && announced ? [{ deed, failure, ending, announced }] : [];
}

/** It says what it takes back, or only that it takes back. */
export function takesBack(words: string, { name }: EventNode): boolean {
  return isUndoing(words) && (!namesSubject(words) || undoes(words, name));
}

/** Whether what is held ends by itself, or somebody looks from time to time for what has to be taken back. */
export function isEndedAnyhow(model: EventModel, deed: EventNode): boolean {
  const own = doing(model, deed).flatMap(({ fn }) => reachedFrom(model, fn));
  if (own.some(({ fact }) => ending.test(JSON.stringify(fact.body)))) return true;
  return saidOfFiles(model, 'what clocks run', (facts) => runByClocks(model, facts)).some((it) =>
    takesBack(it, deed),
  );
}

/** What a file does again and again, by the names of what it calls. */
function runByClocks(model: EventModel, facts: FileFacts): readonly string[] {
  const { file, functions } = facts;
  const isTimed = indexOf(facts).withRoles.some(({ action: { roles } }) =>
    roles.some((it) => it.kind === 'schedule' && !it.isOnce && !it.isKept),
  );
  const timed = functions.filter((it) => isRunByClock(it) || (isTimed && it.kind !== 'module'));
  const reached = timed.flatMap((fact) => reachedFrom(model, { file, fact }));
  return [...new Set(reached.flatMap(({ fact }) => [fact.name, ...callsIn(fact.body).map(saidBy)]))];
}
