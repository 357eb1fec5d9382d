// Whether somebody limits how long a call may take: the call itself, the function around it, or whatever runs the step.
import type { CallAction } from '../../facts/actions.ts';
import type { BindingId, CallExpr, Expr } from '../../facts/expressions.ts';
import type { FileFacts, FunctionFact } from '../../facts/facts.ts';
import { once } from '../../facts/once.ts';
import type { PublishRole } from '../../facts/roles.ts';
import { callsIn, partsOf } from '../../facts/walk.ts';
import type { Place, Span } from '../../text.ts';
import { isUnset } from '../calls/clientSettings.ts';
import { pathOf } from '../effects/effects.ts';
import { callersOf } from '../failures/followingFailure.ts';
import { calleeName } from '../fileIndex.ts';
import { foundInFiles } from '../incremental/about.ts';
import { perModel } from '../incremental/perModel.ts';
import type { Effect, EventModel, FunctionNode, SagaNode } from '../model.ts';
import { orchestratorsOf, runsSteps } from './orchestrators.ts';
import { askedInPromise } from './replyPromises.ts';

/** Clients that give up by themselves after a default time. */
const limitedClients = /stripe|aws|@google-cloud|@azure|octokit|twilio|sendgrid|prisma|grpc/i;

/** How many variables a stream goes through. */
const maxDepth = 3;

/** Calls to other systems that wait as long as it takes. */
export function unlimitedCalls(model: EventModel, effects: readonly Effect[]): readonly Effect[] {
  const hasDefault = hasDefaultTimeout(model);
  const isLeft = (it: Effect): boolean => [...it.via, it].some((place) => isLeftAlone(model, place));
  const waitsForEver = (effect: Effect): boolean => {
    const { role, name } = effect;
    const isLimited = (): boolean => [...effect.via, effect].some((it) => isLimitedAt(model, it));
    if (role.kind === 'publish') return isUnlimitedRequest(model, role) && !isLimited() && !isLeft(effect);
    if (role.kind === 'remote' && role.endedBy !== undefined) return !isLimited() && !isLeft(effect);
    if (role.kind !== 'remote' || role.what !== 'http' || role.hasTimeLimit) return false;
    if (limitedClients.test(`${role.library} ${name}`)) return false;
    const isFetch = /(?:^|\.)fetch$/.test(name);
    return (isFetch || !hasDefault) && !isLimited() && !isLeft(effect);
  };
  return effects.flatMap((effect) => {
    // Nobody waits for what runs later.
    if (effect.inCatch || effect.runs) return [];
    const asked = askedInPromise(model, effect);
    if (asked) return isWaitedFor(model, asked) ? [asked] : [];
    return waitsForEver(effect) ? [effect] : [];
  });
}

/** Whether nobody on the way to a promise limits how long it waits, or lets it go. */
function isWaitedFor(model: EventModel, { role, via, ...own }: Effect): boolean {
  const isGiven = role.kind === 'publish' && role.gives === 'promise';
  return !(isGiven ? [...via, own] : via).some((it) => isLimitedAt(model, it) || isLeftAlone(model, it));
}

/** A promise that goes nowhere: `void refresh()`, `refresh().catch(log)`. */
function isLeftAlone(model: EventModel, { file, at }: Place): boolean {
  const functions = model.files.get(file)?.functions ?? [];
  return functions.some((fact) => {
    if (fact.span.start > at.start || at.end > fact.span.end) return false;
    const calls = callsIn(fact.body);
    const own = calls.find(({ call }) => call.at.start === at.start);
    if (!own) return false;
    if (isOnlySubscribed(own, calls)) return true;
    const outermost = calls.findLast(({ call }) => isChainedOn(call.callee, own.call)) ?? own;
    if (outermost.settled !== 'dropped') return false;
    const callees = model.program.calleesOf(file, { file, fact }, own.call);
    return callees.length === 0 || callees.some((it) => it.fact.isAsync);
  });
}

/** `const answer$ = client.send(…); answer$.subscribe(…)`: nobody waits until it comes. */
function isOnlySubscribed({ result }: CallAction, calls: readonly CallAction[]): boolean {
  const isIt = (it: Expr): boolean => it.kind === 'name' && it.binding === result;
  const uses =
    result === undefined
      ? []
      : calls.filter(({ call: { callee, args } }) =>
          [...args, objectOf(callee)].some((it) => it && isIt(it)),
        );
  return uses.length > 0 && uses.every(({ call }) => calleeName(call.callee) === 'subscribe');
}

function objectOf(callee: Expr): Expr | undefined {
  return callee.kind === 'member' ? callee.object : undefined;
}

/** Whether a method is called on what a call gives, with others in between. */
function isChainedOn(callee: Expr, call: CallAction['call']): boolean {
  if (callee.kind === 'member') return isChainedOn(callee.object, call);
  if (callee.kind !== 'call') return false;
  return callee.at.start === call.at.start || isChainedOn(callee.callee, call);
}

/** Other clients give up by themselves after some seconds, or it is not known what they do. */
function isUnlimitedRequest(model: EventModel, { isRequest, gives, limitedBy }: PublishRole): boolean {
  if (!isRequest) return false;
  return gives === 'observable' || (limitedBy !== undefined && isUnset(model, limitedBy));
}

/** `await this.limited(this.reserve(order))`, wherever the function is called. */
export function isLimitedByCallers(model: EventModel, fn: FunctionNode): boolean {
  const callers = callersOf(model, fn);
  return (
    callers.length > 0 &&
    callers.every(({ caller, action }) => isLimitedAt(model, { file: caller.file, at: action.call.at }))
  );
}

/** Whether whatever runs the steps of a saga limits each: in the saga's own file, or an orchestrator of the workspace. */
export function isLimitedByRunner(model: EventModel, { file }: Pick<SagaNode, 'file'>): boolean {
  const own = model.files.get(file);
  return (own !== undefined && limitsSteps(own)) || isAnyRunnerLimited(model);
}

const isAnyRunnerLimited = perModel((model: EventModel) =>
  orchestratorsOf(model).some(({ file }) => {
    const facts = model.files.get(file);
    return facts !== undefined && limitsSteps(facts);
  }),
);

const limitsSteps = once(({ functions }: FileFacts) => {
  const running = functions.filter(runsSteps);
  return functions.some((it) => endsWaits(it) && running.some((inner) => encloses(it, inner)));
});

/** A signal that ends is a limit only for calls that take it: they are looked at one by one. */
function endsWaits({ body }: FunctionFact): boolean {
  return [...callsIn(body)].some((it) => isLimit(it) && pathOf(it.call.callee) !== 'AbortSignal.timeout');
}

function encloses({ kind, span }: FunctionFact, inner: FunctionFact): boolean {
  return kind !== 'module' && span.start <= inner.span.start && inner.span.end <= span.end;
}

/** Whether the function around a place has a time limit in it, or a call around the place is one by what it does. */
function isLimitedAt(model: EventModel, { file, at }: Place): boolean {
  const functions = model.files.get(file)?.functions ?? [];
  const around = functions.filter(
    (it) => it.kind !== 'module' && it.span.start <= at.start && at.end <= it.span.end,
  );
  return around.some((fact) => {
    const calls = [...callsIn(fact.body)];
    const outer = calls.filter(
      ({ call }) => call.args.some((it) => isIn(it, at)) && call.at.start !== at.start,
    );
    return (
      calls.some((it) => isLimit(it) && isMeantFor(it, calls, at)) ||
      outer.some(({ call }) =>
        model.program.calleesOf(file, { file, fact }, call).some((it) => limits(it.fact)),
      )
    );
  });
}

/** A signal that is an argument ends the call that it is given to, and an operator the stream that it is piped through; no other. */
function isMeantFor({ call, settled }: CallAction, calls: readonly CallAction[], at: Span): boolean {
  const pipe = calls.findLast(
    (it) => it.call !== call && isWithin(call.at, it.call.span) && calleeName(it.call.callee) === 'pipe',
  );
  if (pipe && call.callee.kind === 'name') return isPiped(pipe.call, calls, at);
  if (pathOf(call.callee) !== 'AbortSignal.timeout' || settled !== 'collected') return true;
  const takers = calls.filter((it) => it.call !== call && isWithin(call.at, it.call.span));
  return takers.length === 0 || takers.some((it) => isWithin(at, it.call.span));
}

/** Whether a place stands in what is piped, or in what made the streams that are: `reserved$.pipe(timeout(3000))`. */
function isPiped(call: CallExpr, calls: readonly CallAction[], at: Span, depth = 0): boolean {
  if (isWithin(at, call.span)) return true;
  const made = calls.filter(
    ({ result, settled }) =>
      settled !== 'awaited' && result !== undefined && streamsOf(call).includes(result),
  );
  return depth < maxDepth && made.some((it) => isPiped(it.call, calls, at, depth + 1));
}

/** The variables whose streams a call hands on: `reserved$.pipe(…)`, `forkJoin([reserved$, charged$])`. */
function streamsOf({ callee, args }: CallExpr): readonly BindingId[] {
  if (callee.kind === 'name') return args.flatMap(namesIn);
  if (callee.kind !== 'member' || callee.name !== 'pipe') return [];
  return callee.object.kind === 'call' ? streamsOf(callee.object) : namesIn(callee.object);
}

function namesIn(expr: Expr): readonly BindingId[] {
  if (expr.kind === 'name') return expr.binding === undefined ? [] : [expr.binding];
  return expr.kind === 'call' ? streamsOf(expr) : partsOf(expr).flatMap(namesIn);
}

function isIn(expr: Expr, at: Span): boolean {
  return 'span' in expr ? isWithin(at, expr.span) : isWithin(at, expr.at);
}

function isWithin(at: Span, span: Span): boolean {
  return span.start <= at.start && at.end <= span.end;
}

function limits({ body }: FunctionFact): boolean {
  return [...callsIn(body)].some((it) => isLimit(it) && pathOf(it.call.callee) !== 'AbortSignal.timeout');
}

function isLimit({ roles, call }: CallAction): boolean {
  return (
    roles.some((it) => it.kind === 'time-limit') ||
    (call.callee.kind === 'member' && call.callee.name === 'race')
  );
}

/** `axios.create({ timeout })`, `got.extend({ timeout })`, `HttpModule.register({ timeout })`: then every call has it. */
function hasDefaultTimeout(model: EventModel): boolean {
  // Whoever asks depends on who sets one, and not on all files.
  return foundInFiles(model, 'sets a timeout', (it) => (setsTimeout(it) ? [it.file] : [])).length > 0;
}

const setsTimeout = once(({ functions, types }: FileFacts) => {
  const calls = functions.flatMap((it) => [...callsIn(it.body)].map((action) => action.call));
  const decorated = types.flatMap((it) => it.decorators.flatMap((decorator) => decorator.args));
  const args = [...calls.filter((it) => isSetup(it.callee)).flatMap((it) => it.args), ...decorated];
  return args.some((it) => it.kind === 'object' && it.entries.some((entry) => /^timeout/.test(entry.key)));
});

function isSetup(callee: { readonly kind: string; readonly name?: string }): boolean {
  return (
    callee.kind === 'member' && /^(?:create|extend|register|registerAsync|defaults)$/.test(callee.name ?? '')
  );
}
