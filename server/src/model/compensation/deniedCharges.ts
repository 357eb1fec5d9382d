// Charges that went through and are declared failed: one try holds the charge and what is written or announced after it, and its catch
// takes whatever failed for the charge itself. The customer paid, and the order says that nobody did. The same of what another party was
// asked to reserve or deduct.
import type { Action, CallAction, ReturnAction, TryAction } from '../../facts/actions.ts';
import type { Expr } from '../../facts/expressions.ts';
import type { FileFacts, FunctionFact } from '../../facts/facts.ts';
import { actionsIn, callsIn, partsOf } from '../../facts/walk.ts';
import type { FilePath } from '../../text.ts';
import { mayFollow } from '../calls/order.ts';
import { reachedFrom } from '../delivery/redelivered.ts';
import { pathOf } from '../effects/effects.ts';
import { saysFailure } from '../failures/fallible.ts';
import { callersOf } from '../failures/followingFailure.ts';
import { calleeName } from '../fileIndex.ts';
import { saidOfFiles } from '../incremental/about.ts';
import type { EventModel, FunctionNode } from '../model.ts';
import { commandSaid } from '../names/commandNames.ts';
import { wordsOf } from '../names/names.ts';
import { producersOf } from '../producers/sent.ts';
import { proxyBehind, triesOf } from '../sagas/activities.ts';
import { saidBy, tellsSomebody } from '../sagas/deeds.ts';
import { failureWords } from '../sagas/replies.ts';
import { givesBack, isUndoing } from './undoing.ts';

export interface DeniedCharge {
  readonly file: FilePath;
  readonly fn: FunctionFact;
  readonly charge: CallAction;
  /** The command by which another party is asked to reserve or deduct something. */
  readonly command?: string;
  /** What comes after it in the try and can fail. */
  readonly next: CallAction;
  /** The command that comes after it. */
  readonly nextCommand?: string;
  /** What the catch says of it; nothing where it only answers that it failed. */
  readonly denied: CallAction | ReturnAction;
  /** The command by which it says so. */
  readonly deniedBy?: string;
}

const paying =
  /^(?:charge(?:Card|Customer|Payment)?|capture(?:Payment|Charge)?|authori[sz]ePayment|debit|pay(?:ment)?|process_?payment|collect_?payment|make_?payment|create_?charge)$/i;
const payee = /pay|stripe|billing|card|charge|adyen|braintree|wallet|gateway/i;
const denying =
  /^(?:fail(?:ed)?|cancel(?:led)?|reject(?:ed)?|decline(?:d)?)(?=$|[A-Z_])|(?:Failed|Cancell?ed|Rejected|Declined)(?=$|[A-Z_])/;

/** All of them, once the workspace was read: somebody may take the charge back elsewhere. */
export function deniedCharges(model: EventModel): readonly DeniedCharge[] {
  if (!model.isComplete) return [];
  const found = saidOfFiles(model, 'charges declared failed', (facts) => deniedIn(model, facts));
  return found.filter((it) => !isGivenBackElsewhere(model, it));
}

function deniedIn(model: EventModel, facts: FileFacts): readonly DeniedCharge[] {
  const { file } = facts;
  return facts.functions.flatMap((fact) =>
    actionsIn(fact.body).flatMap((it) =>
      it.kind === 'try' && it.handler ? deniedBy(model, { file, fact }, it) : [],
    ),
  );
}

function deniedBy(model: EventModel, fn: FunctionNode, tried: TryAction): readonly DeniedCharge[] {
  const calls = callsOfTry(tried.body);
  const paid = calls.find((it) => charges(model, fn, it));
  const asked = paid ? undefined : calls.find((it) => holdingCommand(model, fn, it) !== undefined);
  const charge = paid ?? asked;
  const handler = tried.handler ?? [];
  const says = handler.find((it): it is CallAction => it.kind === 'call' && denies(it));
  const denied = says ?? (paid && answeredFailure(handler));
  // The charge is given back in the catch, in `finally`, or behind the try where a variable says that it went through.
  if (!charge || !denied || tellsApart(handler)) return [];
  const command = asked && holdingCommand(model, fn, asked);
  if (givesBackIn(model, fn, command ? returnsGoods : takesBack)) return [];
  const next = calls.find(
    (it) =>
      mayFollow(tried.body, charge.call.at.start, it.call.at.start) &&
      isOnTheWay(tried.body, it) &&
      mayFail(model, fn, it),
  );
  return next ? [{ file: fn.file, fn: fn.fact, charge, next, denied, ...(command && { command }) }] : [];
}

/** `return { success: false }`, `return { error: 'Payment failed' }` at the end of a catch. */
function answeredFailure(handler: readonly Action[]): ReturnAction | undefined {
  const last = handler.at(-1);
  if (last?.kind !== 'return' || last.value?.kind !== 'object') return undefined;
  // `{ status: 'UNKNOWN', error }` leaves open what became of it.
  const isStated = last.value.entries.some(({ key }) => /stat(?:us|e)$/i.test(key));
  if (isStated) return holdsFailure(last.value) ? last : undefined;
  const isFailure = last.value.entries.some(({ key, value }) => {
    const literal = value.kind === 'literal' ? value.text : undefined;
    if (/^(?:is_?)?(?:success|successful|succeeded|ok)$/i.test(key)) return literal === 'false';
    return /^(?:error|errorMessage|failure|reason)$/i.test(key) && literal === undefined;
  });
  return isFailure ? last : undefined;
}

/** `if (!(error instanceof CardDeclinedError)) throw error;`: what comes after it is said of the charge alone. */
export function tellsApart(handler: readonly Action[]): boolean {
  return handler.some(
    (it) =>
      it.kind === 'if' &&
      [it.then, it.otherwise].some((branch) => /^(?:throw|return)$/.test(branch.at(-1)?.kind ?? '')),
  );
}

/** The calls whose failure that try catches. */
export function callsOfTry(actions: readonly Action[]): readonly CallAction[] {
  const inner = actionsIn(actions).filter((it) => it.kind === 'try' && it.handler !== null);
  const caught = new Set(inner.flatMap((it) => (it.kind === 'try' ? callsIn(it.body) : [])));
  const handled = new Set(inner.flatMap((it) => (it.kind === 'try' ? callsIn(it.handler ?? []) : [])));
  return callsIn(actions).filter((it) => !caught.has(it) && !handled.has(it));
}

/** Another party takes the money; a row of one's own is not yet a charge. A key of repeats says that the whole is tried again. */
function charges(model: EventModel, fn: FunctionNode, { call, roles, settled, isNew }: CallAction): boolean {
  const path = pathOf(call.callee);
  if (isNew || settled !== 'awaited' || isUndoing(path) || call.args.some(hasKey)) return false;
  const name = calleeName(call.callee) ?? '';
  if (!paying.test(name) || !payee.test(path)) return false;
  if (roles.some((it) => it.kind === 'write' || it.kind === 'publish' || it.kind === 'read')) return false;
  const bodies = model.program.calleesOf(fn.file, fn, call).map((it) => model.bodyOf(it).effects);
  const effects = bodies.flat().map(({ role }) => role);
  return effects.length === 0 || effects.some((it) => it.kind === 'remote' && !it.isRead);
}

const holding = /(?:^|[.\-_:/])(?:reserve|deduct|decrement|decrease|debit|charge|book)(?=$|[.\-_:/A-Z])/;
/** Helpers that ask by a message and wait for the answer. */
const requesting = /with_?(?:response|reply)|request|rpc|(?:and|for)_?(?:wait|reply|response|receive)/i;

/** `client.send('stock.reserve', …)`, `broker.requestReply('stock.deduct', …)`: another party is asked to take hold of something. */
function holdingCommand(
  { program }: EventModel,
  { file }: FunctionNode,
  { call, roles, settled, isNew }: CallAction,
): string | undefined {
  if (isNew || call.args.some(hasKey)) return undefined;
  const role = roles.find((it) => it.kind === 'publish');
  const isRequest = role?.kind === 'publish' && role.isRequest === true && role.isDetached !== true;
  const isHelper =
    roles.length === 0 && settled === 'awaited' && requesting.test(calleeName(call.callee) ?? '');
  if (!isRequest && !isHelper) return undefined;
  const said = isRequest
    ? [commandSaid(program, file, role.event)]
    : call.args.map((it) => (it.kind === 'object' ? undefined : program.stringOf(file, it)));
  return said.find((it) => it !== undefined && holding.test(/[a-z]/.test(it) ? it : it.toLowerCase()));
}

/** Whether something is handed over with a key by which a repeat is known: it is tried again as a whole. */
export function hasKey(expr: Expr): boolean {
  if (expr.kind === 'object' && expr.entries.some(({ key }) => /idempot/i.test(key))) return true;
  return (expr.kind === 'name' && /idempot/i.test(expr.name)) || partsOf(expr).some(hasKey);
}

/** `payment.fail(reason)`, `publishPaymentFailed(…)`, `orders.update(id, { status: 'FAILED' })`, whatever it was that failed. */
export function denies({ call, roles, isNew }: CallAction): boolean {
  if (isNew || roles.some((it) => it.kind === 'log' || it.kind === 'alert' || it.kind === 'read'))
    return false;
  if (call.callee.kind === 'member' && denying.test(call.callee.name)) return true;
  return roles.some((it) => it.kind === 'write') && call.args.some(holdsFailure);
}

/** `{ status: 'FAILED' }`, however deep. */
export function holdsFailure(expr: Expr): boolean {
  if (expr.kind === 'object')
    return expr.entries.some(({ key, value }) =>
      /stat(?:us|e)$/i.test(key) ? saysFailed(value) : value.kind === 'object' && holdsFailure(value),
    );
  return expr.kind === 'member' && saysFailed(expr);
}

function saysFailed(expr: Expr): boolean {
  const word = expr.kind === 'string' ? expr.value : expr.kind === 'member' ? expr.name : '';
  return saysFailure(wordsOf(word).join(' '), failureWords);
}

/** Not in a branch that ends because the charge was refused. */
export function isOnTheWay(body: readonly Action[], action: CallAction): boolean {
  if (saysFailure(wordsOf(calleeName(action.call.callee) ?? '').join(' '), failureWords)) return false;
  return !actionsIn(body).some((it) => {
    if (it.kind !== 'if') return false;
    return [it.then, it.otherwise].some(
      (branch) =>
        callsIn(branch).includes(action) && isRefused(branch, branch === it.otherwise, it.condition),
    );
  });
}

/** `if (!result.success) { …; return … }`, `else { …; throw … }`. */
function isRefused(branch: readonly Action[], isElse: boolean, condition: Expr): boolean {
  const last = branch.at(-1)?.kind;
  if (last === 'throw') return true;
  const isNegated = condition.kind === 'operation' && /^!/.test(condition.operator);
  return (
    last === 'return' && (isNegated || isElse || /fail|declin|reject|error/i.test(JSON.stringify(condition)))
  );
}

function mayFail(model: EventModel, fn: FunctionNode, action: CallAction): boolean {
  const { call, roles, settled } = action;
  const name = calleeName(call.callee) ?? '';
  if (settled !== 'awaited' || tellsSomebody(name)) return false;
  if (roles.some((it) => it.kind === 'log' || it.kind === 'read' || it.kind === 'alert')) return false;
  if (roles.some((it) => /^(?:write|publish|remote|transaction)$/.test(it.kind))) return true;
  if (isActivityGivenUp(model, fn, action)) return true;
  const callees = model.program.calleesOf(fn.file, fn, call);
  if (callees.some((it) => model.bodyOf(it).effects.some(({ inCatch, runs }) => !inCatch && !runs)))
    return true;
  const isOpen = callees.every((it) => it.fact.isAbstract) && call.callee.kind === 'member';
  return isOpen && /^(?:save|update|add|insert|create|upsert|store|persist|commit|publish|mark)/.test(name);
}

/** An engine tries it some times, and then throws. */
function isActivityGivenUp(model: EventModel, { file }: FunctionNode, action: CallAction): boolean {
  const facts = model.files.get(file);
  return !!facts && !!proxyBehind(model, facts, action.call) && triesOf(model, facts, action) !== 'on';
}

/** Whether what runs then says that money is given back, or that all is taken back. */
function givesBackIn(model: EventModel, fn: FunctionNode, isBack: typeof takesBack): boolean {
  return callsIn(fn.fact.body).some((it) => {
    const inside = model.program
      .calleesOf(fn.file, fn, it.call)
      .flatMap((callee) => reachedFrom(model, callee));
    return [it, ...inside.flatMap(({ fact }) => callsIn(fact.body))].some(isBack);
  });
}

/** `gateway.void(id)`, `wallet.credit(…)`: said to who took the money. */
const returning = /^(?:void|revers|cancel|undo|revert|credit|release|return|give_?back|pay_?back|reimburs)/i;

/** What is released or restocked is none of the money. */
function takesBack(action: CallAction): boolean {
  const said = saidBy(action);
  const { callee, args } = action.call;
  // `outbox.add({ type: 'refund.requested' })`
  if (/refund/i.test(JSON.stringify(args))) return true;
  if (callee.kind === 'member' && returning.test(callee.name) && payee.test(pathOf(callee.object)))
    return true;
  if (/refund|void_?(?:pay|charge|auth)|(?:revers|cancel)\w*(?:pay|charge|auth)/i.test(said)) return true;
  return /compensat|roll_?back/i.test(said) && isUndoing(said);
}

/** `stock.release(id)`, `client.emit('inventory.restore', …)`. */
function returnsGoods(action: CallAction): boolean {
  const { callee, args } = action.call;
  if (action.isNew || action.roles.some((it) => it.kind === 'log' || it.kind === 'transaction')) return false;
  if (
    /refund|releas|restock|unreserv|restor|rever[st]|compensat|increment|roll_?back/i.test(
      JSON.stringify(args),
    )
  )
    return true;
  return (
    givesBack(pathOf(callee)) ||
    /^(?:releas|restor|increment|rever[st]|undo|free)/i.test(calleeName(callee) ?? '')
  );
}

/** A caller catches it, or who hears of what the catch announces gives back. */
function isGivenBackElsewhere(model: EventModel, { file, fn: fact, command }: DeniedCharge): boolean {
  const fn = { file, fact };
  const isBack = command ? returnsGoods : takesBack;
  if (callersOf(model, fn).some(({ caller }) => givesBackIn(model, caller, isBack))) return true;
  const announced = model.bodyOf(fn).effects.filter((it) => it.inCatch && it.role.kind === 'publish');
  const events = announced.flatMap((it) => producersOf(model, it)).flatMap((it) => it.event ?? []);
  return events
    .flatMap((it) => it.consumers)
    .some(({ handler }) => handler !== undefined && givesBackIn(model, handler, isBack));
}
