// Azure Functions: what a trigger brings comes at least once, and what goes to an output binding is sent when the function has ended
// (https://learn.microsoft.com/azure/azure-functions/functions-reference-node).
import { table } from '../../table.ts';
import type { Expr, TypeExpr } from '../../facts/expressions.ts';
import type { ConsumerFact, FunctionFact } from '../../facts/facts.ts';
import type { AckRole, FailurePolicy, Role } from '../../facts/roles.ts';
import type { FileView } from '../fileView.ts';
import { bound, madeByOutput, returned } from './azureOutputs.ts';
import { doesImport, isFrom, type CallSite, type Framework } from './framework.ts';
import { handlerOf, labelOf, mayHandle } from './messages.ts';

const library = '@azure/functions';
const modules = [library];
/** What hands its functions a context of this one. */
const hosts = [library, 'durable-functions'];

interface Trigger {
  /** The option that names what is listened to. */
  readonly event?: string;
  readonly isChangeFeed?: true;
  /** The host counts the tries of a queue and puts aside what fails; of a log it tries again only what it is told to. */
  readonly tries: 'queue' | 'subscription' | 'log';
}

const triggers: Readonly<Record<string, Trigger | undefined>> = table({
  serviceBusQueue: { event: 'queueName', tries: 'queue' },
  serviceBusTopic: { event: 'topicName', tries: 'queue' },
  storageQueue: { event: 'queueName', tries: 'queue' },
  eventGrid: { tries: 'subscription' },
  eventHub: { event: 'eventHubName', tries: 'log' },
  cosmosDB: { isChangeFeed: true, tries: 'log' },
});

export const azureFunctions: Framework = {
  name: library,
  triggers: hosts,
  hasTriggersAlways: true,
  makes: madeByOutput,
  roles: (site) => [...bound(site), ...returned(site), ...settled(site), ...logged(site)],
  consumers: triggered,
  modules: older,
};

/** `app.serviceBusQueue('charge', { queueName, connection, handler })`. */
function triggered(site: CallSite): readonly ConsumerFact[] {
  const { name, view, call, origin } = site;
  const trigger = origin?.name === 'app' && isFrom(origin, modules) ? triggers[name] : undefined;
  const [title, options] = call.args;
  const callback = trigger && view.entryOf(options, 'handler');
  if (!trigger || !mayHandle(view, callback)) return [];
  const handler = handlerOf(view, callback);
  const event = trigger.event === undefined ? undefined : view.entryOf(options, trigger.event);
  const label = title?.kind === 'string' ? { name: title.value, at: title.at } : { name, at: call.at };
  return [
    {
      ...(callback.kind === 'function' ? label : labelOf(view, handler, label)),
      library,
      transport: 'broker',
      events: event ? [event] : [],
      handler,
      eventParameter: 0,
      acknowledges: isManual(view, options) ? 'never' : 'after',
      ...triedBy(view, trigger, options, event),
      ...(trigger.isChangeFeed && { isChangeFeed: true }),
    },
  ];
}

function isManual(view: FileView, options: Expr | undefined): boolean {
  const flag = view.entryOf(options, 'autoCompleteMessages');
  return flag?.kind === 'literal' && flag.text === 'false';
}

/** https://learn.microsoft.com/azure/azure-functions/functions-bindings-error-pages#retries */
function triedBy(
  view: FileView,
  { tries }: Trigger,
  options: Expr | undefined,
  event: Expr | undefined,
): Pick<ConsumerFact, 'policy' | 'queue' | 'isTriedOnce'> {
  if (tries === 'queue') return { policy: { deadLetter: 'given', limit: 'given' } };
  if (tries === 'subscription') return { policy: { deadLetter: 'unknown', limit: 'given', isDelayed: true } };
  const retry = view.entryOf(options, 'retry');
  if (!retry) return { isTriedOnce: true };
  const most = view.entryOf(retry, 'maxRetryCount');
  const isEndless = most?.kind === 'operation' || (most?.kind === 'literal' && Number(most.text) < 0);
  const policy: FailurePolicy = { deadLetter: 'none', limit: isEndless ? 'none' : 'given', isDelayed: true };
  return { policy, ...(event && { queue: event }) };
}

/** What a function does with a message that it takes care of itself: `messages.actions.deadletter(message)`. */
const settlements: Readonly<Record<string, AckRole['what'] | undefined>> = table({
  complete: 'ack',
  abandon: 'requeue',
  deadletter: 'dead-letter',
  defer: 'nack',
});

function settled({ name, receiverName, view }: CallSite): readonly Role[] {
  const what = receiverName === 'actions' ? settlements[name] : undefined;
  const isOwn = view.facts.imports.some((it) => it.from.startsWith('@azure/functions-extensions-servicebus'));
  return what && isOwn ? [{ kind: 'ack', library, what }] : [];
}

/** `context.error('…')`, `context.log.error('…')`, whose type is seldom written. */
function logged({ name, path, receiver, view }: CallSite): readonly Role[] {
  if (!receiver || !/^(?:log|trace|debug|info|verbose|warn|error)$/.test(name)) return [];
  const [object, ...between] = path.slice(0, -1);
  const isOwn = /^(?:context|ctx)$/.test(object ?? '') && between.every((it) => it === 'log');
  return isOwn && doesImport(view, hosts) ? [{ kind: 'log', library }] : [];
}

/** What functions of version 3, whose triggers stand in another file, are called, or what they take. */
const queued = /service_?bus|sb_?(?:msg|message)|queue(?!d)|event_?(?:hub|grid)|cosmos/i;

/** `const chargeQueueTrigger: AzureFunction = async (context, message) => …`. */
function older(view: FileView): readonly ConsumerFact[] {
  return view.facts.functions.flatMap((fn) => {
    const [, id] = fn.parameters;
    const message = id === undefined ? undefined : view.facts.bindings[id];
    if (!message || !isOlder(view, fn) || isOfWeb(message.type)) return [];
    if (!queued.test(fn.name) && !queued.test(message.name)) return [];
    const isFeed = /cosmos/i.test(fn.name);
    return [
      {
        at: fn.at,
        name: fn.name || 'default',
        library,
        transport: 'broker',
        events: [],
        handler: fn.id,
        eventParameter: 1,
        acknowledges: 'after',
        ...(isFeed && { isChangeFeed: true, isTriedOnce: true }),
      },
    ];
  });
}

function isOlder(view: FileView, { declaredAs, parameters: [context] }: FunctionFact): boolean {
  const type = context === undefined ? undefined : view.facts.bindings[context]?.type;
  return [declaredAs, type].some((it) => {
    const origin = it && view.originOfType(it);
    return isFrom(origin, modules) && /^(?:AzureFunction|Context)$/.test(origin?.name ?? '');
  });
}

function isOfWeb(type: TypeExpr | undefined): boolean {
  return type?.kind === 'ref' && /Request$|^Timer$/.test(type.name);
}
