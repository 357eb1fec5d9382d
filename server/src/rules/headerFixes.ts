// Where the correlation id travels beside the message, in its headers or properties, it is handed on there.
import type { Expr, ObjectExpr } from '../facts/expressions.ts';
import type { HandOnPlan } from '../fixes/plan.ts';
import { bindingOf } from '../model/calls/handling.ts';
import { namesFlow } from '../model/choreography/handedOn.ts';
import type { LostCorrelation } from '../model/choreography/lostCorrelations.ts';
import type { EventNode } from '../model/model.ts';

/** For kafkajs and amqplib, where those who publish the handled event set the id there. */
export function headerFix(lost: LostCorrelation): HandOnPlan | undefined {
  if (lost.here.levels.length !== 1) return undefined;
  const { library } = lost.consumer.fact;
  if (library !== lost.producer.role.library) return undefined;
  if (library === 'kafkajs') return intoHeaders(lost);
  return library === 'amqplib' ? intoProperties(lost) : undefined;
}

/** `messages: [{ value, headers: { 'x-correlation-id': message.headers?.['x-correlation-id'] } }]`. */
function intoHeaders(lost: LostCorrelation): HandOnPlan | undefined {
  const key = lost.consumer.events.map((it) => keyIn(it, 'headers')).find((it) => it !== undefined);
  const messages = lost.producer.action.call.args.flatMap((it) => entry(it, 'messages') ?? []);
  const [only] = messages.flatMap((it) => (it.kind === 'array' && it.items.length === 1 ? it.items : []));
  const name = messageName(lost);
  if (
    key === undefined ||
    only?.kind !== 'object' ||
    only.entries.some((it) => it.key === 'headers') ||
    name === undefined
  )
    return undefined;
  const path = /^[\w$]+$/.test(key) ? `headers?.${key}` : `headers?.['${key}']`;
  const target = { file: lost.producer.file, at: only.at };
  return {
    kind: 'hand-on',
    target,
    from: { name },
    entries: [{ name: key, path, inside: 'headers' }],
    arguments: [],
  };
}

/** `channel.publish(exchange, key, content, { correlationId: message.properties.correlationId })`. */
function intoProperties(lost: LostCorrelation): HandOnPlan | undefined {
  const isKept = lost.consumer.events.some((it) =>
    optionsOf(it).some((options) => options.entries.some(({ key }) => key === 'correlationId')),
  );
  const { call } = lost.producer.action;
  const name = parameterName(lost);
  const index = { publish: 3, sendToQueue: 2 }[call.callee.kind === 'member' ? call.callee.name : ''];
  if (!isKept || index === undefined || name === undefined) return undefined;
  const path = 'properties.correlationId';
  const options = call.args[index];
  const plan = { kind: 'hand-on', from: { name } } as const;
  const { file } = lost.producer;
  if (options?.kind === 'object')
    return {
      ...plan,
      target: { file, at: options.at },
      entries: [{ name: 'correlationId', path }],
      arguments: [],
    };
  if (options || call.args.length !== index) return undefined;
  return {
    ...plan,
    target: { file, at: call.span },
    entries: [],
    arguments: [{ index, path, name: 'correlationId' }],
  };
}

/** What those who publish an event call the id in an object of the call. */
function keyIn(event: EventNode, holder: string): string | undefined {
  for (const { action } of event.producers) {
    for (const object of action.call.args.flatMap(objectsIn)) {
      const held = entry(object, holder);
      const key = held?.kind === 'object' ? held.entries.find((it) => namesFlow(it.key))?.key : undefined;
      if (key !== undefined) return key;
    }
  }
  return undefined;
}

function optionsOf({ producers }: EventNode): readonly ObjectExpr[] {
  return producers.flatMap(({ role, action }) =>
    role.library === 'amqplib' ? action.call.args.flatMap((it) => (it.kind === 'object' ? [it] : [])) : [],
  );
}

function objectsIn(expr: Expr): readonly ObjectExpr[] {
  if (expr.kind === 'array') return expr.items.flatMap(objectsIn);
  return expr.kind === 'object' ? [expr, ...expr.entries.flatMap((it) => objectsIn(it.value))] : [];
}

function entry(object: Expr, key: string): Expr | undefined {
  return object.kind === 'object' ? object.entries.find((it) => it.key === key)?.value : undefined;
}

/** The name of `message` in `eachMessage: async ({ message }) => …`. */
function messageName({ consumer, here }: LostCorrelation): string | undefined {
  const { handler } = consumer;
  const facts = handler && here.model.files.get(handler.file);
  const whole = handler?.fact.parameters[0];
  const found = facts?.bindings.find(
    ({ init }) =>
      init?.kind === 'member' &&
      init.name === 'message' &&
      init.object.kind === 'name' &&
      init.object.binding === whole,
  );
  return found?.name;
}

function parameterName({ consumer, here }: LostCorrelation): string | undefined {
  const { handler } = consumer;
  const name = handler && bindingOf(here.model, handler.file, handler.fact.parameters[0])?.name;
  return name === '{}' ? undefined : name;
}
