// Temporal: https://docs.temporal.io. Workflows and their timers are durable and activities are tried again; signals, updates and
// starts are requests to one workflow, not events. Which functions are workflows is for sagas.ts to say.
import { table } from '../../table.ts';
import type { Expr } from '../../facts/expressions.ts';
import type { ConsumerFact } from '../../facts/facts.ts';
import type { PublishRole, Role } from '../../facts/roles.ts';
import type { FileView } from '../fileView.ts';
import { doesImport, isFrom, type CallSite, type Framework } from './framework.ts';
import { callbackConsumer, mayHandle } from './messages.ts';

const modules = ['@temporalio/'];
const library = 'temporal';
const limits = ['startToCloseTimeout', 'scheduleToCloseTimeout'];
/** Where the name of what is asked for stands, and where the options. */
const requests: Readonly<Record<string, number | undefined>> = table({
  start: 0,
  execute: 0,
  signalWithStart: 0,
  executeChild: 0,
  startChild: 0,
  signal: 0,
  executeUpdate: 0,
  startUpdate: 0,
});

export const temporal: Framework = {
  name: library,
  triggers: ['@temporalio/'],
  hasTriggersAlways: true,
  makes: {
    'Client.workflow': 'WorkflowClient',
    'WorkflowClient.getHandle': 'WorkflowHandle',
    'WorkflowClient.start': 'WorkflowHandle',
    '@temporalio/workflow.getExternalWorkflowHandle': 'ExternalWorkflowHandle',
    '@temporalio/workflow.startChild': 'ChildWorkflowHandle',
  },
  roles(site) {
    if (!doesImport(site.view, modules)) return [];
    const asked = requested(site);
    return asked.length > 0 ? asked : limited(site);
  },
  consumers: signalled,
};

/** `client.workflow.start(placeOrder, { workflowId, args })`, `handle.signal(approved, …)`, `executeChild(ship, …)`. */
function requested(site: CallSite): readonly PublishRole[] {
  const { view, call, name, origin, receiver } = site;
  const isOwn = receiver ? isFrom(origin, modules) : isImported(view, name);
  const place = isOwn && !site.action.isNew ? requests[name] : undefined;
  const target = place === undefined ? undefined : call.args[place];
  if (!target) return [];
  const options = view.valueOf(call.args[1] ?? target);
  const id =
    options.kind === 'object' ? options.entries.find((it) => it.key === 'workflowId')?.value : undefined;
  return [
    {
      kind: 'publish',
      library,
      transport: 'broker',
      event: nameOf(view, target),
      gives: 'promise',
      isRequest: true,
      ...(name === 'startChild' && isAbandoned(options) ? { isDetached: true } : {}),
      // A second start under the same id is refused.
      ...(id ? { deduplicationKey: id } : {}),
      confidence: 'type',
    },
  ];
}

/** `parentClosePolicy: 'ABANDON'`, `ParentClosePolicy.PARENT_CLOSE_POLICY_ABANDON`. */
function isAbandoned(options: Expr): boolean {
  if (options.kind !== 'object') return false;
  const policy = options.entries.find((it) => it.key === 'parentClosePolicy')?.value;
  if (policy?.kind === 'string') return /abandon/i.test(policy.value);
  return policy?.kind === 'member' && /abandon/i.test(policy.name);
}

/** `defineSignal<[string]>('approve')` stands behind the name of a signal. */
function nameOf(view: FileView, target: Expr): Expr {
  const value = view.valueOf(target);
  const isDefined =
    value.kind === 'call' &&
    value.callee.kind === 'name' &&
    /^define(?:Signal|Update|Query)$/.test(value.callee.name);
  return (isDefined ? value.args[0] : undefined) ?? target;
}

function isImported(view: FileView, name: string): boolean {
  return isFrom({ name, ...from(view, name) }, modules);
}

function from(view: FileView, name: string): { readonly from?: string } {
  const found = view.importedFrom(name);
  return found === undefined ? {} : { from: found };
}

/** `proxyActivities({ startToCloseTimeout, retry })`, `condition(() => paid, '1 day')`, `CancellationScope.withTimeout('1 h', …)`. */
function limited({ view, call, name, origin, receiverName }: CallSite): readonly Role[] {
  if (/^proxy(?:Local)?Activities$/.test(name)) {
    const [options] = call.args;
    const isLimited = limits.some((it) => view.entryOf(options, it) !== undefined);
    const isRetried = view.entryOf(options, 'retry') !== undefined;
    return [
      ...(isLimited ? [{ kind: 'time-limit', library } as const] : []),
      ...(isRetried ? [{ kind: 'retry', library } as const] : []),
    ];
  }
  if (name === 'condition' && isFrom(origin, modules))
    return call.args.length > 1
      ? [{ kind: 'time-limit', library }]
      : [{ kind: 'wait', library, endedBy: 'a time as its second argument' }];
  const body = call.args.find((it) => view.valueOf(it).kind === 'function');
  const isScope = receiverName === 'CancellationScope' && name === 'withTimeout';
  return isScope ? [{ kind: 'time-limit', library, ...(body ? { body } : {}) }] : [];
}

/** `setHandler(approved, (by) => …)` in a workflow. */
function signalled(site: CallSite): readonly ConsumerFact[] {
  const { view, call } = site;
  const [signal, callback] = call.args;
  if (site.name !== 'setHandler' || !isImported(view, 'setHandler') || !signal) return [];
  if (!mayHandle(view, callback)) return [];
  return [
    callbackConsumer(site, callback, {
      library,
      transport: 'broker',
      events: [nameOf(view, signal)],
      isRequest: true,
      acknowledges: 'after',
    }),
  ];
}
