// Calls by which a handler asks for state by the message that it handles, and the variables that receive it.
import type { CallAction } from '../../facts/actions.ts';
import type { BindingId, Expr } from '../../facts/expressions.ts';
import type { BindingFact, FileFacts } from '../../facts/facts.ts';
import { once } from '../../facts/once.ts';
import type { ReadRole, Role, WriteRole } from '../../facts/roles.ts';
import { callsIn } from '../../facts/walk.ts';
import { lastName } from '../calls/handling.ts';
import type { Reached } from '../calls/reached.ts';
import { isHandledPart } from '../consumers/handledParts.ts';
import { pathOf } from '../effects/effects.ts';
import { isMemoryStore } from '../effects/memoryStores.ts';

const loads = /^(?:find|get|load|fetch|read|query|select|retrieve|lookup|by[A-Z]|one|first|ofId)/;
const lists = /all$|many|list|s$|^findBy$|count|exists/i;
const stores = /repo|store|dao|manager|prisma|orm|\bdb\b|\bem\b|collection|table|model|saga|^[A-Z]|service/i;
/**
 * What is no stored thing of the domain, also where it is written by `client.send(new PutCommand(…))`. Messages that came too early are
 * laid aside, and none there is the good case.
 */
export const besideRows =
  /parked|buffer|deferred|postponed|(?<![a-z])re-?ordering|out_?of_?order|early_?(?:event|message)|cache|redis|config|setting|flag|inbox|processed|dedup|lock|session|token|idempot|outbox|queue|(?:map|registry)\./i;
/** Who is asked by these gives an answer, and no row. */
const besides = new RegExp(`${besideRows.source}|http|api|client`, 'i');

/** Whether a call asks for one stored thing by an id of the handled message, whatever its version. */
export function isStateLoad(here: Reached, action: CallAction): boolean {
  const { call, isNew } = action;
  if (isNew) return false;
  if (isMemoryLoad(here, call)) return true;
  const isMeant = changesById(action) ? !besideRows.test(pathOf(call.callee)) : asksForOne(action);
  return isMeant && !isComputed(here, action) && isAskedByMessage(here, action);
}

/** Whether it asks for all that belongs to the message: `reservations.findMany({ where: { orderId: event.orderId } })`. */
export function isListLoad(here: Reached, action: CallAction): boolean {
  const { call, roles, isNew } = action;
  const read = readIn(roles);
  if (isNew || !read || roles.some((it) => it.kind === 'write')) return false;
  const isStated = read.confidence !== 'name';
  const isMeant =
    isStated ||
    (/^(?:find|list|get|load|fetch)/.test(lastName(call.callee)) && lists.test(lastName(call.callee)));
  const asked = isStated ? `${read.store ?? ''}.` : pathOf(call.callee);
  return isMeant && !(isStated ? besideRows : besides).test(asked) && isAskedByMessage(here, action);
}

function isAskedByMessage(here: Reached, { call, roles, settled }: CallAction): boolean {
  const isAwaited = settled === 'awaited' || settled === 'collected';
  if (!isAwaited || roles.some((it) => it.kind === 'remote' || it.kind === 'guard')) return false;
  const args = argumentsOf(call);
  return !args.some(namesVersion) && args.some((it) => isHandledPart(here, here.fn.file, it));
}

function readIn(roles: readonly Role[]): ReadRole | undefined {
  return roles.find((it) => it.kind === 'read');
}

function asksForOne({ call, roles }: CallAction): boolean {
  // What an update gives back was changed by it: none of it says that the row was not in that state.
  if (roles.some((it) => it.kind === 'write')) return false;
  const name = lastName(call.callee);
  const path = pathOf(call.callee);
  const read = readIn(roles);
  // `client.query('SELECT …')`, `documents.send(new QueryCommand({ … }))`: the database itself, whatever it is called.
  if (read && read.confidence !== 'name') return !besideRows.test(`${read.store ?? ''}.`);
  if (!loads.test(name) || (lists.test(name) && !/address|status|process$/i.test(name))) return false;
  return !besides.test(path) && (read !== undefined || stores.test(path));
}

/** What is called waits for nothing: it works its answer out. */
function isComputed({ model, fn }: Reached, { call, roles }: CallAction): boolean {
  const callees = roles.length === 0 ? model.program.calleesOf(fn.file, fn, call) : [];
  const waits = (it: CallAction): boolean => it.settled === 'awaited' || it.settled === 'returned';
  return (
    callees.length > 0 && callees.every(({ fact }) => !fact.isAbstract && !callsIn(fact.body).some(waits))
  );
}

/** `findOneAndUpdate({ orderId }, { status: 'paid' })`, which asks for nothing but the id, and gives what it changed or how much. */
export function changesById({ call, roles }: CallAction): boolean {
  const write = roles.find((it): it is WriteRole => it.kind === 'write');
  if (!write || write.isConditional || !/^(?:update|increment)$/.test(write.operation)) return false;
  if (!/^(?:find(?:One|ById)?AndUpdate|findOneAndModify|update(?:One|Many)?)$/.test(lastName(call.callee)))
    return false;
  return write.where?.kind !== 'object' || write.where.entries.length === 1;
}

/** `orders.get(event.orderId)` of a map that other code of the program fills. */
export function isMemoryLoad(here: Reached, { callee, args }: CallAction['call']): boolean {
  const { file, fact } = here.fn;
  if (callee.kind !== 'member' || callee.name !== 'get') return false;
  if (!args.some((it) => isHandledPart(here, file, it))) return false;
  return isMemoryStore(here.model, file, callee.object, fact.span);
}

/** Those of all links of a query: `Order.createQueryBuilder().where('id = :id', { id }).getOne()`. */
function argumentsOf({ callee, args }: CallAction['call']): readonly Expr[] {
  const before = callee.kind === 'member' && callee.object.kind === 'call' ? argumentsOf(callee.object) : [];
  return [...before, ...args];
}

function namesVersion(expr: Expr): boolean {
  if (expr.kind === 'object')
    return expr.entries.some((it) => /version|sequence/i.test(it.key) || namesVersion(it.value));
  return (expr.kind === 'member' || expr.kind === 'name') && /version|sequence/i.test(expr.name);
}

/** The variable that receives the load, and those that take it apart: `rows` of `{ rows }`, `order` of `rows[0]`. */
export function heldOf(here: Reached, { call, result }: CallAction): readonly BindingFact[] {
  const facts = here.model.files.get(here.fn.file);
  if (!facts) return [];
  const { ofCalls, ofNames } = takenApartIn(facts);
  const held = new Set([...(result === undefined ? [] : [result]), ...(ofCalls.get(call.at.start) ?? [])]);
  const parts = new Set([...held].flatMap((it) => ofNames.get(it) ?? []).filter((it) => !held.has(it)));
  return [...inOrder(held), ...inOrder(parts)].flatMap((it) => facts.bindings[it] ?? []);
}

function inOrder(ids: Iterable<BindingId>): readonly BindingId[] {
  return [...ids].sort((one, other) => one - other);
}

interface TakenApart {
  /** By the place of the call's name. */
  readonly ofCalls: ReadonlyMap<number, readonly BindingId[]>;
  /** Constants, by the variable that they are a part of. */
  readonly ofNames: ReadonlyMap<BindingId, readonly BindingId[]>;
}

const takenApartIn = once(({ bindings }: FileFacts): TakenApart => {
  const ofCalls = new Map<number, BindingId[]>();
  const ofNames = new Map<BindingId, BindingId[]>();
  for (const [id, binding] of bindings.entries()) {
    const root = takenApart(binding);
    if (root === undefined) continue;
    enter(ofCalls, root.at.start, id);
    if (binding.kind === 'const' && root.kind === 'name' && root.binding !== undefined)
      enter(ofNames, root.binding, id);
  }
  return { ofCalls, ofNames };
});

function enter(table: Map<number, BindingId[]>, key: number, id: BindingId): void {
  const ids = table.get(key);
  if (ids) ids.push(id);
  else table.set(key, [id]);
}

/** What a binding is a part of: the call of `{ rows }`, the variable of `result.rows[0]`. */
function takenApart({ init }: BindingFact): Expr | undefined {
  let at = init?.kind === 'member' ? init.object : undefined;
  while (at?.kind === 'member') at = at.object;
  return at;
}
