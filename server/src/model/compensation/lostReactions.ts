// What a consumer takes back when it hears of a failure, or is asked to, and a catch that only logs: no catch of a saga waits for it, and
// nobody asks again.
import type { Action, CallAction, TryAction } from '../../facts/actions.ts';
import type { FileFacts } from '../../facts/facts.ts';
import { actionsIn, callsIn } from '../../facts/walk.ts';
import type { Span } from '../../text.ts';
import { everyAction, startOf } from '../calls/nested.ts';
import { reachedFrom } from '../delivery/redelivered.ts';
import { pathOf } from '../effects/effects.ts';
import { counts } from '../failures/failureHandling.ts';
import { isQuietCallback } from '../failures/quiet.ts';
import { swallowIn } from '../failures/swallowing.ts';
import { calleeName } from '../fileIndex.ts';
import type { ConsumerNode, EventModel, FunctionNode } from '../model.ts';
import { commandSaid } from '../names/commandNames.ts';
import { wordsOf } from '../names/names.ts';
import { isOnlyLogging } from './keptFailures.ts';
import { givesBack, isUndoing, tellsFailure } from './undoing.ts';

/** A failure that is lost on the way back. */
export interface LostReaction {
  readonly fn: FunctionNode;
  /** The word `catch` of what only logs. */
  readonly end: Span;
  /** The try that it belongs to; none where it is a call: `release(id).catch(log)`. */
  readonly tried?: TryAction;
  /** The call that takes back; of several the first. */
  readonly action: CallAction;
  /** `call`: it says so itself; `function`: the function around it does, or who asks for it; `told`: others take back what they hear of. */
  readonly by: 'call' | 'function' | 'told';
  /** A broker brings the message again where the error is thrown on. */
  readonly isDelivered: boolean;
}

/** Words that say how something is asked, and not for what. */
const asking = /^(?:commands?|cmd|requests?|events?|messages?|queue|jobs?|topic|v\d+)$/;

const callingOff = /cancel|reject|fail|abort|void/i;

/** All of them, each catch once. */
export function lostReactions(model: EventModel): readonly LostReaction[] {
  const all = model.saidOfConsumers('compensations that consumers lose', (it) => lostBy(model, it));
  return [...new Map(all.map(({ said }) => [`${said.fn.file}:${said.end.start}`, said])).values()];
}

function* lostBy(model: EventModel, consumer: ConsumerNode): Iterable<LostReaction> {
  const { handler, events } = consumer;
  const isAsked = events.some((it) => asksBack(it.name));
  if (!handler || (!isAsked && !events.some((it) => tellsFailure(it.name)))) return;
  const whole = wholeOf(model, consumer, isAsked);
  for (const fn of reachedFrom(model, handler))
    for (const it of [...partsIn(model, fn), ...toldIn(model, fn)])
      if (it.end !== whole?.end) yield { ...it, isDelivered: false };
  if (whole) yield whole;
}

/** The handler, or the function that it hands its whole work to, where the catch ends all of it. */
function wholeOf(model: EventModel, consumer: ConsumerNode, isAsked: boolean): LostReaction | undefined {
  const swallow = swallowIn(model, consumer);
  const facts = swallow && model.files.get(swallow.fn.file);
  if (!swallow || !facts || swallow.isReported) return undefined;
  const { fn, at } = swallow;
  const tried = actionsIn(fn.fact.body).find(
    (it): it is TryAction => it.kind === 'try' && it.handlerAt?.start === at.start,
  );
  if (!tried || !isOnlyLogging(tried, { model, fn, facts })) return undefined;
  const work = workIn(facts, tried);
  const [first] = work;
  const isDelivered = consumer.transport === 'broker' && consumer.isForgotten !== true;
  const found = { fn, end: at, tried, isDelivered };
  const named = work.find(saysGivingBack);
  if (named) return { ...found, action: named, by: 'call' };
  if (first && (isAsked || givesBack(fn.fact.name))) return { ...found, action: first, by: 'function' };
  const told = work.find((it) => callsOff(model, fn, it, consumer));
  return told && { ...found, action: told, by: 'told' };
}

/** `try { await stock.release(order) } catch (error) { log(error) }` as one part of what is done. */
function* partsIn(model: EventModel, fn: FunctionNode): Iterable<Omit<LostReaction, 'isDelivered'>> {
  const facts = model.files.get(fn.file);
  const all = actionsIn(fn.fact.body);
  for (const tried of facts ? all : []) {
    if (!facts || tried.kind !== 'try' || tried.handler === null || !tried.handlerAt) continue;
    const action = workIn(facts, tried).find(saysGivingBack);
    if (!action || !isOnlyLogging(tried, { model, fn, facts }) || counts(model, fn)) continue;
    if (!throwsAfter(all, tried)) yield { fn, end: tried.handlerAt, tried, action, by: 'call' };
  }
}

/** `await stock.release(order).catch(log)`. */
function* toldIn(model: EventModel, fn: FunctionNode): Iterable<Omit<LostReaction, 'isDelivered'>> {
  const calls = callsIn(fn.fact.body);
  for (const { call, settled, result } of calls) {
    const { callee, args } = call;
    const [callback] = args;
    if (callee.kind !== 'member' || callee.name !== 'catch' || !callback || result !== undefined) continue;
    const { object } = callee;
    const action = calls.find((it) => it.settled === 'handled' && it.call.at.start === object.at.start);
    if (!action || !saysGivingBack(action) || !isQuietCallback(model, fn, callback)) continue;
    if ((settled === 'awaited' || settled === 'dropped') && !counts(model, fn))
      yield { fn, end: callee.at, action, by: 'call' };
  }
}

/** What the body of a try waits for and more than looks at. */
function workIn(facts: FileFacts, { body }: TryAction): readonly CallAction[] {
  return [...everyAction(facts, body)].filter(
    (it): it is CallAction =>
      it.kind === 'call' &&
      (it.settled === 'awaited' || it.roles.some((role) => role.kind === 'publish')) &&
      !it.isNew &&
      !it.roles.some((role) => /^(?:log|read|guard|ack)$/.test(role.kind)),
  );
}

/** `stock.release(order)`, `releaseStock.execute(order)`: by the name of the call, or that of what it is called on. */
function saysGivingBack({ call: { callee }, roles }: CallAction): boolean {
  if (roles.some((it) => it.kind === 'publish' || it.kind === 'transaction')) return false;
  const path = pathOf(callee);
  const [name = '', on = ''] = path.split('.').toReversed();
  return givesBack(path) || (isUndoing(path) && givesBack(`${name}_${on}`));
}

/** Who cancels an order, or tells of another failure, has others give back what they hold; news that is only sent on takes nothing back. */
function callsOff(
  { program }: EventModel,
  { file }: FunctionNode,
  { call, roles }: CallAction,
  { events }: ConsumerNode,
): boolean {
  const published = roles.find((it) => it.kind === 'publish');
  if (published?.kind !== 'publish')
    return isUndoing(pathOf(call.callee)) && callingOff.test(calleeName(call.callee) ?? '');
  const named = [published.channel, published.event].flatMap((it) => it ?? []);
  const topics = named.flatMap((it) => commandSaid(program, file, it) ?? []);
  const heard = new Set(events.flatMap((it) => subjectsOf(it.name)));
  const isNews = (it: string): boolean => subjectsOf(it).some((word) => heard.has(word));
  return topics.some((it) => asksBack(it) || (tellsFailure(it) && !isNews(it)));
}

/** `order` of `OrderFailedEvent`. */
function subjectsOf(event: string): readonly string[] {
  return wordsOf(event).filter((it) => !asking.test(it) && !tellsFailure(it));
}

/** `inventory.release`, `ReleaseStockCommand`, and not `payment.refunded`, which tells that it was done. */
function asksBack(event: string): boolean {
  const words = wordsOf(event).filter((it) => !asking.test(it));
  const last = words.at(-1) ?? '';
  return !/ed$/.test(last) && [words, [last, ...words.slice(0, -1)]].some((it) => givesBack(it.join('_')));
}

/** A try of several, or one whose failure is told behind it. */
function throwsAfter(all: readonly Action[], tried: TryAction): boolean {
  const inside = new Set(actionsIn([tried]));
  return all.some((it) => it.kind === 'throw' && !inside.has(it) && startOf(it) > tried.at.start);
}
