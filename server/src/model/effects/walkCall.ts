// One call in a body: its own roles, the functions of the workspace behind it, and the callbacks handed to it.
import type { CallAction } from '../../facts/actions.ts';
import type { Expr } from '../../facts/expressions.ts';
import type { GuardRole, PublishRole, ReadRole, RemoteRole, Role, WriteRole } from '../../facts/roles.ts';
import { callbacksIn, isLeftToPlatform, isOneOfSeveral, runsOf } from '../calls/callbackRuns.ts';
import { isFactory, isGuessed, isRunHere, knownBeside } from '../calls/guessedRoles.ts';
import { handedImplementations } from '../calls/handedImplementations.ts';
import { isReport, writesLogLine } from '../calls/pureCalls.ts';
import { coverBatch, stopRepeats } from '../idempotency/failingRows.ts';
import { judgeResult, setVerdict } from '../idempotency/givenVerdicts.ts';
import { isAsked, isHarmlessRequest } from '../idempotency/harmlessRequests.ts';
import { replaces } from '../idempotency/replacedRows.ts';
import { takesWaiting } from '../idempotency/waitingRows.ts';
import type { FunctionNode } from '../model.ts';
import { throughForeignBase } from '../producers/foreignPublishers.ts';
import { parameterOf } from '../resolution/origins.ts';
import { rootOf } from '../resolution/values.ts';
import { nameElsewhere, runElsewhere } from '../sagas/registrations.ts';
import { effectOf, pathOf, settle } from './effects.ts';
import {
  guardedBy,
  looser,
  placeOfCall,
  plain,
  seenFrom,
  stronger,
  within,
  type Context,
  type EffectDraft,
  type Flow,
  type Summary,
  type Walk,
} from './frames.ts';
import { needsLeft } from './needs.ts';
import { statementRole } from './statements.ts';
import { isUniqueRead } from './uniqueKeys.ts';
import { guardOfGiven, isOnlyMemory } from './wrappers.ts';

const maxEffects = 150;
const versionKey = /version|revision|sequence|^seq$/i;
const inserts = /^(?:insert|create|store)/i;

/** Adds what a call does to the walk, and what it means for the actions after it to the flow. */
export function walkCall(walk: Walk, action: CallAction, flow: Flow): void {
  const { runs } = flow;
  if (isLeftToPlatform(walk.facts, action)) flow.runs = looser(runs, 'later');
  walkHere(walk, action, flow);
  flow.runs = runs;
}

function walkHere(walk: Walk, action: CallAction, flow: Flow): void {
  const { linking } = walk.walking;
  walk.sites.set(placeOfCall(action), { ...flow });
  const named = linking.calls.callees(walk.fn.file, action.call).filter((it) => it.fact !== walk.fn.fact);
  const known = handedImplementations(walk.fn.file, action, named, linking);
  // What is told to a tracker of errors does nothing to the world, however the wrapper around it tells it.
  const callees = isReport(action) ? [] : known.filter((it) => !writesLogLine(action, it));
  const summaries = callees.map((it) => walk.walking.summaryOf(it));
  walk.isOpen ||= known.length === 0 && isUnknown(walk, action);
  // `Order.create(…)` of a class that is at hand is what its body does.
  const isKnown = isFactory(action) ? callees.length > 0 : isRunHere(action, callees, linking);
  const isBodyKnown = isKnown || summaries.some((it) => it.drafts.length > 0);
  const ran = new Set<Expr>();
  for (const said of action.roles) {
    const role = said.kind === 'read' ? statementRole(linking, walk.fn.file, said) : said;
    if (!isBodyKnown || !isGuessed(role) || isHandledHere(walk, role))
      walkRole(walk, action, role, flow, ran);
  }
  if (!action.roles.some((it) => 'confidence' in it && !isGuessed(it))) {
    callees.forEach((callee, index) => {
      const summary = summaries[index];
      if (summary) merge(walk, action, callee, knownBeside(summary, summaries), flow);
    });
  }
  walkCallbacks(walk, action, callees, flow, ran);
  const { callee } = action.call;
  if (callee.kind === 'name' || callee.kind === 'member') noteParameter(walk, callee, flow);
  judgeResult(walk, action, summaries);
}

/** Whoever hands a command to a bus of this process runs its handler, whatever the bus does to find it. */
function isHandledHere({ fn, walking }: Walk, role: Role): boolean {
  if (role.kind !== 'publish' || !role.isRequest || role.transport !== 'in-process') return false;
  return walking.requests.here(fn.file, role).length > 0;
}

/** What nobody knows the body of: a method of a type of the workspace, and what is not followed. */
function isUnknown({ fn, walking }: Walk, { call }: CallAction): boolean {
  const { calls } = walking.linking;
  if (!calls.isFollowed(fn.file, call)) return true;
  return call.callee.kind === 'member' && calls.typing.typeOf(fn.file, call.callee.object) !== undefined;
}

function walkRole(walk: Walk, action: CallAction, role: Role, flow: Flow, ran: Set<Expr>): void {
  switch (role.kind) {
    case 'write':
    case 'remote':
      walk.isDurable = true;
      addDone(walk, action, role, flow);
      if (role.kind === 'write' && role.needsRow) stopRepeats(walk, action, flow);
      return;
    case 'publish':
      return walkPublish(walk, action, role, flow);
    case 'read':
      walk.isDurable = true;
      return walkRead(walk, action, role, flow);
    case 'transaction':
      if (role.phase === 'batch') return coverBatch(walk, action, flow);
      if (role.phase !== 'callback') flow.inTransaction = role.phase === 'begin';
      return runBody(walk, role.body, { ...flow, inTransaction: true }, ran);
    case 'guard':
      return walkGuard(walk, action, role, flow, ran);
    case 'time-limit':
    case 'retry':
      return runBody(walk, role.body, flow, ran);
    default:
      return;
  }
}

function addDone(walk: Walk, action: CallAction, role: WriteRole | RemoteRole, flow: Flow): void {
  const draft = effectOf(walk.fn, action, role, flow, walk.walking.linking);
  const isReplaced = role.kind === 'write' && role.operation === 'insert' && replaces(walk, role);
  add(walk, isReplaced ? { ...draft, effect: { ...draft.effect, isIdempotent: true } } : draft, flow);
}

/** A command in this process is a call of its handler; anything else is a message that leaves. */
function walkPublish(walk: Walk, action: CallAction, said: PublishRole, flow: Flow): void {
  const { requests, summaryOf, linking } = walk.walking;
  const role = throughForeignBase(walk.fn.file, action.call, said, linking);
  const handlers = role.isRequest ? requests.here(walk.fn.file, role) : [];
  for (const handler of handlers) merge(walk, action, handler, summaryOf(handler), flow);
  if (handlers.length > 0) return;
  const draft = effectOf(walk.fn, action, role, flow, linking);
  const isHarmless = role.isRequest === true && isHarmlessRequest(walk, role);
  add(walk, isHarmless ? { ...draft, effect: { ...draft.effect, isIdempotent: true } } : draft, flow);
}

/** Loading by the version that the event follows finds nothing the second time. */
function walkRead(walk: Walk, action: CallAction, role: ReadRole, flow: Flow): void {
  const place = { file: walk.fn.file, at: action.call.at };
  walk.verdicts.set(placeOfCall(action), {
    ...place,
    kind: 'read',
    isVolatile: false,
    isUnique: isUniqueRead(walk.fn.file, action, role, walk.walking.linking),
    ...(role.store === undefined ? {} : { store: role.store }),
  });
  const level = takesWaiting(walk, action, role);
  if (level) flow.guard = stronger(flow.guard, { ...place, level });
  if (role.where?.kind !== 'object' || !role.where.entries.some((it) => versionKey.test(it.key))) return;
  flow.guard = stronger(flow.guard, { ...place, level: 'yes' });
  walk.after = stronger(walk.after, { ...place, level: 'yes' });
}

function walkGuard(walk: Walk, action: CallAction, role: GuardRole, flow: Flow, ran: Set<Expr>): void {
  const place = { file: walk.fn.file, at: action.call.at };
  const isVolatile = role.isVolatile === true || isOnlyMemory(walk.fn.file, action, walk.walking);
  const level = isVolatile ? 'weak' : 'yes';
  const guard = { ...place, level, role } as const;
  if (!isVolatile) walk.isDurable = true;
  if (role.isElsewhere) return runRegistered(walk, action, within(flow, { ...plain, guard }));
  if (role.form === 'wrap')
    return runBody(walk, role.body, { ...flow, guard: stronger(flow.guard, guard) }, ran);
  const isClaim = role.form === 'claim' || (role.form === 'mark' && isFirstInsert(walk, action));
  if (role.form !== 'check') walk.marks = true;
  if (isClaim) {
    flow.guard = stronger(flow.guard, guard);
    walk.after = stronger(walk.after, guard);
  }
  const kind = isClaim ? 'claim' : 'check';
  if (isClaim || role.form === 'check') setVerdict(walk, action, { ...place, kind, isVolatile, role });
}

/** `context.df.callActivity('charge-card', order)` does what is registered under that name. */
function runRegistered(walk: Walk, action: CallAction, context: Context): void {
  const name = nameElsewhere(action) ?? pathOf(action.call.callee);
  const step = { file: walk.fn.file, at: action.call.at, name };
  const functions = runElsewhere(walk.walking.linking, walk.fn.file, action);
  for (const fn of functions.filter((it) => it.fact !== walk.fn.fact)) {
    for (const { effect } of walk.walking.summaryOf(fn).drafts)
      add(walk, { effect: seenFrom(effect, step, context) }, { ...context });
  }
}

/** An insert of the message's key before any effect fails the second time. */
function isFirstInsert(walk: Walk, action: CallAction): boolean {
  const { callee } = action.call;
  const name = callee.kind === 'member' || callee.kind === 'name' ? callee.name : '';
  return inserts.test(name) && walk.drafts.every((it) => it.effect.isIdempotent);
}

function add(walk: Walk, draft: EffectDraft, flow: Flow): void {
  let { effect } = draft;
  const { role } = effect;
  const isInsert = role.kind === 'write' && role.operation === 'insert';
  const here = { file: effect.file, at: effect.at, level: 'yes' } as const;
  if (isInsert && flow.catchesDuplicates) {
    effect = guardedBy(effect, here);
    flow.guard = stronger(flow.guard, here);
  }
  push(walk, { ...draft, effect: guardedBy(effect, flow.guard) }, flow);
}

/** Whether there are as many effects as anybody looks at; whoever asks has one more, of which nothing is known. */
function isFull(walk: Walk): boolean {
  walk.isOpen ||= walk.drafts.length >= maxEffects;
  return walk.drafts.length >= maxEffects;
}

function push(walk: Walk, { needs = [], ...draft }: EffectDraft, flow: Context): void {
  if (isFull(walk)) return;
  const all = [...needs, ...(flow.needs ?? [])];
  walk.drafts.push(all.length > 0 ? { ...draft, needs: all } : draft);
}

/** The effects of a called function, seen from the call; those that what is handed in never leads to are left out. */
function merge(walk: Walk, action: CallAction, callee: FunctionNode, summary: Summary, flow: Flow): void {
  const step = { file: walk.fn.file, at: action.call.at, name: pathOf(action.call.callee) };
  const { linking } = walk.walking;
  for (const draft of summary.drafts) {
    if (isFull(walk)) break;
    const needs = needsLeft(draft.needs, callee, action.call, { ...walk, linking });
    if (!needs) continue;
    const settled = settle(draft, walk.fn, action.call, linking);
    const effect = isAsked(walk, settled.effect) ? { ...settled.effect, isIdempotent: true } : settled.effect;
    add(walk, { ...settled, needs, effect: seenFrom(effect, step, flow) }, flow);
  }
  walk.isOpen ||= summary.isOpen;
  walk.marks ||= summary.marks;
  walk.isDurable ||= summary.isDurable;
  if (!summary.after || callee.fact.isAbstract) return;
  flow.guard = stronger(flow.guard, summary.after);
  walk.after = stronger(walk.after, summary.after);
}

/** Functions among the arguments run here, in the circumstances in which the called function runs them. */
function walkCallbacks(
  walk: Walk,
  action: CallAction,
  callees: readonly FunctionNode[],
  flow: Flow,
  ran: Set<Expr>,
): void {
  const summaries = callees.map((it) => walk.walking.summaryOf(it));
  action.call.args.forEach((arg, index) => {
    const inside = summaries.map((it) => it.callbacks.get(index)).find((it) => it !== undefined);
    for (const callback of callbacksIn(arg)) {
      if (ran.has(callback)) continue;
      const around = inside ?? {
        ...plain,
        guard: guardOfGiven({ file: walk.fn.file, call: action.call, index }, callees, walk.walking),
      };
      const isRunThere = inside && !isOneOfSeveral(action, callback);
      const runs = isRunThere ? inside.runs : runsOf(walk.facts, action, callback);
      runBody(walk, callback, within(flow, { ...around, runs }), ran);
    }
  });
}

function runBody(walk: Walk, body: Expr | undefined, context: Context, ran: Set<Expr>): void {
  if (!body || ran.has(body) || walk.walking.isConsumer(walk.fn.file, body.at.start)) return;
  ran.add(body);
  if (body.kind === 'function') {
    const inner = walk.facts.functions[body.function];
    if (inner && !walk.walking.isConsumer(walk.fn.file, inner.at.start)) walk.runScope(inner.body, context);
    return;
  }
  if (body.kind !== 'name' && body.kind !== 'member') return;
  if (noteParameter(walk, body, context)) return;
  for (const fn of walk.walking.linking.calls.functionsOf(walk.fn.file, body)) {
    if (fn.fact === walk.fn.fact || fn.fact.kind === 'constructor') continue;
    const summary = walk.walking.summaryOf(fn);
    const step = { file: walk.fn.file, at: body.at, name: pathOf(body) };
    for (const { effect } of summary.drafts)
      add(walk, { effect: seenFrom(effect, step, context) }, { ...context });
  }
}

/** A parameter of this function that is run, or handed on to be run: the caller's callback. */
function noteParameter(walk: Walk, body: Expr, context: Context): boolean {
  const root = rootOf(walk.facts, body);
  const parameter = root && parameterOf(walk.facts, root);
  if (parameter?.fn !== walk.fn.fact) return false;
  const known = walk.callbacks.get(parameter.index);
  walk.callbacks.set(
    parameter.index,
    known ? { ...known, guard: stronger(known.guard, context.guard) } : { ...context },
  );
  return true;
}
