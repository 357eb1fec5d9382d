// Consumers under a decorator of the workspace that wraps a known one: `Topic()` which applies `MessagePattern()`.
import type { DecoratorFact, Expr } from '../../facts/expressions.ts';
import type { ConsumerFact, FileFacts, FunctionFact } from '../../facts/facts.ts';
import { table } from '../../table.ts';
import { eachAction } from '../fileIndex.ts';
import type { Linking } from '../program.ts';
import { entryOf } from '../resolution/values.ts';

const wrapped: Readonly<Record<string, Pick<ConsumerFact, 'library' | 'transport' | 'isRequest'>>> = table({
  EventPattern: { library: '@nestjs/microservices', transport: 'broker' },
  MessagePattern: { library: '@nestjs/microservices', transport: 'broker', isRequest: true },
  RabbitSubscribe: { library: '@golevelup/nestjs-rabbitmq', transport: 'broker' },
  SqsMessageHandler: { library: '@ssut/nestjs-sqs', transport: 'broker' },
  OnEvent: { library: '@nestjs/event-emitter', transport: 'in-process' },
  Process: { library: '@nestjs/bull', transport: 'broker' },
});
const eventKeys = ['pattern', 'topic', 'event', 'routingKey', 'name', 'queue'];

/** The consumers of a file that only the decorators' own bodies give away. */
export function decoratedConsumers(facts: FileFacts, linking: Linking): readonly ConsumerFact[] {
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
  { values }: Linking,
): readonly ConsumerFact[] {
  if (Object.hasOwn(wrapped, decorator.name)) return [];
  const value = values.evaluate(facts.file, { kind: 'name', name: decorator.name, at: decorator.at });
  if (value.kind !== 'function') return [];
  for (const action of eachAction(value.node.fact.body)) {
    const callee = action.kind === 'call' ? action.call.callee : undefined;
    const kind =
      callee?.kind === 'name' && Object.hasOwn(wrapped, callee.name) ? wrapped[callee.name] : undefined;
    if (!kind) continue;
    const events = decorator.args.slice(0, 1).map(eventIn);
    const owner = fn.owner === undefined ? {} : { owner: fn.owner };
    return [{ ...kind, ...owner, at: fn.at, name: fn.name, events, handler: fn.id, eventParameter: 0 }];
  }
  return [];
}

function eventIn(arg: Expr): Expr {
  if (arg.kind !== 'object') return arg;
  for (const key of eventKeys) {
    const found = entryOf(arg, key);
    if (found) return found;
  }
  return arg;
}
