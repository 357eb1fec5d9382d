// Output bindings of Azure Functions: messages that are sent, and rows that are stored, when a function has ended.
import { table } from '../../table.ts';
import type { CallExpr, Expr } from '../../facts/expressions.ts';
import type { Role } from '../../facts/roles.ts';
import { actionsIn } from '../../facts/walk.ts';
import type { FileView, Makes } from '../fileView.ts';
import { isFrom, type CallSite } from './framework.ts';
import { unwrapped } from './messages.ts';

const library = '@azure/functions';

/** Where the binding says what it sends to. */
const senders: Readonly<Record<string, string | undefined>> = table({
  serviceBusQueue: 'queueName',
  serviceBusTopic: 'topicName',
  storageQueue: 'queueName',
  eventHub: 'eventHubName',
  eventGrid: 'topicEndpointUri',
});
/** Where it says which rows it stores; the bindings of Cosmos DB and SQL replace what is there. */
const stores: Readonly<Record<string, string | undefined>> = table({
  cosmosDB: 'containerName',
  sql: 'commandText',
  mySql: 'commandText',
});

/** What its functions give, so that a binding is known where another file imports it. */
export const madeByOutput: Makes = Object.fromEntries(
  [...Object.keys(senders), ...Object.keys(stores)].map((it) => [`output.${it}`, 'FunctionOutput']),
);

/** `context.extraOutputs.set(placed, { orderId })` of `const placed = output.serviceBusQueue({ queueName })`. */
export function bound({ name, receiver, call, view }: CallSite): readonly Role[] {
  const isOutputs = receiver?.kind === 'member' && receiver.name === 'extraOutputs';
  const [binding, value] = call.args;
  if (name !== 'set' || !isOutputs || !binding || !value) return [];
  return given(view, binding, value);
}

/** `app.http('place', { return: output.serviceBusQueue({ queueName }), handler })`: what the handler gives is sent. */
export function returned({ origin, call, view }: CallSite): readonly Role[] {
  const binding = isFrom(origin, [library]) ? view.entryOf(call.args[1], 'return') : undefined;
  const handler = binding && view.entryOf(call.args[1], 'handler');
  return binding && handler ? given(view, binding, givenBy(view, handler)) : [];
}

/** Of a handler of another file nobody knows what it gives. */
function given(view: FileView, binding: Expr, value: Expr | undefined): readonly Role[] {
  const made = madeBy(view, binding);
  if (!made || !('name' in made.callee)) return [];
  const { name } = made.callee;
  const options = made.args[0];
  const place = stores[name];
  if (place !== undefined) return value ? [stored(view, view.entryOf(options, place), value)] : [];
  const channel = senders[name];
  if (channel === undefined) return [];
  const payload = value && unwrapped(view, one(view, value));
  const type = name === 'eventGrid' && payload ? view.entryOf(payload, 'eventType') : undefined;
  const event = type ?? view.entryOf(options, channel) ?? { kind: 'unknown' as const, at: binding.at };
  return [
    {
      kind: 'publish',
      library,
      transport: 'broker',
      event,
      channel: event,
      ...(payload && { payload }),
      gives: 'nothing',
      confidence: 'type',
    },
  ];
}

function stored(view: FileView, store: Expr | undefined, data: Expr): Role {
  return {
    ...{
      kind: 'write',
      library,
      operation: 'upsert',
      isByKey: true,
      data: one(view, data),
      confidence: 'type',
    },
    ...(store?.kind === 'string' && { store: store.value }),
  };
}

/** `output.serviceBusQueue({ … })`. */
function madeBy(view: FileView, binding: Expr): CallExpr | undefined {
  const origin = view.originOf(binding);
  const made =
    isFrom(origin, [library]) && origin?.name === 'FunctionOutput' ? view.makingOf(binding) : undefined;
  return made?.kind === 'call' ? made : undefined;
}

/** The first of several messages. */
function one(view: FileView, value: Expr): Expr {
  const list = view.valueOf(value);
  return list.kind === 'array' ? (list.items[0] ?? value) : value;
}

/** What a function of this file returns, where it returns something: an object says most. */
function givenBy(view: FileView, handler: Expr): Expr | undefined {
  const value = view.valueOf(handler);
  const fn = value.kind === 'function' ? view.facts.functions[value.function] : view.functionBehind(value);
  const values = actionsIn(fn?.body ?? []).flatMap((it) =>
    it.kind === 'return' && it.value ? [it.value] : [],
  );
  return values.findLast((it) => it.kind === 'object' || it.kind === 'array') ?? values.at(-1);
}
