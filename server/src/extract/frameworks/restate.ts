// Restate: handlers are retried until they succeed; what stands in `ctx.run` is journaled (https://docs.restate.dev).
import type { ConsumerFact, FunctionFact } from '../../facts/facts.ts';
import type { Expr } from '../../facts/expressions.ts';
import type { PublishRole, Role, WaitRole } from '../../facts/roles.ts';
import type { FileView } from '../fileView.ts';
import { doesImport, isFrom, type CallSite, type Framework } from './framework.ts';
import { handlerOf, mayHandle, methodConsumer } from './messages.ts';

const modules = ['@restatedev/'];
/** A promise that another handler, or somebody outside, resolves. */
const waits = /^(?:awakeable|promise|signal)$/;
const wait: WaitRole = { kind: 'wait', library: 'restate', endedBy: '`orTimeout`' };
const contexts = /^(Object|Workflow|ObjectShared|WorkflowShared)?Context$/;

export const restate: Framework = {
  name: 'restate',
  triggers: ['@restatedev/'],
  hasTriggersAlways: true,
  roles: journaled,
  modules: (view) => [...handlers(view), ...listed(view)],
};

function journaled(site: CallSite): readonly Role[] {
  const asked = asks(site);
  if (asked.length > 0) return asked;
  if (site.name === 'orTimeout' && doesImport(site.view, modules))
    return [{ kind: 'time-limit', library: 'restate' }];
  if (site.name === 'get' && isPromise(site)) return [wait];
  if (!isFrom(site.origin, modules)) return [];
  if (waits.test(site.name)) return [wait];
  return site.name === 'run' ? run(site) : [];
}

/** `ctx.promise('paid').get()` is a promise that takes a limit. */
function isPromise({ receiver, view }: CallSite): boolean {
  const callee = receiver?.kind === 'call' ? receiver.callee : undefined;
  return (
    callee?.kind === 'member' && callee.name === 'promise' && isFrom(view.originOf(callee.object), modules)
  );
}

/** `ctx.run('charge', async () => …, { maxRetryAttempts: 5 })`: what fails is tried again, without an end unless one is given. */
function run({ view, call: { args } }: CallSite): readonly Role[] {
  const body = args.findLast((it) => view.valueOf(it).kind === 'function');
  const [key] = args;
  if (!body) return [];
  const attempts = view.entryOf(args.at(-1), 'maxRetryAttempts');
  const isTriedOnce = attempts?.kind === 'literal' && Number(attempts.text) <= 1;
  return [
    {
      ...{ kind: 'guard', library: 'restate', form: 'wrap', body, isJournaled: true },
      ...(key && key !== body && { key }),
      ...(isTriedOnce && { isTriedOnce }),
    },
  ];
}

/** `ctx.serviceClient(stock).reserve(order)`, `ctx.objectSendClient(…).add(…)`: that it was asked is journaled. */
function asks(site: CallSite): readonly PublishRole[] {
  const { receiver, name, call, view } = site;
  if (/^generic(?:Call|Send)$/.test(name)) return byName(site);
  const made = receiver && view.makingOf(receiver);
  const client = made?.kind === 'call' && made.callee.kind === 'member' ? made.callee : undefined;
  if (!client || !doesImport(view, modules)) return [];
  const isTold = /^(?:service|object|workflow)(?:Send)?Client$/.test(client.name);
  // `ctx.client(stock).reserve(order)`: a word of many libraries.
  const isOfContext = /^(?:c|sendC)lient$/.test(client.name) && isFrom(view.originOf(client.object), modules);
  const event: Expr = { kind: 'string', value: name, at: call.at };
  return isTold || isOfContext ? [request(event, call.args[0], /send/i.test(client.name))] : [];
}

/** `ctx.genericCall({ service: 'stock', method: 'reserve', parameter })`. */
function byName({ name, origin, call, view }: CallSite): readonly PublishRole[] {
  const event = view.entryOf(call.args[0], 'method');
  if (!event || !isFrom(origin, modules)) return [];
  return [request(event, view.entryOf(call.args[0], 'parameter'), name.endsWith('Send'))];
}

/** What is only sent needs nobody who waits. */
function request(event: Expr, payload: Expr | undefined, isSent: boolean): PublishRole {
  return {
    kind: 'publish',
    library: 'restate',
    transport: 'broker',
    event,
    ...(payload && { payload }),
    gives: isSent ? 'nothing' : 'promise',
    isRequest: true,
    isJournaled: true,
    confidence: 'type',
  };
}

/** `restate.service({ name, handlers: { charge: async (ctx, order) => … } })`, whose parameters have no written type. */
function listed(view: FileView): readonly ConsumerFact[] {
  const calls = ['service', 'object', 'workflow'].flatMap((it) => view.callsNamed(it));
  return calls.flatMap(({ action: { call } }) => {
    const isOwn = call.callee.kind === 'member' && isFrom(view.originOf(call.callee.object), modules);
    const entries = isOwn ? view.entryOf(call.args[0], 'handlers') : undefined;
    if (entries?.kind !== 'object') return [];
    return entries.entries.flatMap(({ key, at, value }) => {
      // `restate.handlers.object.shared(async (ctx) => …)`
      const body = value.kind === 'call' ? (value.args.at(-1) ?? value) : value;
      const handler = mayHandle(view, body) ? handlerOf(view, body) : undefined;
      if (typeof handler !== 'number') return [];
      const consumer: ConsumerFact = {
        at,
        name: key,
        library: 'restate',
        transport: 'broker',
        events: [],
        handler,
        eventParameter: 1,
        isRequest: true,
      };
      return [consumer];
    });
  });
}

/** Functions whose first parameter is a context: the ones that a service lists as its handlers. */
function handlers(view: FileView): readonly ConsumerFact[] {
  return view.facts.functions.flatMap((fn) =>
    takesContext(view, fn)
      ? [
          methodConsumer(fn, {
            library: 'restate',
            transport: 'broker',
            events: [],
            isRequest: true,
            eventParameter: 1,
          }),
        ]
      : [],
  );
}

function takesContext(view: FileView, { parameters: [first], name }: FunctionFact): boolean {
  const type = first === undefined || name === '' ? undefined : view.facts.bindings[first]?.type;
  const origin = type && view.originOfType(type);
  return isFrom(origin, modules) && contexts.test(origin?.name ?? '');
}
