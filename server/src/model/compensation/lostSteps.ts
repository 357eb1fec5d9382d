// Flows of events in which a step took hold of something and the next one fails unseen: whoever runs it only logs what it catches, or a
// stream of NestJS sends its command and hears of no failure. No event says that it failed, and nobody has anything that gives back.
import type { FileFacts } from '../../facts/facts.ts';
import { actionsIn, callsIn } from '../../facts/walk.ts';
import type { FilePath, Span } from '../../text.ts';
import { hopsOf } from '../choreography/hops.ts';
import { reachedFrom } from '../delivery/redelivered.ts';
import { unnamedSites } from '../events/sites.ts';
import { saysFailure } from '../failures/fallible.ts';
import { swallowIn } from '../failures/swallowing.ts';
import { calleeName } from '../fileIndex.ts';
import { saidOfEvents, saidOfFiles } from '../incremental/about.ts';
import type { ConsumerNode, EventModel, EventNode, ProducerNode } from '../model.ts';
import { stemOf, wordsOf } from '../names/names.ts';
import { storeOf } from '../producers/sent.ts';
import { asks, saidBy, tellsSomebody } from '../sagas/deeds.ts';
import { failureWords } from '../sagas/replies.ts';
import { doersOf, doing, holds, isEndedAnyhow, needed, takesBack } from './leftDeeds.ts';

/** What was announced, and the step after it whose failure nobody sees. */
export interface LostStep {
  readonly deed: EventNode;
  readonly announced: ProducerNode;
  readonly next: ConsumerNode;
  /** What the next step is called: a command, or who runs it. */
  readonly name: string;
  /** Where it is mended: where the command is sent, or where the deed is announced. */
  readonly place: { readonly file: FilePath; readonly at: Span };
}

/** All of them, once the whole workspace was read. */
export function lostSteps(model: EventModel): readonly LostStep[] {
  if (!model.isComplete) return [];
  const deeds = saidOfEvents(model, 'takes hold of something', (it) => (holds(it) ? [true] : []));
  if (deeds.length === 0 || unnamedSites(model).some((it) => it.end === 'consumer')) return [];
  return deeds.flatMap(({ of: deed }) => {
    const [announced] = doing(model, deed);
    const found = announced ? lostAfter(model, deed, announced) : [];
    return found.length === 0 || isGivenBack(model, deed) ? [] : found.slice(0, 1);
  });
}

function lostAfter(model: EventModel, deed: EventNode, announced: ProducerNode): readonly LostStep[] {
  const hops = hopsOf(model);
  const doers = doersOf(model, deed);
  const following = new Set([deed]);
  for (const event of following)
    for (const { to } of hops.get(event) ?? []) if (!saysFailure(to.name, failureWords)) following.add(to);
  const consumers = [...following].flatMap((it) => it.consumers);
  return [...new Set(consumers)].flatMap((next): readonly LostStep[] => {
    const command = deed.consumers.includes(next) ? commandOfStream(model, next) : undefined;
    if (command !== undefined) return [{ deed, announced, next, name: command, place: next }];
    if (doers.has(model.serviceOf(next.file)) || !isLost(model, next)) return [];
    return [{ deed, announced, next, name: next.name, place: announced }];
  });
}

/** A step that the flow can't do without, and whose consumer only logs what fails. */
function isLost(model: EventModel, consumer: ConsumerNode): boolean {
  if (consumer.transport !== 'broker' || consumer.events.length !== 1 || consumer.fact.isRequest)
    return false;
  const swallow = swallowIn(model, consumer);
  if (!swallow || swallow.isOfBase) return false;
  const { effects } = model.bodyOfConsumer(consumer);
  const made = effects.flatMap((it) =>
    it.role.kind === 'write' && it.role.operation === 'insert' && !it.inCatch ? wordsOf(storeOf(it)) : [],
  );
  const subjects = made.map(stemOf).filter((it) => needed.has(it));
  return subjects.length > 0 && !saysItFailed(model, subjects);
}

function saysItFailed(model: EventModel, subjects: readonly string[]): boolean {
  return [...model.events.values()].some(
    ({ name, key }) =>
      saysFailure(name, failureWords) && key.split(' ').some((it) => subjects.includes(stemOf(it))),
  );
}

const carrying =
  /^(?:ship|deliver|dispatch_?(?:order|parcel|goods)|fulfil|prepare_?(?:order|shipment)|book|reserve|allocate|charge|process_?payment)/i;

/** `map((event) => new ShipOrder(event.orderId))` in a stream of a saga: the bus runs it, and nobody hears how it went. */
function commandOfStream(model: EventModel, { file, handler, fact }: ConsumerNode): string | undefined {
  const streams = model.files.get(file)?.sagas.filter((it) => it.form === 'stream') ?? [];
  if (!handler || !streams.some((it) => it.name === fact.name)) return undefined;
  const made = callsIn(handler.fact.body).flatMap(({ isNew, call }) =>
    isNew ? [calleeName(call.callee) ?? ''] : [],
  );
  const command = made.find((it) => carrying.test(it) && !asks(it) && !tellsSomebody(it));
  if (command === undefined) return undefined;
  const subjects = wordsOf(command).filter((it) => it !== 'command');
  return saysItFailed(model, subjects.map(stemOf)) || isSeenTo(model, command) ? undefined : command;
}

/** Whoever runs the command catches what fails, here or in what it calls. */
function isSeenTo(model: EventModel, command: string): boolean {
  return saidOfFiles(model, 'commands with a catch', (facts) => caughtIn(model, facts)).includes(command);
}

function caughtIn(model: EventModel, { file, types, functions }: FileFacts): readonly string[] {
  return types.flatMap(({ name, decorators }) => {
    const args = decorators.flatMap((it) => (it.name === 'CommandHandler' ? it.args : []));
    const commands = args.flatMap((it) => (it.kind === 'name' ? [it.name] : []));
    const own = commands.length > 0 ? functions.filter(({ owner }) => owner === name) : [];
    const reached = own.flatMap((fact) => reachedFrom(model, { file, fact }));
    return reached.some(({ fact }) => actionsIn(fact.body).some((it) => it.kind === 'try')) ? commands : [];
  });
}

/** By a call, a command that is made, or a message, wherever it stands; or it ends by itself. */
function isGivenBack(model: EventModel, deed: EventNode): boolean {
  const events = [...model.events.values()].map((it) => `x ${it.name}`);
  const called = saidOfFiles(model, 'names that may take back', namesIn);
  return [...events, ...called].some((it) => takesBack(it, deed)) || isEndedAnyhow(model, deed);
}

function namesIn({ functions }: FileFacts): readonly string[] {
  return functions.flatMap(({ body }) =>
    callsIn(body).flatMap((it) => {
      if (it.roles.some((role) => role.kind === 'log' || role.kind === 'transaction')) return [];
      return [it.isNew ? `x ${calleeName(it.call.callee) ?? ''}` : saidBy(it)];
    }),
  );
}
