// What becomes of messages that fail where the registration alone does not say it: options that a function of the workspace
// gives, and error handlers that decide by themselves.
import type { Action } from '../../facts/actions.ts';
import type { ObjectExpr } from '../../facts/expressions.ts';
import { policyIn } from '../../facts/queuePolicy.ts';
import type { FailurePolicy } from '../../facts/roles.ts';
import { actionsIn } from '../../facts/walk.ts';
import type { FilePath } from '../../text.ts';
import type { ConsumerNode, EventModel, FunctionNode } from '../model.ts';
import { declarationsOf, type Declared } from './queues.ts';

/** A policy, with the function that gives its options where they stand there. */
export type GivenPolicy = FailurePolicy & { readonly giver?: FunctionNode };

/** `queueOptions: queueOf('orders')`, `queueOptions: ordersQueue`: the options that the function returns, or that the other file holds. */
export function givenPolicy(model: EventModel, file: FilePath, policy: FailurePolicy): GivenPolicy {
  if (!policy.from) return policy;
  if (policy.from.kind !== 'call') {
    const given = model.program.objectOf(file, policy.from);
    if (!given) return policy;
    return { ...written(given.object), ...(given.giver && { giver: given.giver }) };
  }
  const [giver, ...others] = model.program.functionsOf(file, policy.from.callee);
  if (!giver || others.length > 0) return policy;
  const returned = [...actionsIn(giver.fact.body)].flatMap((it) => (it.kind === 'return' ? [it.value] : []));
  const [options, ...more] = returned;
  if (options?.kind !== 'object' || more.length > 0) return policy;
  return { ...written(options), giver };
}

/** What its registration and the declarations of its queue say, wherever the options stand. */
export function policiesOf(model: EventModel, consumer: ConsumerNode): readonly FailurePolicy[] {
  const { fact, file } = consumer;
  return [
    ...(fact.policy ? [givenPolicy(model, file, fact.policy)] : []),
    ...declarationsOf(model, consumer).map((it) => givenPolicy(model, it.fn.file, it.role)),
  ];
}

function written(options: ObjectExpr): FailurePolicy {
  return policyIn(options, options.entries.find((it) => it.key === 'arguments')?.value);
}

/**
 * What the registration says. An error handler of the workspace that rejects a message without keeping it leaves it to the queue's
 * own options; one that keeps it, or can't be read, decides alone.
 */
export function ownPolicy(model: EventModel, { fact, file }: ConsumerNode): FailurePolicy | undefined {
  if (!fact.failing) return fact.policy;
  const { errorHandler, declared } = fact.failing;
  const [handler, ...others] = model.program.functionsOf(file, errorHandler);
  const isLeft = handler && others.length === 0 && rejects(model, handler, handler.fact.body).isLost;
  return isLeft ? declared : fact.policy;
}

/**
 * What a module says for all its subscriptions (`defaultSubscribeErrorBehavior`), where this one says nothing: by a module of the
 * service, or else of the workspace. Undefined where it decides for itself or no module says anything; two that differ are unknown.
 */
export function moduleDefault(
  model: EventModel,
  { fact, file }: ConsumerNode,
  declared: readonly Declared[],
): Declared | undefined {
  const { policy, failing, library, isRequest } = fact;
  const decides = policy === undefined || policy.limit !== 'none' || policy.putsBack || failing || isRequest;
  if (decides) return undefined;
  const defaults = declared.filter(({ role }) => role.library === library && !role.queue);
  const service = model.serviceOf(file);
  const own = defaults.filter((it) => model.serviceOf(it.fn.file) === service);
  const [first, ...others] = own.length > 0 ? own : defaults;
  if (!first || others.every((it) => it.role.limit === first.role.limit)) return first;
  return { ...first, role: { ...first.role, limit: 'unknown' } };
}

interface Way {
  /** The message was published or stored before on this way. */
  readonly isKept: boolean;
  /** A message that was not kept is rejected somewhere. */
  readonly isLost: boolean;
  /** The way ends here. */
  readonly ends: boolean;
}

/** Follows what an error handler does with the message. */
function rejects(model: EventModel, fn: FunctionNode, actions: readonly Action[], isKept = false): Way {
  let kept = isKept;
  let isLost = false;
  for (const action of actions) {
    if (action.kind === 'return' || action.kind === 'throw') return { isKept: kept, isLost, ends: true };
    if (action.kind === 'call') {
      isLost ||= !kept && action.roles.some((it) => it.kind === 'ack' && /^(?:nack|reject)$/.test(it.what));
      kept ||= keeps(model, fn, action);
      continue;
    }
    const ways = branches(action).map((it) => rejects(model, fn, it, kept));
    isLost ||= ways.some((it) => it.isLost);
    const open = ways.filter((it) => !it.ends);
    if (ways.length > 0 && open.length === 0) return { isKept: kept, isLost, ends: true };
    kept ||= open.length > 0 && open.every((it) => it.isKept);
  }
  return { isKept: kept, isLost, ends: false };
}

/** What may run instead of each other. */
function branches(action: Action): readonly (readonly Action[])[] {
  switch (action.kind) {
    case 'if':
      return [action.then, action.otherwise];
    case 'switch':
      return [...action.cases.map((it) => it.body), []];
    case 'loop':
      return [action.body];
    case 'try':
      return [[...action.body, ...action.finalizer], action.handler ?? []];
    default:
      return [];
  }
}

function keeps(model: EventModel, { file, fact }: FunctionNode, action: Action & { kind: 'call' }): boolean {
  if (action.roles.some((it) => it.kind === 'publish' || it.kind === 'write')) return true;
  const callees = model.program.calleesOf(file, { file, fact }, action.call);
  return callees.some((it) => model.bodyOf(it).effects.length > 0);
}
