// What a publishing call gives its caller to wait for, as libraries, declarations and the workspace's own code say.
import type { Action, CallAction } from '../../facts/actions.ts';
import type { BindingId, Expr, TypeExpr } from '../../facts/expressions.ts';
import type { PublishRole } from '../../facts/roles.ts';
import { callsIn } from '../../facts/walk.ts';
import type { FilePath, Place } from '../../text.ts';
import { leaves, mayFail } from '../failures/failing.ts';
import { calleeName, eachAction, indexOf } from '../fileIndex.ts';
import type { Indexed } from '../incremental/keptLists.ts';
import type { EventModel, FunctionNode } from '../model.ts';

export interface Given {
  /** `confirm`: it returns at once, and the channel tells later. */
  readonly gives: 'promise' | 'observable' | 'confirm';
  /** The function of the workspace that gives the promise, where the call does not publish by itself. */
  readonly wrapper: FunctionNode | undefined;
  /** Where the workspace awaits the same method, if that is the only reason to take it for a promise. */
  readonly awaitedAt?: Place;
}

const maxDepth = 4;

/** What the call gives: by the workspace's own function behind it, else by the library, else by the declared type. */
export function givenBy(model: EventModel, fn: FunctionNode, action: CallAction): Given | undefined {
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
  if (declared) return { gives: declared, wrapper: undefined };
  const awaitedAt =
    isOpen(role) && action.settled === 'dropped' ? awaitedElsewhere(model, fn.file, action) : undefined;
  return awaitedAt && { gives: 'promise', wrapper: undefined, awaitedAt };
}

function awaitable(gives: PublishRole['gives']): Given['gives'] | undefined {
  return gives === 'nothing' || gives === 'unknown' ? undefined : gives;
}

function isOpen(role: PublishRole | undefined): boolean {
  return role?.gives === 'unknown' && role.transport !== 'in-process';
}

/** Where the workspace itself waits for the same method of the same type; once may be a habit. */
function awaitedElsewhere(model: EventModel, file: FilePath, { call }: CallAction): Place | undefined {
  const { callee } = call;
  const type = callee.kind === 'member' ? typeKey(model, file, callee.object) : undefined;
  if (!type || callee.kind !== 'member') return undefined;
  const awaited: Place[] = [];
  for (const it of model.keeper.index(model.files, awaiting)(callee.name)) {
    const facts = model.files.get(it);
    for (const { action } of (facts && indexOf(facts).calls.get(callee.name)) ?? []) {
      const other = action.call.callee;
      if (action.settled !== 'awaited' || other.kind !== 'member') continue;
      if (typeKey(model, it, other.object) === type) awaited.push({ file: it, at: action.call.at });
    }
  }
  return awaited.length > 1 ? awaited[0] : undefined;
}

/** The files that wait for what a method of a name gives. */
const awaiting: Indexed<string, FilePath> = {
  question: 'files that await',
  of: (facts) =>
    new Map(
      [...indexOf(facts).calls].flatMap(([name, sites]) =>
        sites.some(({ action }) => action.settled === 'awaited') ? [[name, facts.file]] : [],
      ),
    ),
  isSame: Object.is,
};

/** The package's type behind an object: its own, or the base that a class of the workspace extends. */
function typeKey({ program }: EventModel, file: FilePath, object: Expr): string | undefined {
  const foreign = program.foreignTypeOf(file, object);
  if (foreign) return `${foreign.from} ${foreign.name}`;
  const type = program.typeOf(file, object);
  for (const node of type ? program.lineageOf(type) : []) {
    for (const base of node.fact.bases) {
      const from = base.kind === 'ref' ? program.packageOf(node.file, base.name) : undefined;
      if (from !== undefined && base.kind === 'ref') return `${from} ${base.name}`;
    }
  }
  return undefined;
}

/** The receiver is an object of a package, as its declaration somewhere in the workspace says. */
function isForeign({ program }: EventModel, file: FilePath, { call }: CallAction): boolean {
  return call.callee.kind === 'member' && program.foreignTypeOf(file, call.callee.object) !== undefined;
}

/** `publish(event): Promise<void>` of an interface that nobody here implements. */
function declaredResult(model: EventModel, file: FilePath, { call }: CallAction): Given['gives'] | undefined {
  const { program } = model;
  const { callee } = call;
  if (callee.kind === 'name') return resultOfParameter(model, file, callee.binding);
  const type = callee.kind === 'member' ? program.typeOf(file, callee.object) : undefined;
  if (!type || callee.kind !== 'member') return undefined;
  const members = program.lineageOf(type).flatMap((it) => it.fact.members);
  const member = members.find((it) => it.name === callee.name);
  if (member?.type?.kind === 'function') return resultNamed(member.type.returns);
  return resultNamed(program.methodOf(type, callee.name)?.fact.returns);
}

/** `relay(publish: Publish)`: what the function that is handed in gives, as its type says. */
function resultOfParameter(
  { files, program }: EventModel,
  file: FilePath,
  id: BindingId | undefined,
): Given['gives'] | undefined {
  const binding = id === undefined ? undefined : files.get(file)?.bindings[id];
  const type = binding?.kind === 'parameter' ? binding.type : undefined;
  const written = type?.kind === 'ref' ? program.typeNamed(file, type.name)?.fact.alias : type;
  return written?.kind === 'function' ? resultNamed(written.returns) : undefined;
}

/** What a written result type lets the caller wait for. */
export function resultNamed(type: TypeExpr | undefined): Given['gives'] | undefined {
  if (type?.kind !== 'ref') return undefined;
  if (type.name === 'Promise' || type.name === 'PromiseLike') return 'promise';
  return type.name === 'Observable' ? 'observable' : undefined;
}

/** What a function gives, if that can carry the failure of a publish inside. */
function resultOf(model: EventModel, fn: FunctionNode, depth: number): Given['gives'] | undefined {
  const { isAsync, isAbstract, returns } = fn.fact;
  const declared = isAsync ? 'promise' : resultNamed(returns);
  if (isAbstract) return declared;
  if (declared) return mayFail(fn.fact.body) || mayRefuse(fn.fact.body) ? declared : undefined;
  return returns || depth > maxDepth ? undefined : returnedBy(model, fn, depth);
}

/** A channel of RabbitMQ that is closed throws at once: what an async function gives is the failure then. A callback is told later. */
function mayRefuse(body: readonly Action[]): boolean {
  return callsIn(body).some((it) => {
    const { gives, transport } = publishIn(it) ?? {};
    const isTold = it.call.args.some(({ kind }) => kind === 'function');
    return gives === 'nothing' && transport === 'broker' && !isTold && leaves(body, it);
  });
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

/** Commands to a handler of this process are no messages. */
export function publishIn({ roles }: CallAction): PublishRole | undefined {
  return roles.find(
    (it): it is PublishRole => it.kind === 'publish' && !(it.isRequest && it.transport === 'in-process'),
  );
}
