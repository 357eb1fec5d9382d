// What a saga over messages takes back when it hears of a failure, and does not wait for: in a handler of that event, in what the handler
// calls for it, in a stream of NestJS.
import type { Action, CallAction } from '../../facts/actions.ts';
import { actionsIn, callsIn } from '../../facts/walk.ts';
import { reachedFrom } from '../delivery/redelivered.ts';
import { pathOf } from '../effects/effects.ts';
import { swallowIn } from '../failures/swallowing.ts';
import { saidOfSagas } from '../incremental/about.ts';
import type { ConsumerNode, EventModel, FunctionNode, SagaNode } from '../model.ts';
import { isDropped, type FloatingCompensation, type Site } from './droppedCalls.ts';
import { isUndoing, tellsFailure } from './undoing.ts';

/** Deeper calls are no longer about what the message asks for. */
const deepest = 3;

/** All of them. */
export function* floatingReactions(model: EventModel): Iterable<FloatingCompensation> {
  const inHandlers = model.saidOfConsumers('compensations of handlers that float', (it) =>
    ofConsumer(model, it),
  );
  const inStreams = saidOfSagas(model, 'compensations that float in streams', (it) =>
    it.fact.form === 'stream' ? within(model, it).flatMap((fn) => [...ofReaction(model, fn)]) : [],
  );
  for (const { said } of [...inHandlers, ...inStreams]) yield said;
}

function* ofConsumer(model: EventModel, consumer: ConsumerNode): Iterable<FloatingCompensation> {
  const { handler, events } = consumer;
  if (!handler) return;
  const found = events.some((it) => tellsFailure(it.name))
    ? [...ofReaction(model, handler), ...inCallees(model, handler, handler.fact.body)]
    : reachedFrom(model, handler).flatMap((fn) =>
        failureCases(model, fn).flatMap((it) => [...inCallees(model, fn, it)]),
      );
  const isLostAnyhow = found.length > 0 && isLost(model, consumer);
  for (const it of found) yield isLostAnyhow ? { ...it, isLostAnyhow } : it;
}

/** Who forgets the message before it is handled, or catches what fails, would lose it if it was waited for as well. */
function isLost(model: EventModel, consumer: ConsumerNode): boolean {
  const isForgotten = consumer.isForgotten === true || consumer.fact.acknowledges === 'before';
  return isForgotten || swallowIn(model, consumer) !== undefined;
}

/** `switch (event.type) { case 'order.rejected': … }`: what is done about the messages that tell of a failure. */
function failureCases({ program }: EventModel, { file, fact }: FunctionNode): readonly (readonly Action[])[] {
  return actionsIn(fact.body).flatMap((it) =>
    it.kind === 'switch'
      ? it.cases.flatMap(({ tests, body }) =>
          tests.length > 0 && tests.every((test) => tellsFailure(program.stringOf(file, test) ?? ''))
            ? [body]
            : [],
        )
      : [],
  );
}

function* ofReaction(model: EventModel, fn: FunctionNode): Iterable<FloatingCompensation> {
  for (const action of callsIn(fn.fact.body)) {
    const { callee, args } = action.call;
    const said = [callee, ...args.flatMap((it) => (it.kind === 'new' ? [it.callee] : []))].map(pathOf);
    if (said.some(isUndoing) && isDropped(model, { fn, action }))
      yield { fn, action, undoing: action, way: 'call' };
  }
}

/** `await reservations.cancel(order)`, whose body starts what takes back and leaves it to itself. */
function* inCallees(
  model: EventModel,
  fn: FunctionNode,
  body: readonly Action[],
  depth = 0,
): Iterable<FloatingCompensation> {
  if (depth >= deepest) return;
  for (const { call, settled } of callsIn(body)) {
    if ((settled !== 'awaited' && settled !== 'returned') || !isUndoing(pathOf(call.callee))) continue;
    for (const callee of model.program.calleesOf(fn.file, fn, call)) {
      for (const action of callsIn(callee.fact.body))
        if (takesBackUnseen(model, { fn: callee, action }))
          yield { fn: callee, action, undoing: action, way: 'call' };
      yield* inCallees(model, callee, callee.fact.body, depth + 1);
    }
  }
}

/** A cache or a session that is emptied holds nothing for anybody. */
const besides = /cache|session|token|redis|metric|queue|timer|listener|subscri/i;

function takesBackUnseen(model: EventModel, site: Site): boolean {
  const path = pathOf(site.action.call.callee);
  if (!isUndoing(path) || besides.test(path) || !isEffect(site.action)) return false;
  return isDropped(model, site) || isAllOfAsync(site);
}

/** `async deleteByOrder(id) { this.db.collection('holds').deleteMany({ id }); }` promises what it does not wait for. */
function isAllOfAsync({ fn: { fact }, action }: Site): boolean {
  if (!fact.isAsync || action.settled !== 'dropped' || action.isNew) return false;
  return callsIn(fact.body).every((it) => it.settled !== 'awaited' && it.settled !== 'returned');
}

function isEffect({ roles }: CallAction): boolean {
  return roles.some((it) => it.kind === 'write' || it.kind === 'remote');
}

/** The function of a stream and all callbacks in it. */
function within(model: EventModel, { file, fact }: SagaNode): readonly FunctionNode[] {
  const functions = model.files.get(file)?.functions ?? [];
  const own = fact.function === undefined ? undefined : functions[fact.function];
  if (!own) return [];
  return functions.flatMap((it) =>
    own.span.start <= it.span.start && it.span.end <= own.span.end ? [{ file, fact: it }] : [],
  );
}
