// Functions of Firebase and Google Cloud that events start: each comes at least once, and again after a failure only where the function
// asks for that (https://firebase.google.com/docs/functions/retries).
import { table } from '../../table.ts';
import type { Expr } from '../../facts/expressions.ts';
import type { ConsumerFact } from '../../facts/facts.ts';
import type { FailurePolicy } from '../../facts/roles.ts';
import type { FileView } from '../fileView.ts';
import { throughMembers, type Chain } from './chains.ts';
import { enqueued, pushed, sentByChannel } from './firebaseSends.ts';
import { isFrom, type CallSite, type Framework } from './framework.ts';
import { handlerOf, labelOf, mayHandle } from './messages.ts';

const library = 'firebase-functions';
const modules = [library];
const google = ['@google-cloud/functions-framework'];
const changes = /^on(?:Document|Value)(?:Created|Updated|Deleted|Written)(?:WithAuthContext)?$/;
/** Triggers of version 2 that bring messages, and the option that names what is listened to. */
const named: Readonly<Record<string, string | undefined>> = table({
  onMessagePublished: 'topic',
  onCustomEventPublished: 'eventType',
});
/** What version 1 calls the end of a chain, by what stands in it. */
const older: Readonly<Record<string, RegExp | undefined>> = table({
  topic: /^onPublish$/,
  document: /^on(?:Create|Update|Delete|Write)(?:WithAuth)?$/,
  ref: /^on(?:Create|Update|Delete|Write)$/,
  user: /^on(?:Create|Delete)$/,
  taskQueue: /^onDispatch$/,
});

export const firebaseFunctions: Framework = {
  name: library,
  triggers: [library, 'firebase-admin', ...google],
  hasTriggersAlways: true,
  makes: {
    'firebase-admin/eventarc.getEventarc': 'Eventarc',
    'Eventarc.channel': 'Channel',
    'firebase-admin/functions.getFunctions': 'Functions',
    'Functions.taskQueue': 'TaskQueue',
    'firebase-admin/messaging.getMessaging': 'Messaging',
    'firebase-admin.messaging': 'Messaging',
  },
  roles: (site) => [...sentByChannel(site), ...enqueued(site), ...pushed(site)],
  consumers: (site) => [...ofSecond(site), ...ofFirst(site), ...ofGoogle(site)],
  modules: ofBackground,
};

/** `onMessagePublished('order-placed', async (event) => …)`, `onDocumentCreated({ document: 'orders/{id}', retry: true }, …)`. */
function ofSecond(site: CallSite): readonly ConsumerFact[] {
  const { name, call, view } = site;
  const isTask = name === 'onTaskDispatched';
  const isChange = changes.test(name);
  if (!(isTask || isChange || named[name] !== undefined) || !isOwn(site)) return [];
  const [given] = call.args;
  const options = call.args.length > 1 && given ? view.valueOf(given) : undefined;
  if (isTask) return registered(site, ofTasks(site, view.entryOf(options, 'retryConfig')));
  const isAgain = isTrue(view.entryOf(options, 'retry'));
  const event = isChange ? undefined : (view.entryOf(options, named[name] ?? '') ?? given);
  return registered(site, {
    events: event && event.kind !== 'function' ? [view.valueOf(event)] : [],
    ...triedAgain(isAgain),
    ...(isChange && { isChangeFeed: true }),
  });
}

/** `onMessagePublished(…)`, `functions.pubsub.onMessagePublished(…)`. */
function isOwn({ call, view }: CallSite): boolean {
  return isFrom(view.originOf(throughMembers(call.callee).start), modules);
}

/** `const europe = functions.region('europe-west1')` begins the chain of what is called on it. */
function chainOf(view: FileView, expr: Expr): Chain {
  const { calls, start } = throughMembers(expr);
  const made = view.valueOf(start);
  if (made === start || made.kind !== 'call') return { calls, start };
  const before = throughMembers(made);
  return { start: before.start, calls: new Map([...before.calls, ...calls]) };
}

/** `functions.runWith({ failurePolicy: true }).pubsub.topic('order-placed').onPublish((message, context) => …)`. */
function ofFirst(site: CallSite): readonly ConsumerFact[] {
  const { name, receiver, view } = site;
  if (!receiver || !/^on[A-Z]/.test(name)) return [];
  const { calls, start } = chainOf(view, receiver);
  if (!isFrom(view.originOf(start), modules)) return [];
  const kind = [...calls.keys()].find((it) => older[it]?.test(name));
  if (kind === undefined) return [];
  const [given] = calls.get(kind)?.args ?? [];
  if (kind === 'taskQueue') return registered(site, ofTasks(site, view.entryOf(given, 'retryConfig')));
  const policy = view.entryOf(calls.get('runWith')?.args[0], 'failurePolicy');
  const isAgain = policy !== undefined && !(policy.kind === 'literal' && policy.text === 'false');
  return registered(site, {
    events: kind === 'topic' && given ? [view.valueOf(given)] : [],
    ...triedAgain(isAgain),
    ...(kind !== 'topic' && { isChangeFeed: true }),
  });
}

/** `cloudEvent('chargeOrder', async (event: CloudEvent<MessagePublishedData>) => …)`: what starts it is said where it is deployed. */
function ofGoogle(site: CallSite): readonly ConsumerFact[] {
  if (site.name !== 'cloudEvent' || !isFrom(site.origin, google)) return [];
  const [title] = site.call.args;
  return registered(site, {
    ...(title?.kind === 'string' && { name: title.value, at: title.at }),
    library: '@google-cloud/functions-framework',
    events: [],
  });
}

/** `export const chargeOrder: EventFunction = (message, context) => …`. */
function ofBackground(view: FileView): readonly ConsumerFact[] {
  return view.facts.functions.flatMap((fn) => {
    const { declaredAs: type, name, at, id } = fn;
    const origin = type && view.originOfType(type);
    if (!isFrom(origin, google) || !/^(?:Cloud)?EventFunction(?:WithCallback)?$/.test(origin?.name ?? ''))
      return [];
    const common = { transport: 'broker', eventParameter: 0, acknowledges: 'after' } as const;
    return [{ ...common, at, name, library: '@google-cloud/functions-framework', events: [], handler: id }];
  });
}

type Told = Pick<ConsumerFact, 'events'> & Partial<ConsumerFact>;

/** A queue of tasks is called after the function that it feeds, and tries three times unless it says otherwise. */
function ofTasks({ view, call, action }: CallSite, retry: Expr | undefined): Told {
  const held = action.result === undefined ? undefined : view.facts.bindings[action.result];
  const queue: Expr | undefined = held && { kind: 'string', value: held.name, at: call.at };
  const most = view.entryOf(retry, 'maxAttempts');
  const isEndless = most?.kind === 'literal' && Number(most.text) < 0;
  const policy: FailurePolicy = { deadLetter: 'none', limit: isEndless ? 'none' : 'given', isDelayed: true };
  return { events: queue ? [queue] : [], isRequest: true, policy };
}

/** Without it the platform drops what failed; with it it tries for a day, or seven. */
function triedAgain(isAgain: boolean): Partial<ConsumerFact> {
  return isAgain
    ? { policy: { deadLetter: 'unknown', limit: 'given', isDelayed: true } }
    : { isTriedOnce: true };
}

function isTrue(expr: Expr | undefined): boolean {
  return expr !== undefined && !(expr.kind === 'literal' && expr.text === 'false');
}

function registered(site: CallSite, told: Told): readonly ConsumerFact[] {
  const { view, call, action, fn } = site;
  const callback = call.args.findLast((it) => mayHandle(view, it));
  if (!callback) return [];
  const handler = handlerOf(view, callback);
  const held = action.result === undefined ? undefined : view.facts.bindings[action.result];
  const owner = view.ownerOf(fn.id);
  return [
    {
      ...(held?.isTopLevel
        ? { name: held.name, at: held.at }
        : labelOf(view, handler, { name: site.name, at: call.at })),
      library,
      transport: 'broker',
      handler,
      eventParameter: 0,
      acknowledges: 'after',
      ...told,
      ...(owner === undefined ? {} : { owner }),
    },
  ];
}
