// Consumers under a decorator of the workspace: one that wraps a known one, as `Topic()` which applies `MessagePattern()`, or one
// that notes what whoever registers the method reads.
import type { DecoratorFact, Expr } from '../../facts/expressions.ts';
import type { ConsumerFact, FileFacts, FunctionFact } from '../../facts/facts.ts';
import { table } from '../../table.ts';
import { eachAction } from '../fileIndex.ts';
import type { Linking } from '../program.ts';
import { entryOf } from '../resolution/values.ts';
import type { Entry } from './handedHandlers.ts';
import { registrationBehind, type Noted } from './notedHandlers.ts';

type Wrapped = Pick<ConsumerFact, 'library' | 'transport' | 'isRequest' | 'acknowledges'>;

const wrapped: Readonly<Record<string, Wrapped>> = table({
  EventPattern: { library: '@nestjs/microservices', transport: 'broker' },
  MessagePattern: { library: '@nestjs/microservices', transport: 'broker', isRequest: true },
  RabbitSubscribe: { library: '@golevelup/nestjs-rabbitmq', transport: 'broker' },
  SqsMessageHandler: { library: '@ssut/nestjs-sqs', transport: 'broker' },
  OnEvent: { library: '@nestjs/event-emitter', transport: 'in-process' },
  Process: { library: '@nestjs/bull', transport: 'broker' },
});
/** A note may say anything of a method: who may call it, how long its answer is kept. */
const consuming = /subscri|consum|listen|handle|message|topic|queue|event|^on[A-Z]|^On/i;
const eventKeys = ['pattern', 'topic', 'event', 'routingKey', 'name', 'queue'];

/** A consumer under a decorator, and the call that runs it where that is known. */
export interface Decorated {
  readonly fact: ConsumerFact;
  readonly entry?: Entry;
}

/** The consumers of a file that only the decorators' own bodies give away. */
export function decoratedConsumers(facts: FileFacts, linking: Linking): readonly Decorated[] {
  const known = new Set(facts.consumers.map((it) => it.handler));
  return facts.functions.flatMap((fn) => {
    if (fn.decorators.length === 0 || known.has(fn.id)) return [];
    return fn.decorators.flatMap((it) => consumerUnder(facts, fn, it, linking)).slice(0, 1);
  });
}

function consumerUnder(
  facts: FileFacts,
  fn: FunctionFact,
  decorator: DecoratorFact,
  linking: Linking,
): readonly Decorated[] {
  if (Object.hasOwn(wrapped, decorator.name)) return [];
  const kind = kindWrapped(facts, decorator, linking);
  const noted = kind ? undefined : notedUnder(facts, fn, decorator, linking);
  const found = kind ?? noted?.by;
  if (!found) return [];
  const { library, transport, isRequest, acknowledges } = found;
  const fact: ConsumerFact = {
    ...{ library, transport, at: fn.at, name: fn.name },
    ...(isRequest && { isRequest }),
    ...(acknowledges && { acknowledges }),
    ...(fn.owner !== undefined && { owner: fn.owner }),
    events: decorator.args.slice(0, 1).map(eventIn),
    handler: fn.id,
    eventParameter: 0,
  };
  return [{ fact, ...(noted?.entry && { entry: noted.entry }) }];
}

/** What the known decorator makes that the body of this one applies. */
function kindWrapped(
  { file }: FileFacts,
  { name, at }: DecoratorFact,
  { values }: Linking,
): Wrapped | undefined {
  const value = values.evaluate(file, { kind: 'name', name, at });
  for (const action of value.kind === 'function' ? eachAction(value.node.fact.body) : []) {
    const callee = action.kind === 'call' ? action.call.callee : undefined;
    if (callee?.kind === 'name' && Object.hasOwn(wrapped, callee.name)) return wrapped[callee.name];
  }
  return undefined;
}

/** How a method is registered of which a decorator notes that it consumes. */
function notedUnder(
  { file }: FileFacts,
  { kind }: FunctionFact,
  decorator: DecoratorFact,
  linking: Linking,
): Noted | undefined {
  return kind === 'method' && consuming.test(decorator.name)
    ? registrationBehind(file, decorator, linking)
    : undefined;
}

function eventIn(arg: Expr): Expr {
  if (arg.kind !== 'object') return arg;
  for (const key of eventKeys) {
    const found = entryOf(arg, key);
    if (found) return found;
  }
  return arg;
}
