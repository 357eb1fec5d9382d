// Whether a hand-written bus stays in its process: its code is here, and nothing beside it speaks to a broker.
import type { Expr } from '../../facts/expressions.ts';
import type { ConsumerFact, FileFacts } from '../../facts/facts.ts';
import { lazily, once } from '../../facts/once.ts';
import type { FilePath } from '../../text.ts';
import type { ConsumerDraft } from '../consumers/consumerDraft.ts';
import { indexOf } from '../fileIndex.ts';
import { foundInFiles } from '../incremental/about.ts';
import { keyOf } from '../messages/message.ts';
import type { TypeNode } from '../model.ts';
import type { ProducerDraft } from '../producers/producers.ts';
import type { Linking } from '../program.ts';

const brokers =
  /kafka|amqp|rabbit|nats|mqtt|sqs|sns|aws|pubsub|service-?bus|event-?bridge|redis|bull|stan|pulsar|inngest|temporal|axios/i;
const emitters = /^(?:(?:node:)?events|eventemitter[23]|emittery|mitt|@nestjs\/event-emitter)$/;
/** What a bus has that calls its handlers itself. */
const subscribing = ['subscribe', 'on', 'register', 'registerHandler', 'addHandler', 'addListener'];

/** Asks it of the bus on which a consumer subscribes, or else of those on which its events are published; false where none is seen. */
export function localBuses(
  linking: Linking,
  producers: readonly ProducerDraft[],
): (consumer: ConsumerDraft) => boolean {
  const known = new Map<TypeNode['fact'], boolean>();
  const isLocal = (type: TypeNode): boolean => {
    let answer = known.get(type.fact);
    if (answer === undefined) known.set(type.fact, (answer = staysHere(type, linking)));
    return answer;
  };
  const arePublished = publishedWithin(linking, producers, isLocal);
  const areHeardHere = publishedInProcess(producers);
  return (consumer) => {
    const { fact, registeredIn } = consumer;
    const facts = linking.files.get(registeredIn);
    if (!facts || fact.library !== 'own-bus' || fact.transport !== 'unknown') return false;
    const bus = busOf(facts, fact);
    if (!bus) return arePublished(consumer);
    const type = linking.calls.typing.typeOf(facts.file, bus);
    return type ? isLocal(type) : isEmitter(linking, facts.file, bus) || areHeardHere(consumer);
  };
}

/** `engine.bus.on('run.ended', …)` of nobody knows what: where its events are published is an emitter, and no broker. */
function publishedInProcess(producers: readonly ProducerDraft[]): (consumer: ConsumerDraft) => boolean {
  const byEvent = lazily(() => producersByEvent(producers));
  const isInProcess = ({ role }: ProducerDraft): boolean => role.transport === 'in-process';
  const mayBe = ({ role, isRelay }: ProducerDraft): boolean =>
    role.library === 'own-bus' && role.transport === 'unknown' && !isRelay;
  return ({ messages }) =>
    messages.length > 0 &&
    messages.every((it) => {
      const found = keyOf(it) === '?' ? [] : (byEvent().get(keyOf(it)) ?? []);
      return found.some(isInProcess) && found.every((one) => isInProcess(one) || mayBe(one));
    });
}

/**
 * A handler that is registered in another file: each of its events is published, and only on buses that are subscribed to here.
 * Of events out of an aggregate nobody can say where they are published: then the buses here must be all there is.
 */
function publishedWithin(
  { calls: { typing }, hierarchy, files, keeper }: Linking,
  producers: readonly ProducerDraft[],
  isLocal: (bus: TypeNode) => boolean,
): (consumer: ConsumerDraft) => boolean {
  const isWithin = ({ file, action, role }: ProducerDraft): boolean => {
    const { callee } = action.call;
    if (role.library !== 'own-bus' || role.transport !== 'unknown') return false;
    const bus = callee.kind === 'member' ? typing.typeOf(file, callee.object) : undefined;
    return (
      bus !== undefined &&
      subscribing.some((it) => hierarchy.methodOf(bus, it) ?? hierarchy.memberOf(bus, it)) &&
      isLocal(bus)
    );
  };
  const areAllWithin = (): boolean =>
    producers.some(isWithin) &&
    producers.every((it) => it.role.transport === 'in-process' || isWithin(it)) &&
    foundInFiles({ keeper, files }, 'speaks to brokers', ifOfBrokers).length === 0;
  let known: ReadonlyMap<string, readonly ProducerDraft[]> | undefined;
  let isClosed: boolean | undefined;
  return ({ messages }) => {
    const byEvent = (known ??= producersByEvent(producers));
    const found = messages.map((it) => (keyOf(it) === '?' ? [] : (byEvent.get(keyOf(it)) ?? [])));
    if (found.length > 0 && found.every((it) => it.length > 0))
      return found.flat().every((it) => isWithin(it) && !it.isRelay);
    return (isClosed ??= areAllWithin());
  };
}

function producersByEvent(
  producers: readonly ProducerDraft[],
): ReadonlyMap<string, readonly ProducerDraft[]> {
  const found = new Map<string, ProducerDraft[]>();
  for (const producer of producers) {
    for (const key of producer.messages.map(keyOf)) found.set(key, [...(found.get(key) ?? []), producer]);
  }
  return found;
}

/** An emitter of Node or a package like it, made in another file. */
function isEmitter({ calls }: Linking, file: FilePath, bus: Expr): boolean {
  return emitters.test(calls.typing.foreignOf(file, bus)?.from ?? '');
}

/** The object of the call that registers the handler. */
function busOf(facts: FileFacts, { handler }: ConsumerFact): Expr | undefined {
  for (const sites of indexOf(facts).calls.values()) {
    for (const { action } of sites) {
      const { callee, args } = action.call;
      const last = args.at(-1);
      if (callee.kind === 'member' && last && isHandler(unbound(last), handler, facts)) return callee.object;
    }
  }
  return undefined;
}

/** `this.handle.bind(this)` hands over `this.handle`. */
function unbound(arg: Expr): Expr {
  const isBound = arg.kind === 'call' && arg.callee.kind === 'member' && arg.callee.name === 'bind';
  return isBound && arg.callee.kind === 'member' ? arg.callee.object : arg;
}

function isHandler(arg: Expr, handler: ConsumerFact['handler'], { functions }: FileFacts): boolean {
  if (typeof handler !== 'number') return arg.at.start === handler.at.start && arg.kind === handler.kind;
  if (arg.kind === 'function') return arg.function === handler;
  return arg.kind === 'member' && arg.object.kind === 'this' && functions[handler]?.name === arg.name;
}

function staysHere(type: TypeNode, linking: Linking): boolean {
  const classes = [type, ...linking.hierarchy.subtypesOf(type)].filter(
    ({ fact }) => fact.kind === 'class' && !fact.isAbstract,
  );
  const files = new Set([
    ...classes.map((it) => it.file),
    ...(isMadeBeside(type, linking) ? [type.file] : []),
  ]);
  return files.size > 0 && [...files].every((it) => isFreeOfBrokers(linking.files.get(it)));
}

/** `const createBus = (): EventBus => ({ … })` in the file that declares the type. */
function isMadeBeside({ file, fact }: TypeNode, { files }: Linking): boolean {
  const made = files.get(file)?.functions ?? [];
  return made.some(({ returns }) => returns?.kind === 'ref' && returns.name === fact.name);
}

const ifOfBrokers = once((facts: FileFacts) => (isFreeOfBrokers(facts) ? [] : [true]));

function isFreeOfBrokers(facts: FileFacts | undefined): boolean {
  return facts !== undefined && !facts.imports.some((it) => brokers.test(it.from));
}
