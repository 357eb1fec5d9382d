// Durable Functions of Azure: an orchestration is a generator whose progress is kept and played back, and its activities run at least once
// (https://learn.microsoft.com/azure/azure-functions/durable). What it is told from outside is a request to one instance.
import { table } from '../../table.ts';
import type { Expr } from '../../facts/expressions.ts';
import type { GuardRole, PublishRole, RegistrationRole, Role } from '../../facts/roles.ts';
import type { FileView } from '../fileView.ts';
import { askedBy, verbOf } from './addresses.ts';
import { doesImport, isFrom, type CallSite, type Framework } from './framework.ts';

const library = 'durable-functions';
const modules = [library];
/** What an orchestration has run by its name, and where the options for another try stand. */
const calls: Readonly<Record<string, { readonly retry?: number } | undefined>> = table({
  callActivity: {},
  callSubOrchestrator: {},
  callActivityWithRetry: { retry: 1 },
  callSubOrchestratorWithRetry: { retry: 1 },
});

export const durableFunctions: Framework = {
  name: library,
  triggers: [library],
  hasTriggersAlways: true,
  makes: {
    [`${library}.app`]: 'app',
    [`${library}.getClient`]: 'DurableClient',
  },
  roles(site) {
    if (!doesImport(site.view, modules)) return [];
    return [
      ...registered(site),
      ...(isOfContext(site) ? inOrchestration(site) : [...held(site), ...asked(site)]),
    ];
  },
};

/** `df.app.activity('charge-card', { handler })`, `df.app.orchestration('placeOrder', function* (context) { … })`. */
function registered({ name, origin, call, view }: CallSite): readonly RegistrationRole[] {
  if (!/^(?:activity|orchestration)$/.test(name) || !isFrom(origin, modules)) return [];
  const [key, options] = call.args;
  const body = options && (view.entryOf(options, 'handler') ?? options);
  return key && body
    ? [{ kind: 'registration', library, key: view.valueOf(key), body: view.valueOf(body) }]
    : [];
}

/** `context.df.callActivity(…)`. */
function isOfContext({ receiver }: CallSite): boolean {
  return receiver?.kind === 'member' && receiver.name === 'df';
}

function inOrchestration(site: CallSite): readonly Role[] {
  const { name, call, view } = site;
  const run = calls[name];
  const [key] = call.args;
  if (run && key) return [journaled(view, key, run.retry === undefined ? undefined : call.args[run.retry])];
  if (name === 'waitForExternalEvent')
    return [{ kind: 'wait', library, endedBy: 'a timer beside it in `context.df.Task.any`' }];
  if (name === 'callHttp') return [asking(site)];
  return toEntity(site);
}

/** `const charge = df.app.activity('charge-card', …)` is called like a function, and gives a task. */
function held({ receiver, call, view }: CallSite): readonly GuardRole[] {
  const made = receiver ? undefined : view.valueOf(call.callee);
  if (made?.kind !== 'call' || made.callee.kind !== 'member') return [];
  const isMade = /^(?:activity|orchestration)$/.test(made.callee.name);
  const [key] = made.args;
  if (!isMade || !key || !isFrom(view.originOf(made.callee.object), modules)) return [];
  const [again] = view
    .callsNamed('withRetry')
    .flatMap(({ action: { call: it } }) =>
      it.callee.kind === 'member' && it.callee.object.at.start === call.at.start ? it.args : [],
    );
  return [journaled(view, key, again)];
}

/** Without options a failure is the orchestration's at once; with them it is, after some tries. */
function journaled(view: FileView, key: Expr, retry: Expr | undefined): GuardRole {
  return {
    ...{ kind: 'guard', library, form: 'wrap', key: view.valueOf(key), isElsewhere: true, isJournaled: true },
    ...((!retry || isOnce(view, retry)) && { isTriedOnce: true }),
    isGivenUp: true,
  };
}

/** `new df.RetryOptions(5_000, 1)`. */
function isOnce(view: FileView, retry: Expr): boolean {
  const made = view.valueOf(retry);
  const tries = made.kind === 'new' ? made.args[1] : view.entryOf(made, 'maxNumberOfAttempts');
  return tries?.kind === 'literal' && Number(tries.text) === 1;
}

/** `context.df.callHttp({ method: 'GET', url })`: the host of the functions asks, and ends what takes too long. */
function asking(site: CallSite): Role {
  const asks = askedBy(site);
  return {
    ...{ kind: 'remote', library, what: 'http', hasTimeLimit: true, confidence: 'type' },
    ...(/^(?:get|head)$/i.test(verbOf(site)) && { isRead: true }),
    ...(asks !== undefined && { asks }),
  };
}

/** Where the name of what a client asks for stands. */
const requests: Readonly<Record<string, number | undefined>> = table({ startNew: 0, raiseEvent: 1 });

/** `client.startNew('placeOrder', { instanceId, input })`, `client.raiseEvent(id, 'approved', by)`. */
function asked({ name, call, view, origin, receiverName }: CallSite): readonly PublishRole[] {
  const isClient = isFrom(origin, modules) || (origin?.from === undefined && /client$/i.test(receiverName));
  const place = isClient ? requests[name] : undefined;
  const target = place === undefined ? undefined : call.args[place];
  if (!target) return [];
  const id = name === 'startNew' ? instanceIn(view, call.args[1]) : undefined;
  // A second start under the same id is refused.
  return [{ ...request(target), gives: 'promise', ...(id && { deduplicationKey: id }) }];
}

/** Since version 3 it stands in the options, before it was handed over by itself. */
function instanceIn(view: FileView, options: Expr | undefined): Expr | undefined {
  if (!options) return undefined;
  const value = view.valueOf(options);
  return value.kind === 'object' ? view.entryOf(value, 'instanceId') : options;
}

/** `context.df.callEntity(stock, 'reserve', order)`: that an entity was asked is kept. */
function toEntity({ name, call }: CallSite): readonly PublishRole[] {
  const operation = call.args[1];
  if (!operation || !/^(?:call|signal)Entity$/.test(name)) return [];
  return [{ ...request(operation), gives: name === 'callEntity' ? 'promise' : 'nothing', isJournaled: true }];
}

function request(event: Expr): Omit<PublishRole, 'gives'> {
  return { kind: 'publish', library, transport: 'broker', event, isRequest: true, confidence: 'type' };
}
