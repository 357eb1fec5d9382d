// Publishes whose outcome nobody learns: the promise or Observable of the call, or of the wrapper around it, goes nowhere.
import type { Action, CallAction } from '../facts/actions.ts';
import type { TypeExpr } from '../facts/expressions.ts';
import type { FileFacts, FunctionFact } from '../facts/facts.ts';
import type { PublishRole } from '../facts/roles.ts';
import type { FilePath, Span } from '../text.ts';
import { blocksOf, calleeName, eachAction, indexOf } from './fileIndex.ts';
import type { EventModel, FunctionNode, ProducerNode } from './model.ts';

export interface LostPublish {
  readonly fn: FunctionNode;
  readonly action: CallAction;
  readonly gives: 'promise' | 'observable' | 'confirm';
  /** `awaited`: a bare `await` stands before what is no promise and waits for nothing; `looped`: `forEach` drops what its callback gives. */
  readonly how: 'dropped' | 'awaited' | 'looped';
  /** The function around it is a callback of `forEach`. */
  readonly isInLoop: boolean;
  readonly role: PublishRole | undefined;
  readonly producer: ProducerNode | undefined;
  /** The function of the workspace that gives the promise, where the call does not publish by itself. */
  readonly wrapper: FunctionNode | undefined;
}

type Given = Pick<LostPublish, 'gives' | 'wrapper'>;

const maxDepth = 4;

/** All of them, in the order of files and places. */
export function* lostPublishes(model: EventModel): Iterable<LostPublish> {
  const producers = new Map(model.producers.map((it) => [it.action, it]));
  for (const facts of model.files.values()) {
    const looped = loopedIn(facts);
    for (const fact of facts.functions) {
      const fn = { file: facts.file, fact };
      for (const action of eachAction(fact.body)) {
        if (action.kind !== 'call') continue;
        const isInLoop = looped.has(fact.id);
        const how = howLost(fact, action, isInLoop);
        const producer = producers.get(action);
        const lost = how && lostAt(model, { fn, action, how, isInLoop, producer });
        if (lost) yield lost;
      }
    }
  }
}

/** Callbacks of `forEach`, which drops the promises they give. */
function loopedIn(facts: FileFacts): ReadonlySet<number> {
  const calls = indexOf(facts).calls.get('forEach') ?? [];
  const callbacks = calls.flatMap(({ action }) => action.call.args.slice(0, 1));
  return new Set(callbacks.flatMap((it) => (it.kind === 'function' ? [it.function] : [])));
}

function howLost(fn: FunctionFact, action: CallAction, isLooped: boolean): LostPublish['how'] | undefined {
  if (action.isNew) return undefined;
  if (action.settled === 'dropped') return 'dropped';
  if (isLooped && (action.settled === 'returned' || action.settled === 'awaited') && leaves(fn.body, action))
    return 'looped';
  return action.settled === 'awaited' ? 'awaited' : undefined;
}

/** Whether the failure of a call leaves the body around it. */
function leaves(actions: readonly Action[], call: CallAction): boolean {
  return actions.some((action) => {
    if (action === call) return true;
    if (action.kind !== 'try' || action.handler === null)
      return blocksOf(action).some((it) => leaves(it, call));
    const isPassedOn = mayThrow(action.handler) && leaves(action.body, call);
    return isPassedOn || leaves(action.handler, call) || leaves(action.finalizer, call);
  });
}

function lostAt(
  model: EventModel,
  site: Pick<LostPublish, 'fn' | 'action' | 'how' | 'isInLoop' | 'producer'>,
): LostPublish | undefined {
  const role = publishIn(site.action);
  if (!role && !site.producer && !isAnnouncing(site.action)) return undefined;
  const given = givenBy(model, site.fn, site.action);
  if (!given || (!role && !site.producer && !publishes(model, given.wrapper))) return undefined;
  const isWaitedFor = site.how === 'awaited' && (given.gives === 'promise' || given.wrapper);
  return isWaitedFor ? undefined : { ...site, ...given, role };
}

const announcing = /^(?:publish|emit|dispatch|announce|broadcast|send|produce|enqueue|raise|fire|notify)/i;

function isAnnouncing({ call, settled }: CallAction): boolean {
  return settled === 'dropped' && announcing.test(calleeName(call.callee) ?? '');
}

/** `publishOrderPlaced(…)`, which names the event itself. */
function publishes(model: EventModel, wrapper: FunctionNode | undefined): boolean {
  const effects = wrapper ? model.bodyOf(wrapper).effects : [];
  return effects.some(({ role }) => role.kind === 'publish' && role.transport !== 'in-process');
}

/** Commands to a handler of this process are no messages. */
function publishIn({ roles }: CallAction): PublishRole | undefined {
  return roles.find(
    (it): it is PublishRole => it.kind === 'publish' && !(it.isRequest && it.transport === 'in-process'),
  );
}

/** What the call gives: by the workspace's own function behind it, else by the library, else by the declared type. */
function givenBy(model: EventModel, fn: FunctionNode, action: CallAction): Given | undefined {
  const { program } = model;
  const callees = program.calleesOf(fn.file, fn, action.call).filter((it) => it.fact !== fn.fact);
  const [wrapper] = callees;
  if (wrapper) {
    const given = callees.map((it) => resultOf(model, it, 0));
    const gives = given[0];
    return gives && given.every((it) => it === gives) ? { gives, wrapper } : undefined;
  }
  const role = publishIn(action);
  const isKnown = role && (role.confidence !== 'name' || isForeign(model, fn.file, action));
  const gives = isKnown ? awaitable(role.gives) : undefined;
  const declared = gives ?? declaredResult(model, fn.file, action);
  return declared && { gives: declared, wrapper: undefined };
}

function awaitable(gives: PublishRole['gives']): Given['gives'] | undefined {
  return gives === 'nothing' || gives === 'unknown' ? undefined : gives;
}

/** The receiver is an object of a package, as its declaration somewhere in the workspace says. */
function isForeign({ program }: EventModel, file: FilePath, { call }: CallAction): boolean {
  return call.callee.kind === 'member' && program.foreignTypeOf(file, call.callee.object) !== undefined;
}

/** `publish(event): Promise<void>` of an interface that nobody here implements. */
function declaredResult(
  { program }: EventModel,
  file: FilePath,
  { call }: CallAction,
): Given['gives'] | undefined {
  const { callee } = call;
  const type = callee.kind === 'member' ? program.typeOf(file, callee.object) : undefined;
  if (!type || callee.kind !== 'member') return undefined;
  const members = program.lineageOf(type).flatMap((it) => it.fact.members);
  const member = members.find((it) => it.name === callee.name);
  if (member?.type?.kind === 'function') return resultNamed(member.type.returns);
  return resultNamed(program.methodOf(type, callee.name)?.fact.returns);
}

function resultNamed(type: TypeExpr | undefined): Given['gives'] | undefined {
  if (type?.kind !== 'ref') return undefined;
  if (type.name === 'Promise' || type.name === 'PromiseLike') return 'promise';
  return type.name === 'Observable' ? 'observable' : undefined;
}

/** What a function gives, if that can carry the failure of a publish inside. */
function resultOf(model: EventModel, fn: FunctionNode, depth: number): Given['gives'] | undefined {
  const { isAsync, isAbstract, returns } = fn.fact;
  const declared = isAsync ? 'promise' : resultNamed(returns);
  if (isAbstract) return declared;
  if (declared) return mayFail(fn.fact.body) ? declared : undefined;
  return returns || depth > maxDepth ? undefined : returnedBy(model, fn, depth);
}

/** `publish(event) { return this.client.emit(…); }` */
function returnedBy(model: EventModel, fn: FunctionNode, depth: number): Given['gives'] | undefined {
  for (const action of eachAction(fn.fact.body)) {
    if (action.kind !== 'call' || action.settled !== 'returned') continue;
    const callees = model.program.calleesOf(fn.file, fn, action.call).filter((it) => it.fact !== fn.fact);
    const given = callees.map((it) => resultOf(model, it, depth + 1)).find((it) => it !== undefined);
    const found = given ?? resultOfForeign(action, callees.length > 0);
    if (found) return found;
  }
  return undefined;
}

function resultOfForeign(action: CallAction, isOwn: boolean): Given['gives'] | undefined {
  const name = calleeName(action.call.callee);
  if (name === 'lastValueFrom' || name === 'firstValueFrom' || (action.isNew && name === 'Promise'))
    return 'promise';
  const role = isOwn ? undefined : publishIn(action);
  return role && role.confidence !== 'name' ? awaitable(role.gives) : undefined;
}

/** Whether a failure inside can leave the function: something is waited for, outside of a catch that ends it. */
function mayFail(actions: readonly Action[]): boolean {
  return actions.some((action) => {
    if (action.kind === 'throw') return true;
    if (action.kind === 'call')
      return action.settled !== 'dropped' && action.settled !== 'handled' && !isQuiet(action);
    if (action.kind !== 'try' || action.handler === null) return blocksOf(action).some(mayFail);
    const isPassedOn = returnsCall(action.body) || (mayThrow(action.handler) && mayFail(action.body));
    return isPassedOn || mayFail(action.handler) || mayFail(action.finalizer);
  });
}

/** What is returned without `await` fails outside of the catch around it. */
function returnsCall(actions: readonly Action[]): boolean {
  return [...eachAction(actions)].some((it) => it.kind === 'call' && it.settled === 'returned');
}

function mayThrow(actions: readonly Action[]): boolean {
  return returnsCall(actions) || [...eachAction(actions)].some((it) => it.kind === 'throw');
}

/** Arguments of other calls and logging do not fail. */
function isQuiet(action: CallAction): boolean {
  return (
    action.roles.some((it) => it.kind === 'log') ||
    (action.settled === 'collected' && action.roles.length === 0)
  );
}

/** Whether the function around a call is `async`, or may become so without a change for those who use its result. */
export function canAwait(fn: FunctionFact, { call }: CallAction): boolean {
  if (fn.isAsync) return true;
  if (fn.kind === 'constructor' || fn.kind === 'accessor' || fn.kind === 'module' || fn.isGenerator)
    return false;
  if (fn.returns) return resultNamed(fn.returns) === 'promise' || isVoid(fn.returns);
  for (const action of eachAction(fn.body)) {
    if (action.kind === 'return' && action.value && !holds(action.at, call.at)) return false;
  }
  return true;
}

/** `() => void publish(…)` returns nothing though it is written as a value. */
function holds(outer: Span, inner: Span): boolean {
  return outer.start <= inner.start && inner.end <= outer.end;
}

function isVoid(type: TypeExpr): boolean {
  return type.kind === 'primitive' && (type.name === 'void' || type.name === 'undefined');
}
