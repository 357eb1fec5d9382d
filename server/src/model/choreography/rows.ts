// The rows that functions keep of something that goes on, in a database or in memory, and the states that they set there.
import type { Action, CallAction } from '../../facts/actions.ts';
import type { Expr } from '../../facts/expressions.ts';
import type { FileFacts } from '../../facts/facts.ts';
import { actionsIn, callsIn, exprsOf, partsOf } from '../../facts/walk.ts';
import { holds, type FilePath } from '../../text.ts';
import { calleeName } from '../fileIndex.ts';
import type { Effect, EventModel, FunctionNode } from '../model.ts';
import { wordsOf } from '../names/names.ts';
import { storeOf } from '../producers/sent.ts';
import { tableNamed } from './storedBefore.ts';

export interface Row {
  /** Rows of one key are of one table, or of one collection in memory. */
  readonly key: string;
  /** As a reader calls its table; absent where the code calls it no more than a repository. */
  readonly name?: string;
  /** The file that writes it. */
  readonly file: FilePath;
  /** The call of the function itself that writes it. */
  readonly head: number;
}

const stateName = /(?:^|_|[a-z\d](?=[A-Z]))(?:status|state|phase|stage)$/i;
/** What sets a state, by its name: `updateStatus`, `markPaid`, `confirmOrder`. */
const setting =
  /stat(?:us|e)(?![a-z])|^(?:mark|transition|confirm|cancel|reject|approve|complete|fail|settle|finish|finali[sz]e)(?![a-z])/i;
const open =
  /^(?:pending|waiting|await|awaiting|requested|initiated|started|created|placed|new|submitted|received|queued|open|progress|\w{3,}ing)$/;
const kept = /outbox|inbox|processed|idempot|dedup|event_?store|events?$|log$|audit|history|journal/i;

/** What a function writes: `run` are the functions through which it does so. */
export function rowsIn(model: EventModel, fn: FunctionNode, run: readonly FunctionNode[]): readonly Row[] {
  const service = model.serviceOf(fn.file);
  const stored = model.bodyOf(fn).effects.flatMap((it) => {
    const isOwn = it.role.kind === 'write' && it.role.operation !== 'delete' && !it.runs;
    if (!isOwn || model.serviceOf(it.file) !== service || kept.test(storeOf(it))) return [];
    const table = tableNamed(storeOf(it));
    const named = table === '' ? { key: it.file } : { key: table, name: storeOf(it) };
    return [{ ...named, file: it.file, head: (it.via[0] ?? it).at.start }];
  });
  return [...stored, ...run.filter((it) => it.file === fn.file).flatMap((it) => inMemory(model, it))];
}

/** Whether something is written into the table of a row, or by the file that writes it where nobody can read into which. */
export function isWritten(effect: Effect, { key, file }: Row): boolean {
  const table = tableNamed(storeOf(effect));
  return table === '' || key === file ? effect.file === file : table === key;
}

/** `orders[order.id] = order`, `orders.set(order.id, order)` and `orders[id].status = 'PAID'`, of a collection that the file keeps. */
function inMemory({ files }: EventModel, { file, fact }: FunctionNode): readonly Row[] {
  const facts = files.get(file);
  if (!facts) return [];
  return actionsIn(fact.body).flatMap((it) => {
    const collection = collectionIn(it);
    const name = collection && keptAs(facts, collection);
    return collection && name ? [{ key: `${file} ${name}`, file, name, head: collection.at.start }] : [];
  });
}

function collectionIn(action: Action): Expr | undefined {
  if (action.kind === 'call') {
    const { callee, args } = action.call;
    return callee.kind === 'member' && callee.name === 'set' && args.length === 2 ? callee.object : undefined;
  }
  if (action.kind !== 'assign' || action.target.kind !== 'member') return undefined;
  const { target } = action;
  const entry = stateName.test(target.name) ? target.object : target;
  return entry.kind === 'member' && entry.name === '[]' ? entry.object : undefined;
}

/** The variable of the module, or the field, that holds it. */
function keptAs({ bindings }: FileFacts, expr: Expr): string | undefined {
  if (expr.kind === 'member') return expr.object.kind === 'this' ? expr.name : undefined;
  const binding = expr.kind === 'name' && expr.binding !== undefined ? bindings[expr.binding] : undefined;
  return binding?.isTopLevel ? binding.name : undefined;
}

/** Whether any of the functions sets a state. */
export function setsStateIn(model: EventModel, run: readonly FunctionNode[]): boolean {
  return run.some((fn) => statesAt(model, fn).length > 0 || callsSetter(fn));
}

function callsSetter({ fact }: FunctionNode): boolean {
  return callsIn(fact.body).some((it) => !it.isNew && isSetter(it));
}

function isSetter({ call, roles }: CallAction): boolean {
  return setting.test(calleeName(call.callee) ?? '') && !roles.some((it) => it.kind === 'read');
}

/** The state in which any of the functions leaves what it begins: `PENDING` of `{ status: OrderStatus.PENDING }`. */
export function stateBegunIn(model: EventModel, run: readonly FunctionNode[]): string | undefined {
  return run
    .flatMap((fn) => statesAt(model, fn))
    .flatMap((it) => namedBy(it) ?? [])
    .find((it) => wordsOf(it).some((word) => open.test(word)));
}

/** What a function gives where it sets a state. */
function statesAt({ files }: EventModel, { file, fact }: FunctionNode): readonly Expr[] {
  const made = (files.get(file)?.bindings ?? []).flatMap(({ at, init }) =>
    init && holds(fact.span, at) ? entriesOf(init) : [],
  );
  const set = actionsIn(fact.body).flatMap((it): readonly Expr[] => {
    if (it.kind === 'call' && it.roles.some((role) => role.kind === 'read')) return [];
    const inside = exprsOf(it).flatMap(entriesOf);
    const isSet = it.kind === 'assign' && it.target.kind === 'member' && stateName.test(it.target.name);
    if (isSet) return [...inside, it.value];
    return it.kind === 'call' && isSetter(it) ? [...inside, ...it.call.args] : inside;
  });
  return [...made, ...set];
}

/** What stands under keys that hold a state. */
function entriesOf(expr: Expr): readonly Expr[] {
  if (expr.kind !== 'object') return partsOf(expr).flatMap(entriesOf);
  const asked = expr.entries.filter((it) => it.key !== 'where');
  const own = asked.flatMap((it) => (stateName.test(it.key) ? [it.value] : []));
  return [...own, ...asked.flatMap((it) => entriesOf(it.value))];
}

/** `'PENDING'`, `OrderStatus.PENDING`. */
function namedBy(expr: Expr): string | undefined {
  if (expr.kind === 'string') return expr.value;
  const isConstant = expr.kind === 'member' && expr.object.kind === 'name' && /^[A-Z]/.test(expr.object.name);
  return isConstant ? expr.name : undefined;
}
