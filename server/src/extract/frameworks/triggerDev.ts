// Trigger.dev: tasks run on its machines and are tried again when they throw (https://trigger.dev/docs/tasks/overview). Nothing in a task
// is journaled: another try begins at its first line, and only what is triggered under a key is not triggered twice.
import type { CallExpr, Expr } from '../../facts/expressions.ts';
import { isUnread } from '../../facts/queuePolicy.ts';
import type { FailurePolicy, PublishRole, Role } from '../../facts/roles.ts';
import type { FileView } from '../fileView.ts';
import { isFrom, type CallSite, type Framework } from './framework.ts';
import { firstOf } from './messages.ts';
import { runBy, runOf } from './taskRunners.ts';

const library = 'trigger.dev';
const modules = ['@trigger.dev/'];
const packages = ['@trigger.dev/sdk', '@trigger.dev/sdk/v3'];
const makers = ['task', 'schemaTask'];

/** How a task is asked for; by some of them with a list. */
const verbs = /^(?:trigger(?:AndWait|AndSubscribe)?|batchTrigger(?:AndWait)?)$/;
/** `batch.trigger([{ id, payload }])`, `batch.triggerByTask([{ task, payload }])`: each item says which task it is for. */
const mixed = /^trigger(?:ByTask)?(?:AndWait)?$/;

export const triggerDev: Framework = {
  name: library,
  triggers: ['@trigger.dev/'],
  hasTriggersAlways: true,
  makes: Object.fromEntries(packages.flatMap((from) => makers.map((it) => [`${from}.${it}`, 'Task']))),
  roles: (site) => [...triggered(site), ...triedInside(site)],
  consumers(site) {
    const isTask = !site.receiver && makers.includes(site.name);
    if (!isTask || !isFrom(site.origin, modules)) return [];
    const [options] = site.call.args;
    const run = runOf(site.view, options);
    const id = site.view.entryOf(options, 'id');
    if (!run || !id || isTriedOnce(site.view, options)) return [];
    return [runBy(site, run, { library, events: [id], policy: policyOf(site.view, options) })];
  },
};

function isTriedOnce(view: FileView, options: Expr | undefined): boolean {
  const tries = view.entryOf(view.entryOf(options, 'retry'), 'maxAttempts');
  return tries?.kind === 'literal' && tries.text === '1';
}

/** A task that throws is tried again after a pause, three times unless it says otherwise; `onFailure` gets what failed for good. */
function policyOf(view: FileView, options: Expr | undefined): FailurePolicy {
  const isGiven = view.entryOf(options, 'onFailure') !== undefined;
  return { deadLetter: isGiven ? 'given' : 'none', limit: 'given', isDelayed: true };
}

/** `charge.trigger(order)`, `tasks.trigger<typeof charge>('charge', order)`, `batch.trigger([{ id: 'charge', payload: order }])`. */
function triggered(site: CallSite): readonly PublishRole[] {
  const { name, origin, arg, view, receiver } = site;
  if (!receiver || !isFrom(origin, modules)) return [];
  if (origin?.name === 'batch') return mixed.test(name) ? inBatch(site) : [];
  const isNamed = origin?.name === 'tasks';
  if (!verbs.test(name) || (!isNamed && origin?.name !== 'Task')) return [];
  const place = isNamed ? 1 : 0;
  const event = isNamed ? arg(0) : idOf(view, receiver);
  const given = arg(place);
  if (!event || !given) return event ? [asked(site, event, {})] : [];
  const options = arg(place + 1);
  if (!name.startsWith('batch')) return [asked(site, event, { payload: given, options })];
  return [asked(site, event, itemOf(view, firstOf(view, given) ?? given, options))];
}

function inBatch(site: CallSite): readonly PublishRole[] {
  const { arg, view } = site;
  const list = arg(0);
  const made = list && firstOf(view, list);
  const items = list?.kind === 'array' ? list.items : made ? [made] : [];
  return items.flatMap((it) => {
    const task = view.entryOf(it, 'task');
    const event = view.entryOf(it, 'id') ?? (task && idOf(view, task));
    return event ? [asked(site, event, itemOf(view, it, arg(1)))] : [];
  });
}

/** `{ payload, options }` in a list; where an item can't be read, it may have options of its own. */
function itemOf(view: FileView, item: Expr, shared: Expr | undefined): Asked {
  const value = view.valueOf(item);
  const isOpen = value.kind !== 'object' || isUnread(value);
  const options = view.entryOf(value, 'options') ?? shared ?? (isOpen ? item : undefined);
  return { payload: view.entryOf(value, 'payload'), options };
}

/** The id that a task was made with, in this file or another; the task itself where that can't be read. */
function idOf(view: FileView, task: Expr): Expr {
  const made = view.makingOf(task);
  return (made.kind === 'call' ? view.entryOf(made.args[0], 'id') : undefined) ?? task;
}

interface Asked {
  readonly payload?: Expr | undefined;
  readonly options?: Expr | undefined;
}

/** Who waits for a task waits no longer than it may run (`maxDuration`), which the platform demands. */
function asked({ name, view, call }: CallSite, event: Expr, { payload, options }: Asked): PublishRole {
  const key = options && keyIn(view, options);
  const isAwaited = /AndWait$|AndSubscribe$/.test(name);
  return {
    kind: 'publish',
    library,
    transport: 'broker',
    event,
    ...(payload && { payload }),
    gives: 'promise',
    isRequest: true,
    ...(!isAwaited && { isDetached: true }),
    triedAgain: isAwaited && isUnwrapped(view, call) ? 'then-throws' : 'then-tells',
    ...(key && { deduplicationKey: key }),
    confidence: 'type',
  };
}

/** `charge.triggerAndWait(order).unwrap()` throws what the task threw at last; without it the result says so. */
function isUnwrapped(view: FileView, call: CallExpr): boolean {
  return view
    .callsNamed('unwrap')
    .some(
      ({ action: { call: it } }) =>
        it.callee.kind === 'member' && it.callee.object.at.start === call.at.start,
    );
}

/** `{ idempotencyKey }`: a second run under the same key is the first one. Options that can't be read may hold one. */
function keyIn(view: FileView, options: Expr): Expr | undefined {
  const value = view.valueOf(options);
  const isOpen = value.kind !== 'object' || isUnread(value);
  return view.entryOf(value, 'idempotencyKey') ?? (isOpen ? options : undefined);
}

/** `retry.onThrow(async () => …, { maxAttempts: 3 })` tries again within one run. */
function triedInside({ name, origin, call }: CallSite): readonly Role[] {
  if (name !== 'onThrow' || origin?.name !== 'retry' || !isFrom(origin, modules)) return [];
  const [body] = call.args;
  return [{ kind: 'retry', library, ...(body && { body }) }];
}
