// Compensations that are started and not waited for: their failure is seen by nobody, and the process may end before they ran.
import type { CallAction } from '../../facts/actions.ts';
import type { Expr, TypeExpr } from '../../facts/expressions.ts';
import type { FileFacts } from '../../facts/facts.ts';
import { once } from '../../facts/once.ts';
import { callsIn } from '../../facts/walk.ts';
import { pathOf } from '../effects/effects.ts';
import { calleeName, indexOf } from '../fileIndex.ts';
import { saidOfSagas } from '../incremental/about.ts';
import type { Indexed } from '../incremental/keptLists.ts';
import { perModel } from '../incremental/perModel.ts';
import type { EventModel, FunctionNode, SagaNode } from '../model.ts';
import { givenBy, publishIn, resultNamed } from '../producers/givenResults.ts';
import { lostPublishes } from '../producers/lostPublishes.ts';
import { baseOf, backRunsOf, settledAt, type BackRun } from './backRuns.ts';
import { lostCompensations } from './compensating.ts';
import { isDropped, type FloatingCompensation, type Site } from './droppedCalls.ts';
import { floatingReactions } from './floatingReactions.ts';
import { isUndoing } from './undoing.ts';

/** All of them, each place once. What another rule says of a dropped publish is left to it. */
export const floatingCompensations = perModel((model: EventModel): readonly FloatingCompensation[] => {
  const found = new Map<CallAction, FloatingCompensation>();
  const publishes = new Set([...lostPublishes(model)].map((it) => it.action));
  const all = [
    ...inRuns(model),
    ...inRunners(model),
    ...inCalls(model),
    ...inSagas(model),
    ...floatingReactions(model),
  ];
  for (const it of all) if (!publishes.has(it.undoing) && !found.has(it.action)) found.set(it.action, it);
  return [...found.values()];
});

function* inRuns(model: EventModel): Iterable<FloatingCompensation> {
  for (const run of backRunsOf(model)) {
    const { fn, action, site, way } = run;
    const facts = model.files.get(fn.file);
    if (!facts || !isPromised(model, run)) continue;
    if (!site) {
      if (settledAt(facts, fn.fact, action) === 'dropped') yield { fn, action, undoing: action, way: 'call' };
      continue;
    }
    const isWaitedInside = action.settled === 'awaited' || action.settled === 'returned';
    if (way === 'forEach' && isWaitedInside)
      yield { fn: around(facts, site) ?? fn, action: site, undoing: action, way };
    else if (way === 'map' && isWaitedInside && site.settled === 'dropped')
      yield { fn: around(facts, site) ?? fn, action: site, undoing: action, way };
    else if (action.settled === 'dropped') yield { fn, action, undoing: action, way: 'call' };
  }
}

/** `this.takeBack()` in a catch, whose body waits for each compensation, and for which nobody waits. */
function* inRunners(model: EventModel): Iterable<FloatingCompensation> {
  for (const { fn, action: undoing, site } of backRunsOf(model)) {
    if (site || undoing.settled !== 'awaited' || !fn.fact.isAsync) continue;
    for (const { caller, action } of model.program.callersOf(fn)) {
      if (action.settled === 'dropped') yield { fn: caller, action, undoing, way: 'call' };
    }
  }
}

/** What is called by a compensation's name, or asks for one by its topic. */
function* inCalls(model: EventModel): Iterable<FloatingCompensation> {
  for (const { fn, action, loss } of lostCompensations(model)) {
    if (loss === 'floating' && action.settled === 'dropped')
      yield { fn, action, undoing: action, way: 'call' };
  }
}

/** What takes back a step of a saga after a failure, and what a step's own compensation does. */
function* inSagas(model: EventModel): Iterable<FloatingCompensation> {
  const found = saidOfSagas(model, 'compensations of sagas that float', (it) => ofSaga(model, it));
  for (const { said } of found) yield said;
}

function* ofSaga(model: EventModel, { steps }: SagaNode): Iterable<FloatingCompensation> {
  for (const { file, at, known, functions } of steps.flatMap((it) => it.undoing)) {
    const facts = model.files.get(file);
    const site = facts && known === 'always' ? siteAt(facts, at.start) : undefined;
    if (site && isDropped(model, site)) yield { ...site, undoing: site.action, way: 'call' };
    if (!site && known === 'always') yield* functions.flatMap((it) => inCompensation(model, it));
  }
}

function inCompensation(model: EventModel, fn: FunctionNode): readonly FloatingCompensation[] {
  return [...callsIn(fn.fact.body)].flatMap((action): readonly FloatingCompensation[] => {
    const started = startedByEach(model, fn, action);
    if (started) return [{ fn, action, undoing: started, way: 'forEach' }];
    const isMeant =
      isUndoing(pathOf(action.call.callee)) ||
      publishIn(action) !== undefined ||
      action.roles.some((it) => it.kind === 'remote') ||
      isAllItDoes(model, fn, action);
    const isLost = isDropped(model, { fn, action }) || isWaitedElsewhere(model, { fn, action });
    return isMeant && isLost ? [{ fn, action, undoing: action, way: 'call' }] : [];
  });
}

/** `service.deleteOrder(id)` of an unknown service, where the file waits for all else that it asks of it. */
function isWaitedElsewhere(model: EventModel, { fn, action: { call, settled, roles } }: Site): boolean {
  const facts = model.files.get(fn.file);
  const { callee } = call;
  if (!facts || settled !== 'dropped' || callee.kind !== 'member' || roles.some((it) => it.kind === 'log'))
    return false;
  const receiver = receiverOf(facts, callee.object);
  if (receiver === undefined || model.program.calleesOf(fn.file, fn, call).length > 0) return false;
  const others = facts.functions.flatMap(({ body }) =>
    [...callsIn(body)].filter(
      (it) =>
        it.call !== call &&
        it.call.callee.kind === 'member' &&
        receiverOf(facts, it.call.callee.object) === receiver,
    ),
  );
  return others.length > 0 && others.every((it) => it.settled === 'awaited');
}

/** `this.stock`; what a container gives for one key is one service wherever it is asked for: `container.resolve('stock')`. */
function receiverOf({ bindings }: FileFacts, object: Expr): string | undefined {
  if (object.kind === 'member') return pathOf(object);
  if (object.kind !== 'name' || object.binding === undefined) return undefined;
  const init = bindings[object.binding]?.init;
  if (init?.kind !== 'call' || calleeName(init.callee) !== 'resolve') return String(object.binding);
  const [key] = init.args;
  if (key?.kind === 'string') return `resolve ${key.value}`;
  return key && `resolve ${pathOf(key)}`;
}

/** `post('http://cars/cancel')`: a function of the workspace that asks another system, where the compensation waits for nothing else. */
function isAllItDoes({ program, bodyOf }: EventModel, fn: FunctionNode, action: CallAction): boolean {
  const isWaiting = [...callsIn(fn.fact.body)].some(
    (it) => it.settled === 'awaited' || it.settled === 'returned',
  );
  const effects = isWaiting
    ? []
    : program.calleesOf(fn.file, fn, action.call).flatMap((it) => bodyOf(it).effects);
  return effects.some(({ role }) => role.kind === 'remote');
}

/** `ids.forEach(async (id) => { await stock.release(id); })`: the first call that is waited for in the callback. */
function startedByEach(
  model: EventModel,
  { file }: FunctionNode,
  { call }: CallAction,
): CallAction | undefined {
  if (calleeName(call.callee) !== 'forEach') return undefined;
  for (const arg of call.args) {
    const callback = arg.kind === 'function' ? model.files.get(file)?.functions[arg.function] : undefined;
    const awaited = callback?.isAsync
      ? [...callsIn(callback.body)].find((it) => it.settled === 'awaited')
      : undefined;
    if (awaited) return awaited;
  }
  return undefined;
}

function siteAt(facts: FileFacts, offset: number): Site | undefined {
  return sitesByPlace(facts).get(offset);
}

/** Calls by where their callee's name stands. */
const sitesByPlace = once((facts: FileFacts): ReadonlyMap<number, Site> => {
  const sites = new Map<number, Site>();
  for (const fact of facts.functions) {
    for (const action of callsIn(fact.body)) {
      const offset = action.call.at.start;
      if (!sites.has(offset)) sites.set(offset, { fn: { file: facts.file, fact }, action });
    }
  }
  return sites;
});

function around(facts: FileFacts, site: CallAction): FunctionNode | undefined {
  return siteAt(facts, site.call.at.start)?.fn;
}

/** Whether what runs gives a promise: the callback or the method says so. */
function isPromised(model: EventModel, { fn, action, list, site }: BackRun): boolean {
  if (site && fn.fact.isAsync) return true;
  if (action.settled === 'awaited') return true;
  if (givenBy(model, fn, action)?.gives === 'promise') return true;
  const name = calleeName(action.call.callee) ?? '';
  return isPromisedByName(model, name) || isPromisedByList(model, fn, list);
}

/** All declarations of a method of that name say that it gives a promise. */
function isPromisedByName(model: EventModel, name: string): boolean {
  const given = model.keeper.index(model.files, promising)(name).flat();
  return given.length > 0 && given.every(Boolean);
}

/** What the declarations of a file say, by the name of the method. */
const promising: Indexed<string, readonly boolean[]> = {
  question: 'methods that give promises',
  of: ({ types, functions }) => {
    const given = new Map<string, boolean[]>();
    const say = (name: string, isGiven: boolean): void => {
      given.set(name, [...(given.get(name) ?? []), isGiven]);
    };
    for (const { members } of types)
      for (const { name, type } of members) if (type?.kind === 'function') say(name, isPromise(type.returns));
    for (const { name, isAsync, returns, owner } of functions)
      if (owner !== undefined) say(name, isAsync || isPromise(returns));
    return given;
  },
  isSame: (one, other) => one.length === other.length && one.every((it, index) => it === other[index]),
};

/** `const compensations: (() => Promise<void>)[]`, or what is pushed there is async. */
function isPromisedByList(model: EventModel, { file }: FunctionNode, list: BackRun['list']): boolean {
  const facts = model.files.get(file);
  const base = baseOf(list);
  if (!facts || !base) return false;
  const binding =
    base.kind === 'name' && base.binding !== undefined ? facts.bindings[base.binding] : undefined;
  const field =
    base.kind === 'member'
      ? facts.types.flatMap((it) => it.members).find((it) => it.name === base.name)
      : undefined;
  const type = binding?.type ?? field?.type;
  if (type?.kind === 'array' && givesPromise(model, file, type.of)) return true;
  const pushed = (indexOf(facts).calls.get('push') ?? []).flatMap(({ action: { call } }) =>
    call.callee.kind === 'member' && baseOf(call.callee.object)?.name === base.name ? call.args : [],
  );
  return pushed.some((it) => it.kind === 'function' && facts.functions[it.function]?.isAsync === true);
}

function givesPromise(model: EventModel, file: string, type: TypeExpr): boolean {
  if (type.kind === 'function') return isPromise(type.returns);
  if (type.kind !== 'ref') return false;
  const alias = model.program.typeNamed(file, type.name)?.fact.alias;
  return alias?.kind === 'function' && isPromise(alias.returns);
}

function isPromise(type: TypeExpr | undefined): boolean {
  return resultNamed(type) === 'promise';
}
