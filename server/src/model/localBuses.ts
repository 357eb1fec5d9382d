// Whether a hand-written bus stays in its process: its code is here, and nothing beside it speaks to a broker.
import type { Expr } from '../facts/expressions.ts';
import type { ConsumerFact, FileFacts } from '../facts/facts.ts';
import type { FilePath } from '../text.ts';
import type { ConsumerDraft } from './consumers.ts';
import { indexOf } from './fileIndex.ts';
import type { TypeNode } from './model.ts';
import type { Linking } from './program.ts';

const brokers =
  /kafka|amqp|rabbit|nats|mqtt|sqs|sns|aws|pubsub|service-?bus|event-?bridge|redis|bull|stan|pulsar|inngest|temporal|axios/i;
const emitters = /^(?:(?:node:)?events|eventemitter[23]|emittery|mitt|@nestjs\/event-emitter)$/;

/** Asks it of the bus on which a consumer subscribes; false where the bus is not seen. */
export function localBuses(linking: Linking): (consumer: ConsumerDraft) => boolean {
  const known = new Map<TypeNode['fact'], boolean>();
  return ({ fact, registeredIn }) => {
    const facts = linking.files.get(registeredIn);
    if (!facts || fact.library !== 'own-bus' || fact.transport !== 'unknown') return false;
    const bus = busOf(facts, fact);
    const type = bus && linking.calls.typing.typeOf(facts.file, bus);
    if (!type) return bus !== undefined && isEmitter(linking, facts.file, bus);
    let isLocal = known.get(type.fact);
    if (isLocal === undefined) known.set(type.fact, (isLocal = staysHere(type, linking)));
    return isLocal;
  };
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

function isFreeOfBrokers(facts: FileFacts | undefined): boolean {
  return facts !== undefined && !facts.imports.some((it) => brokers.test(it.from));
}
