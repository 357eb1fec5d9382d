// State that a handler loads by the message it handles, and gives up on where it is not there yet.
import type { Action, CallAction, IfAction } from '../facts/actions.ts';
import type { Expr } from '../facts/expressions.ts';
import type { BindingFact } from '../facts/facts.ts';
import type { FilePath, Span } from '../text.ts';
import { acknowledges, refuses } from './acknowledging.ts';
import { pathOf } from './effects.ts';
import { blocksOf, eachAction } from './fileIndex.ts';
import { isHandledPart } from './handledParts.ts';
import type { Level } from './handling.ts';
import { bindingOf, lastName } from './handling.ts';
import type { ConsumerNode, Effect, EventModel } from './model.ts';
import { reached, type Reached } from './reached.ts';
import { isStoredBefore } from './storedBefore.ts';

export interface Absence {
  readonly consumer: ConsumerNode;
  readonly file: FilePath;
  /** The variable that receives the load, and the call that loads. */
  readonly variable: BindingFact;
  readonly load: CallAction;
  /** Where the work ends when nothing was found. */
  readonly check: Span;
  /** The check stands in a function whose caller goes on with what it gives. */
  readonly isPassedOver: boolean;
}

/** All of them, each load once. */
export function* absences(model: EventModel): Iterable<Absence> {
  const seen = new Set<CallAction>();
  for (const { of: consumer, said } of model.saidOfConsumers('absences', (it) => absencesOf(model, it))) {
    if (seen.has(said.load)) continue;
    seen.add(said.load);
    yield { consumer, ...said };
  }
}

type Found = Omit<Absence, 'consumer'>;

function* absencesOf(model: EventModel, consumer: ConsumerNode): Iterable<Found> {
  if (consumer.fact.isRequest || !consumer.handler) return;
  for (const here of reached(model, consumer.handler)) {
    yield* absencesIn(here, consumer);
  }
}

/** The load by the last level's call, where its function gives up without a result. */
function* absencesIn(here: Reached, consumer: ConsumerNode): Iterable<Found> {
  const load = here.levels.at(-1)?.action;
  const held = load && heldOf(here, load);
  const variable = held?.[0];
  if (!load || !held || !variable || !isLoad(here, load)) return;
  if (consumer.transport === 'in-process' && !/saga|process|workflow|instance/i.test(variable.name)) return;
  const { file, fact } = here.fn;
  const check = checkOf(here, fact.body, held);
  if (!check || !isMovedOn(here, { load, held }, check.at)) return;
  if (isStoredBefore(here.model, consumer, load)) return;
  const found = { file, variable, load, check: check.at, isPassedOver: false };
  const caller = here.levels.at(-2);
  const gives = check.then.some((it) => it.kind === 'return' && it.value);
  if (!caller || !gives || caller.action.settled === 'dropped') yield found;
  else yield* passedOver(here, caller, found);
}

/** `return null` of a helper: the handler has to look, and does not. */
function* passedOver(here: Reached, caller: Level, found: Found): Iterable<Found> {
  const { file, fact } = caller.entry;
  const variable = bindingOf(here.model, file, caller.action.result);
  if (!variable) return;
  for (const action of eachAction(fact.body)) {
    if (action.kind === 'if' && mentions(here.model, file, action.condition, variable)) return;
  }
  yield { ...found, file, variable, load: caller.action, isPassedOver: true };
}

/** The variable that receives the load, and those that take it apart: `rows` of `{ rows }`, `order` of `rows[0]`. */
function heldOf(here: Reached, { call, result }: CallAction): readonly BindingFact[] {
  const bindings = here.model.files.get(here.fn.file)?.bindings ?? [];
  const received = bindingOf(here.model, here.fn.file, result);
  const held = bindings.filter((it) => it === received || takenApart(it)?.at.start === call.at.start);
  const parts = bindings.filter((it) => {
    const root = it.kind === 'const' ? takenApart(it) : undefined;
    return root?.kind === 'name' && held.includes(bindings[root.binding ?? -1] ?? it) && !held.includes(it);
  });
  return [...held, ...parts];
}

/** What a binding is a part of: the call of `{ rows }`, the variable of `result.rows[0]`. */
function takenApart({ init }: BindingFact): Expr | undefined {
  let at = init?.kind === 'member' ? init.object : undefined;
  while (at?.kind === 'member') at = at.object;
  return at;
}

const loads = /^(?:find|get|load|fetch|read|query|select|retrieve|lookup|by[A-Z]|one|first|ofId)/;
const lists = /all$|many|list|s$|^findBy$|count|exists/i;
const stores = /repo|store|dao|manager|prisma|orm|\bdb\b|\bem\b|collection|table|model|saga|^[A-Z]|service/i;
const besides =
  /cache|redis|config|setting|flag|inbox|processed|dedup|lock|session|token|idempot|outbox|queue|http|api|client|(?:map|registry)\./i;

/** One stored thing by an id of the handled message, whatever its version. */
function isLoad(here: Reached, { call, roles, settled, isNew }: CallAction): boolean {
  const name = lastName(call.callee);
  const path = pathOf(call.callee);
  // What an update gives back was changed by it: none of it says that the row was not in that state.
  if (isNew || roles.some((it) => it.kind === 'write')) return false;
  if (settled !== 'awaited' && settled !== 'collected') return false;
  if (!loads.test(name) || (lists.test(name) && !/address|status|process$/i.test(name))) return false;
  if (besides.test(path) || roles.some((it) => it.kind === 'remote' || it.kind === 'guard')) return false;
  if (!roles.some((it) => it.kind === 'read') && !stores.test(path)) return false;
  if (call.args.some((it) => namesVersion(it))) return false;
  return call.args.some((it) => isHandledPart(here, here.fn.file, it));
}

function namesVersion(expr: Expr): boolean {
  if (expr.kind === 'object')
    return expr.entries.some((it) => /version|sequence/i.test(it.key) || namesVersion(it.value));
  return (expr.kind === 'member' || expr.kind === 'name') && /version|sequence/i.test(expr.name);
}

/** `if (!order) { log(); return; }`. */
function checkOf(here: Reached, list: readonly Action[], held: readonly BindingFact[]): IfAction | undefined {
  for (const action of list) {
    const isCheck = action.kind === 'if' && isAbsence(here, action.condition, held);
    if (isCheck) return action.otherwise.length === 0 && givesUp(here, action.then) ? action : undefined;
    for (const inner of blocksOf(action)) {
      const found = checkOf(here, inner, held);
      if (found) return found;
    }
  }
  return undefined;
}

function isAbsence(here: Reached, condition: Expr, held: readonly BindingFact[]): boolean {
  if (condition.kind !== 'operation') return false;
  const [left, right] = condition.of;
  if (condition.operator === '||') return condition.of.some((it) => isAbsence(here, it, held));
  if (!left || !isOf(here, left, held)) return false;
  if (condition.operator === '!') return true;
  const isNothing = right?.kind === 'literal' || (right?.kind === 'name' && right.name === 'undefined');
  return /^===?$/.test(condition.operator) && isNothing;
}

/** What was loaded, or how much: `order`, `rows[0]`, `result.rows.length`. */
function isOf(here: Reached, expr: Expr, held: readonly BindingFact[]): boolean {
  if (expr.kind === 'member')
    return /^(?:rows|length|rowCount|\[\]|item)$/i.test(expr.name) && isOf(here, expr.object, held);
  const binding = expr.kind === 'name' ? bindingOf(here.model, here.fn.file, expr.binding) : undefined;
  return binding !== undefined && held.includes(binding);
}

/** Nothing but a log line or an acknowledgement, and then the end. */
function givesUp(here: Reached, list: readonly Action[]): boolean {
  const last = list.at(-1);
  if (last?.kind !== 'return') return false;
  if (
    last.value &&
    last.value.kind !== 'literal' &&
    !(last.value.kind === 'name' && last.value.name === 'undefined')
  )
    return false;
  return list.slice(0, -1).every((it) => it.kind === 'call' && isQuiet(here, it));
}

function isQuiet({ model, fn }: Reached, action: CallAction): boolean {
  const { call, roles } = action;
  if (refuses(model, fn, action)) return false;
  return (
    acknowledges(model, fn, action) ||
    roles.some((it) => it.kind === 'log') ||
    /log|warn|console|debug|stringify/i.test(pathOf(call.callee))
  );
}

interface Loaded {
  readonly load: CallAction;
  readonly held: readonly BindingFact[];
}

/** The message changes what was loaded: only then does it matter that it came too early. */
function isMovedOn(here: Reached, { load, held }: Loaded, check: Span): boolean {
  const { file, fact } = here.fn;
  const writes = here.model
    .bodyOf(here.fn)
    .effects.filter(
      (it) =>
        it.role.kind === 'write' &&
        it.role.operation !== 'delete' &&
        (it.via[0] ?? it).at.start > check.end &&
        !besides.test(it.name),
    );
  if (writes.length === 0) return false;
  const table = load.roles.flatMap((it) => (it.kind === 'read' && it.store ? [it.store] : []))[0];
  const isOfTable = (it: Effect): boolean =>
    it.role.kind === 'write' && it.role.operation === 'update' && it.role.store === table;
  if (table !== undefined && writes.some(isOfTable)) return true;
  const isMentioned = (it: Expr): boolean => held.some((one) => mentions(here.model, file, it, one));
  for (const action of eachAction(fact.body)) {
    if (action.kind === 'assign' && action.at.start > check.end && isMentioned(action.target)) return true;
    if (action.kind !== 'call' || action.call.at.start < check.end || isQuiet(here, action)) continue;
    if ([action.call.callee, ...action.call.args].some(isMentioned)) return true;
  }
  return false;
}

function mentions(model: EventModel, file: FilePath, expr: Expr, variable: BindingFact): boolean {
  const deeper = (it: Expr): boolean => mentions(model, file, it, variable);
  if (expr.kind === 'name') return bindingOf(model, file, expr.binding) === variable;
  if (expr.kind === 'member') return deeper(expr.object);
  if (expr.kind === 'object') return expr.spreads.some(deeper) || expr.entries.some((it) => deeper(it.value));
  if (expr.kind === 'call' || expr.kind === 'new') return deeper(expr.callee) || expr.args.some(deeper);
  if (expr.kind === 'array') return expr.items.some(deeper);
  return (expr.kind === 'choice' || expr.kind === 'operation') && expr.of.some(deeper);
}
