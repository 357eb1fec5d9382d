// Promises made by hand that only an answer ends: a function asks over a broker and waits until its own listener hears of it.
import type { Action, CallAction } from '../../facts/actions.ts';
import type { BindingId, Expr } from '../../facts/expressions.ts';
import type { FileFacts, FunctionFact } from '../../facts/facts.ts';
import { once } from '../../facts/once.ts';
import type { PublishRole } from '../../facts/roles.ts';
import { actionsIn, callsIn, namesIn, outermost } from '../../facts/walk.ts';
import { holds, type Place, type Span } from '../../text.ts';
import { calleeName, indexOf } from '../fileIndex.ts';
import type { Effect, EventModel } from '../model.ts';
import { deadline } from './replyLimits.ts';

/** What takes a function and calls it when something comes. */
const listening =
  /^(?:consume|subscribe|on|once|add(?:Once)?Listener|prepend(?:Once)?Listener|listen|waitFor\w*)$/;
/** What a connection tells of itself is no answer: `channel.once('drain', resolve)`. */
const ofConnection =
  /^(?:drain|open|opened|connect|connected|ready|error|close|closed|finish|end|ended|disconnect(?:ed)?|return|ack|nack|confirm)$/i;
const limiting = /time_?out|^timer$|^race$|dead_?line|^setInterval$/i;

/**
 * A message that waits for its answer in such a promise, as its sender knows it: by the call that gives the promise, if another function
 * makes it. Undefined for any other effect.
 */
export function askedInPromise(model: EventModel, effect: Effect): Effect | undefined {
  const { role, via } = effect;
  if (role.kind !== 'publish' || role.transport !== 'broker') return undefined;
  const depth = [...via, effect].findIndex((it) => waitsAt(model, it, role));
  if (depth < 0) return undefined;
  const giver = via[depth - 1];
  if (giver)
    return { ...effect, ...giver, role: { ...role, gives: 'promise' }, via: via.slice(0, depth - 1) };
  return role.gives === 'observable' ? effect : { ...effect, role: { ...role, gives: 'nothing' } };
}

function waitsAt({ files }: EventModel, { file, at }: Place, { isRequest, gives }: PublishRole): boolean {
  const facts = files.get(file);
  const promises = facts ? replyPromises(facts) : [];
  const isAsked = isRequest === true && gives !== 'observable';
  return promises.some((it) => holds(it.span, at) || (isAsked && it.asked.has(at.start)));
}

interface ReplyPromise {
  /** What it is made with: `(resolve) => …`. */
  readonly span: Span;
  /** The requests that the function around it sends. */
  readonly asked: ReadonlySet<number>;
}

/** Those of a file, without any that a timer ends. */
const replyPromises = once((facts: FileFacts): readonly ReplyPromise[] =>
  (indexOf(facts).calls.get('constructor') ?? []).flatMap(({ fn, action: { call } }) => {
    const [made] = calleeName(call.callee) === 'Promise' ? call.args : [];
    const executor = made?.kind === 'function' ? facts.functions[made.function] : undefined;
    if (!executor || !isEndedByAnswer(facts, executor)) return [];
    const around = facts.functions.filter((it) => holds(outermost(facts, fn).span, it.span));
    if (fn.kind === 'module' || around.some(limits)) return [];
    const calls = around.flatMap(({ body }) => callsIn(body));
    const asked = calls.filter(({ roles }) => roles.some((it) => it.kind === 'publish' && it.isRequest));
    return [{ span: executor.span, asked: new Set(asked.map(({ call }) => call.at.start)) }];
  }),
);

/** Whether what resolves it is handed to a listener, or put away for one. */
function isEndedByAnswer(facts: FileFacts, executor: FunctionFact): boolean {
  const [resolve] = executor.parameters;
  if (resolve === undefined || callsIn(executor.body).some((it) => isCallOf(it, resolve))) return false;
  const inside = facts.functions.filter((it) => holds(executor.span, it.span));
  const actions = inside.flatMap(({ body }) => actionsIn(body));
  if (actions.some((it) => listens(facts, it, resolve))) return true;
  return actions.some((it) => putsAway(it, resolve)) && !speaksOfTime(facts);
}

function isCallOf({ call: { callee } }: CallAction, resolve: BindingId): boolean {
  return callee.kind === 'name' && callee.binding === resolve;
}

/** `channel.consume(replies, (message) => resolve(read(message)))`, `answers.once(id, resolve)`. */
function listens(facts: FileFacts, action: Action, resolve: BindingId): boolean {
  if (action.kind !== 'call' || !listening.test(calleeName(action.call.callee) ?? '')) return false;
  const [first, ...others] = action.call.args;
  if (first?.kind === 'string' && ofConnection.test(first.value)) return false;
  return [first, ...others].some((it) => it !== undefined && resolves(facts, it, resolve));
}

function resolves(facts: FileFacts, expr: Expr, resolve: BindingId): boolean {
  if (expr.kind !== 'function') return mentions(expr, resolve);
  const listener = facts.functions[expr.function];
  return facts.functions.some(
    (it) =>
      listener && holds(listener.span, it.span) && callsIn(it.body).some((one) => isCallOf(one, resolve)),
  );
}

/** `this.waiting.set(id, resolve)`, `waiting[id] = { resolve, reject }`. */
function putsAway(action: Action, resolve: BindingId): boolean {
  if (action.kind === 'assign') return action.target.kind === 'member' && mentions(action.value, resolve);
  if (action.kind !== 'call' || calleeName(action.call.callee) !== 'set') return false;
  const [, value] = action.call.args;
  return value !== undefined && mentions(value, resolve);
}

function mentions(expr: Expr, resolve: BindingId): boolean {
  return [...namesIn(expr)].some((it) => it.binding === resolve);
}

/** What was put away somebody else of the file may take up when its time is over. */
function speaksOfTime({ functions }: FileFacts): boolean {
  return functions.some((it) => deadline.test(it.name) || limits(it));
}

function limits({ body }: FunctionFact): boolean {
  return callsIn(body).some(
    ({ call, roles }) =>
      limiting.test(calleeName(call.callee) ?? '') ||
      roles.some((it) => it.kind === 'time-limit' || it.kind === 'schedule'),
  );
}
