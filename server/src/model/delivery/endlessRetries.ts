// Messages that are tried again for ever: put back, sent again, or tried in a loop, with nothing that counts.
import type { Action, CallAction, LoopAction, TryAction } from '../../facts/actions.ts';
import type { Expr } from '../../facts/expressions.ts';
import type { FileFacts } from '../../facts/facts.ts';
import { actionsIn, callsIn, namesIn } from '../../facts/walk.ts';
import type { Span } from '../../text.ts';
import { pathOf } from '../effects/effects.ts';
import { mentionsDuplicate } from '../effects/walk.ts';
import {
  callsOfCatches,
  counts,
  countsInMessage,
  isDelayed,
  isOfCatch,
  isOfFailure,
} from '../failures/failureHandling.ts';
import { indexOf } from '../fileIndex.ts';
import { saidOfFiles } from '../incremental/about.ts';
import type { ConsumerNode, EventModel, FunctionNode } from '../model.ts';
import { rootOf } from '../resolution/values.ts';
import { isEndlessOperator } from './endlessOperators.ts';
import { moduleDefault, policiesOf } from './queuePolicies.ts';
import { declaredQueues, keysOf, together, type Declared } from './queues.ts';
import { repeatersOf, type Repeaters } from './redelivered.ts';

export interface EndlessRetry {
  readonly fn: FunctionNode;
  readonly at: Span;
  /** As a reader calls it: `channel.nack`. */
  readonly name: string;
  /** `requeue`: the broker gets it back; `resend`: it is sent again; the others try here, or, as `attempts`, by a job's options. */
  readonly how: 'requeue' | 'resend' | 'loop' | 'recursion' | 'operator' | 'attempts';
  readonly consumer?: ConsumerNode;
}

interface Looking {
  readonly model: EventModel;
  readonly declared: readonly Declared[];
  readonly repeaters: Repeaters;
}

/** All of them. */
export function* endlessRetries(model: EventModel): Iterable<EndlessRetry> {
  const looking = { model, declared: declaredQueues(model), repeaters: repeatersOf(model) };
  for (const { fn, action } of saidOfFiles(model, 'may be tried for ever', (it) => sitesIn(model, it))) {
    const how = howOf(looking, fn, action);
    if (!how) continue;
    const consumer = looking.repeaters(fn.fact).find((it) => it.consumer)?.consumer;
    yield { fn, at: action.call.at, name: pathOf(action.call.callee), how, ...(consumer && { consumer }) };
  }
  yield* putBack(looking);
  yield* saidOfFiles(model, 'loops for ever', ({ file, functions }) =>
    functions.flatMap((fact) => [...loopsIn(model, { file, fact })]),
  );
}

/** Subscriptions that put back whatever failed, by their own options or by those of their module. */
function* putBack({ model, declared }: Looking): Iterable<EndlessRetry> {
  for (const consumer of model.consumers) {
    const { fact, handler, file } = consumer;
    if (!fact.policy || !handler) continue;
    const byModule = moduleDefault(model, consumer, declared);
    const option = fact.policy.putsBack ?? byModule?.role.putsBack;
    if (!option || byModule?.role.limit === 'unknown' || counts(model, handler)) continue;
    const policies = policiesOf(model, consumer);
    if (together(policies, 'limit') !== 'none') continue;
    const fn = byModule?.fn ?? { file, fact: handler.fact };
    yield { fn, at: option.at, name: pathOf(option), how: 'requeue', consumer };
  }
}

/** Calls that put back, send or start a job, and calls of a catch that call the function around it. */
function sitesIn(
  model: EventModel,
  facts: FileFacts,
): readonly { readonly fn: FunctionNode; readonly action: CallAction }[] {
  const { file, functions } = facts;
  const again = functions.flatMap((fact) =>
    [...callsOfCatches(fact)].flatMap((action) =>
      model.program.calleesOf(file, { file, fact }, action.call).some((it) => it.fact === fact)
        ? [{ fn: { file, fact }, action }]
        : [],
    ),
  );
  const seen = new Set(again.map((it) => it.action));
  const known = indexOf(facts).withRoles.filter(
    ({ action }) =>
      !seen.has(action) && action.roles.some(({ kind }) => /^(?:queue|ack|publish|retry)$/.test(kind)),
  );
  return [...again, ...known.map(({ fn: fact, action }) => ({ fn: { file, fact }, action }))];
}

function howOf(looking: Looking, fn: FunctionNode, action: CallAction): EndlessRetry['how'] | undefined {
  if (isEndlessJob(action)) return 'attempts';
  if (isEndlessOperator(fn, action)) return 'operator';
  if (isRequeued(looking, fn, action)) return 'requeue';
  if (isSentAgain(looking, fn, action)) return 'resend';
  return isTriedAgain(looking, fn, action) ? 'recursion' : undefined;
}

function isEndlessJob({ roles }: CallAction): boolean {
  return roles.some(
    (it) => it.kind === 'queue' && it.library === 'bullmq' && it.limit === 'none' && !it.isDelayed,
  );
}

/** `channel.nack(message)` for whatever failed. */
function isRequeued(looking: Looking, fn: FunctionNode, action: CallAction): boolean {
  const role = action.roles.find((it) => it.kind === 'ack' && it.what === 'requeue');
  if (role?.kind !== 'ack' || !countsNothing.has(role.library)) return false;
  const { model } = looking;
  if (!isOfFailure(model, fn, action) || isChosen(fn, action)) return false;
  if (counts(model, fn) || isDelayed(model, fn, action)) return false;
  return !isLimited(looking, fn, role.library);
}

/** Their queues count nothing by default; those of other brokers have a limit that stands elsewhere. */
const countsNothing: ReadonlySet<string> = new Set([
  'amqplib', '@nestjs/microservices', '@golevelup/nestjs-rabbitmq', 'rascal', 'nats', 'aws', '@google-cloud/pubsub',
]); // prettier-ignore

/** What nobody declares here stands on the server. */
const onServer = /^(?:nats|@google-cloud\/pubsub)$/;

/** Where some failures are rejected and others put back, a poison message does not come round. */
function isChosen({ fact }: FunctionNode, action: CallAction): boolean {
  const catches = [...actionsIn(fact.body)].filter(
    (it): it is TryAction => it.kind === 'try' && it.handler !== null,
  );
  const own = catches.findLast((it) => [...callsIn(it.handler ?? [])].includes(action));
  const list = own?.handler ?? fact.body;
  return [...callsIn(list)].some(({ roles }) =>
    roles.some(
      (it) => it.kind === 'ack' && (it.what === 'nack' || it.what === 'reject' || it.what === 'dead-letter'),
    ),
  );
}

/** Whether the queue gives up by itself, as far as anybody declares it. */
function isLimited(
  { model, declared, repeaters }: Looking,
  { file, fact }: FunctionNode,
  library: string,
): boolean {
  if (library === 'aws') return declared.some((it) => it.role.library === 'aws' && it.role.limit !== 'none');
  const consumers = repeaters(fact).flatMap((it) => it.consumer ?? []);
  const policies = consumers.flatMap((it) => policiesOf(model, it));
  if (policies.length > 0 || onServer.test(library))
    return together(policies, 'limit') !== 'none' || policies.some((it) => it.isDelayed);
  const service = model.serviceOf(file);
  const near = declared.filter(
    (it) => countsNothing.has(it.role.library) && it.role.queue && model.serviceOf(it.fn.file) === service,
  );
  return near.some((it) => it.role.limit !== 'none');
}

/** In the catch of a consumer: the message goes to the topic or queue that it came from. */
function isSentAgain(looking: Looking, fn: FunctionNode, action: CallAction): boolean {
  const { model, repeaters } = looking;
  const role = action.roles.find((it) => it.kind === 'publish');
  if (role?.kind !== 'publish' || role.transport !== 'broker') return false;
  const channel = role.channel ?? role.event;
  if (!isOfFailure(model, fn, action)) return false;
  const consumers = repeaters(fn.fact).flatMap((it) => it.consumer ?? []);
  const isOwn = consumers.some((it) => isOwnChannel(model, fn, channel, it));
  return isOwn && !counts(model, fn) && !countsInMessage(model, fn, action);
}

function isOwnChannel(
  model: EventModel,
  fn: FunctionNode,
  channel: Expr,
  { handler, fact, file }: ConsumerNode,
): boolean {
  const facts = model.files.get(fn.file);
  const root = facts && rootOf(facts, channel);
  const isGiven = root?.kind === 'parameter' && handler !== undefined && root.function === handler.fact.id;
  if (isGiven && fn.file === handler.file && /^(?:topic|routingKey|queue|subject)$/.test(lastName(channel)))
    return true;
  const keys = keysOf(model, fn.file, channel);
  const own = [...fact.events, ...(fact.queue ? [fact.queue] : [])].flatMap((it) => keysOf(model, file, it));
  return keys.some((it) => own.includes(it));
}

function lastName(expr: Expr): string {
  return expr.kind === 'name' || expr.kind === 'member' ? expr.name : '';
}

/** `catch { return this.charge(order); }` with the very arguments that failed. */
function isTriedAgain({ model, repeaters }: Looking, fn: FunctionNode, action: CallAction): boolean {
  if (action.isNew || !isOfCatch(fn, action) || isOfAnother(action)) return false;
  if (!model.program.calleesOf(fn.file, fn, action.call).some((it) => it.fact === fn.fact)) return false;
  if (action.call.args.some((it, index) => isOther(fn, it, index)) || counts(model, fn)) return false;
  if (findsTheOther(fn, action) || isDelayed(model, fn, action)) return false;
  return repeaters(fn.fact).length > 0 || (!isMended(fn, action) && hasWork(model, fn, fn.fact.body));
}

/** `this.secondary.read(key)`: an object that this one holds is asked, though it may be one of the same kind. */
function isOfAnother({ call: { callee } }: CallAction): boolean {
  return callee.kind === 'member' && callee.object.kind === 'member' && callee.object.object.kind === 'this';
}

/** `if (error instanceof TokenExpired) { await refresh(); return this.post(order); }`: of one failure what caused it is put right first. */
function isMended({ fact }: FunctionNode, action: CallAction): boolean {
  const catches = [...actionsIn(fact.body)].filter((it) => it.kind === 'try');
  return catches.some(({ handler, error }) =>
    [...actionsIn(handler ?? [])].some((it) => {
      if (
        it.kind !== 'if' ||
        error === undefined ||
        ![...namesIn(it.condition)].some(({ binding }) => binding === error)
      )
        return false;
      const calls = [...callsIn(it.then)];
      const before = calls.slice(0, Math.max(calls.indexOf(action), 0));
      return before.some(
        ({ settled, roles }) => settled === 'awaited' && roles.every((one) => one.kind !== 'log'),
      );
    }),
  );
}

/** Another was faster with the row: the next try finds it, as the function looks before it inserts. */
function findsTheOther({ fact }: FunctionNode, action: CallAction): boolean {
  const asks = [...actionsIn(fact.body)].some(
    (it) => it.kind === 'if' && mentionsDuplicate(it.condition, 0) && [...callsIn(it.then)].includes(action),
  );
  return asks && [...callsIn(fact.body)].some(({ roles }) => roles.some((it) => it.kind === 'read'));
}

/** `attempt + 1`, or `'reload'` for a parameter that decides something: the next try is told that it is one. */
function isOther({ fact }: FunctionNode, { kind }: Expr, index: number): boolean {
  if (kind === 'operation') return true;
  if (kind !== 'string' && kind !== 'literal') return false;
  const told = fact.parameters[index];
  return actionsIn(fact.body).some((it) =>
    decidingIn(it).some((expr) =>
      [...namesIn(expr)].some(({ binding }) => binding !== undefined && binding === told),
    ),
  );
}

function decidingIn(action: Action): readonly Expr[] {
  if (action.kind === 'if') return [action.condition];
  if (action.kind === 'switch') return [action.on];
  return action.kind === 'loop' && action.condition ? [action.condition] : [];
}

function hasWork(model: EventModel, fn: FunctionNode, body: readonly Action[]): boolean {
  return [...callsIn(body)].some(({ call, roles }) => {
    if (roles.some((it) => it.kind === 'publish' || it.kind === 'remote' || it.kind === 'write')) return true;
    const callees = model.program.calleesOf(fn.file, fn, call).filter((it) => it.fact !== fn.fact);
    return callees.some((it) => model.bodyOf(it).effects.length > 0);
  });
}

/** `while (true) { try { await charge(); return; } catch { … } }` without a pause or a count. */
function* loopsIn(model: EventModel, fn: FunctionNode): Iterable<EndlessRetry> {
  for (const loop of actionsIn(fn.fact.body)) {
    if (loop.kind !== 'loop' || !isEndless(loop)) continue;
    const attempt = loop.body.find((it): it is TryAction => it.kind === 'try' && it.handler !== null);
    if (!attempt || !isLeftOnSuccess(loop, attempt) || leaves(attempt.handler ?? [])) continue;
    if (counts(model, fn) || isDelayed(model, fn, undefined, loop.body) || !hasWork(model, fn, attempt.body))
      continue;
    const tried = [...callsIn(attempt.body)].find(
      (it) => it.settled === 'awaited' || it.settled === 'returned',
    );
    if (tried) yield { fn, at: tried.call.at, name: pathOf(tried.call.callee), how: 'loop' };
  }
}

/** `while (true)`, or `while (!isSent)`. */
function isEndless({ isEndless: isForEver, condition }: LoopAction): boolean {
  return (
    isForEver ||
    (condition?.kind === 'operation' && condition.operator === '!' && condition.of[0]?.kind === 'name')
  );
}

function isLeftOnSuccess(loop: LoopAction, attempt: TryAction): boolean {
  if (leaves(attempt.body)) return true;
  const flag = loop.condition?.kind === 'operation' ? loop.condition.of[0] : undefined;
  return (
    flag?.kind === 'name' &&
    [...actionsIn(attempt.body)].some(
      (it) => it.kind === 'assign' && it.target.kind === 'name' && it.target.binding === flag.binding,
    )
  );
}

function leaves(actions: readonly Action[]): boolean {
  return [...actionsIn(actions)].some(
    (it) => it.kind === 'return' || it.kind === 'break' || it.kind === 'throw',
  );
}
