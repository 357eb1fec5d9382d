// State that a handler loads by the message it handles, and gives up on where it is not there yet.
import type { CallAction, IfAction } from '../../facts/actions.ts';
import type { Expr } from '../../facts/expressions.ts';
import type { BindingFact, FunctionFact } from '../../facts/facts.ts';
import { callsIn } from '../../facts/walk.ts';
import type { FilePath, Span } from '../../text.ts';
import type { Level } from '../calls/handling.ts';
import { bindingOf, lastName } from '../calls/handling.ts';
import { reached, type Reached } from '../calls/reached.ts';
import { isHandledPart } from '../consumers/handledParts.ts';
import { startedBy } from '../delivery/startedWork.ts';
import { pathOf } from '../effects/effects.ts';
import { isInStore, isMemoryStore, itemOf } from '../effects/memoryStores.ts';
import { swallowIn } from '../failures/swallowing.ts';
import { eachAction } from '../fileIndex.ts';
import type { ConsumerNode, Effect, EventModel } from '../model.ts';
import { checkOf, givesUp, guardIn, isPresence, isQuiet, throws } from './absenceChecks.ts';
import { isMadeByAnother } from './madeByAnother.ts';
import { isStoredBefore } from './storedBefore.ts';

export interface Absence {
  readonly consumer: ConsumerNode;
  readonly file: FilePath;
  /** The variable that receives the load, or the store where the state is asked for. */
  readonly variable: Pick<BindingFact, 'name' | 'at'>;
  /** What loads, as a reader calls it. */
  readonly loaded: string;
  /** Where the work ends when nothing was found. */
  readonly check: Span;
  /** The check stands in a function whose caller goes on with what it gives. */
  readonly isPassedOver: boolean;
}

/** All of them, each load once. */
export function* absences(model: EventModel): Iterable<Absence> {
  const seen = new Set<string>();
  for (const { of: consumer, said } of model.saidOfConsumers('absences', (it) => absencesOf(model, it))) {
    const place = `${said.file}:${said.variable.at.start}`;
    if (seen.has(place)) continue;
    seen.add(place);
    yield { consumer, ...said };
  }
}

type Found = Omit<Absence, 'consumer'>;

function* absencesOf(model: EventModel, consumer: ConsumerNode): Iterable<Found> {
  if (consumer.fact.isRequest || !consumer.handler) return;
  const swallow = swallowIn(model, consumer)?.fn.fact;
  const left = consumer.transport === 'broker' ? startedBy(model, consumer)?.action : undefined;
  const ending: Ending = (it) =>
    it.entry.fact === swallow || (left && (it.action === left || consumer.runBy?.action === left)) === true;
  const seen = new Set<FunctionFact>();
  for (const here of reached(model, consumer.handler)) {
    yield* absencesIn(here, consumer, ending);
    if (seen.has(here.fn.fact) || consumer.transport === 'in-process') continue;
    seen.add(here.fn.fact);
    yield* unkeptIn(here);
  }
}

/** `if (orders[event.orderId]) orders[event.orderId].status = 'paid';`, and nothing else. */
function* unkeptIn(here: Reached): Iterable<Found> {
  const { file, fact } = here.fn;
  const guard = guardIn(here, fact.body, (condition) => {
    const item = itemOf(condition);
    return (
      item !== undefined &&
      isHandledPart(here, file, item.id) &&
      isMemoryStore(here.model, file, item.store, fact.span)
    );
  });
  const store = guard && itemOf(guard.condition)?.store;
  const name = store?.kind === 'name' || store?.kind === 'member' ? store.name : undefined;
  if (!guard || !store || name === undefined) return;
  const isChanged = eachAction(guard.then).some((it) => it.kind === 'assign' && isInStore(it.target, store));
  if (isChanged)
    yield {
      file,
      variable: { name, at: store.at },
      loaded: name,
      check: guard.condition.at,
      isPassedOver: false,
    };
}

/** Whether a failure gets no further than here: it is caught, or nobody waits for what fails. */
type Ending = (level: Level) => boolean;

/** The load by the last level's call, where its function gives up without a result. */
function* absencesIn(here: Reached, consumer: ConsumerNode, isEnding: Ending): Iterable<Found> {
  const load = here.levels.at(-1)?.action;
  const held = load && heldOf(here, load);
  const variable = held?.[0];
  if (!load || !held || !variable || !isLoad(here, load)) return;
  if (consumer.transport === 'in-process' && !/saga|process|workflow|instance/i.test(variable.name)) return;
  const { file, fact } = here.fn;
  const loaded = pathOf(load.call.callee);
  const isEnded = here.levels.some(isEnding);
  const thrown = isEnded ? checkOf(here, fact.body, held, throws) : undefined;
  if (thrown && isMadeByAnother(here, consumer, load))
    yield* swallowed(here, { load, held }, { file, variable, loaded, check: thrown.at, isPassedOver: false });
  const guard = wholeWork(here, held);
  const check = checkOf(here, fact.body, held, givesUp) ?? guard;
  if (!check) return;
  const at = check === guard ? check.condition.at : check.at;
  if (!isMovedOn(here, { load, held }, at) || isStoredBefore(here.model, consumer, load)) return;
  const found = { file, variable, loaded, check: at, isPassedOver: false };
  const caller = here.levels.at(-2);
  const gives = check !== guard && check.then.some((it) => it.kind === 'return' && it.value);
  if (!caller || !gives || caller.action.settled === 'dropped') yield found;
  else yield* passedOver(here, caller, found);
}

/** A guard with no other effect beside it, on the way of a message that was not given up before. */
function wholeWork(here: Reached, held: readonly BindingFact[]): IfAction | undefined {
  const { body } = here.fn.fact;
  const guard = guardIn(here, body, (it) => isPresence(here, it, held));
  const inside = callsIn(guard?.then ?? []).map(({ call }) => call.at.start);
  const isBeside = ({ via, at }: Effect): boolean => !inside.includes((via[0]?.at ?? at).start);
  if (!guard || here.model.bodyOf(here.fn).effects.some(isBeside)) return undefined;
  const isLooped = eachAction(body).some((it) => it.kind === 'loop' && eachAction(it.body).includes(guard));
  return isLooped || here.levels.some(isInCatch) ? undefined : guard;
}

function isInCatch({ entry, action }: Level): boolean {
  return eachAction(entry.fact.body).some(
    (it) => it.kind === 'try' && eachAction(it.handler ?? []).includes(action),
  );
}

/** What is thrown for state that is not there yet ends in the consumer, where it loads or where a helper does. */
function* swallowed(here: Reached, loaded: Loaded, found: Found): Iterable<Found> {
  if (isMovedOn(here, loaded, found.check)) yield found;
  const caller = here.levels.at(-2);
  const variable = caller && bindingOf(here.model, caller.entry.file, caller.action.result);
  if (!caller || !variable || !gives(here.fn.fact, loaded.held)) return;
  const { file } = caller.entry;
  const above = { ...here, levels: here.levels.slice(0, -1), fn: caller.entry };
  const isUsed = isMovedOn(
    above,
    { load: caller.action, held: [variable], isTakenAway: true },
    caller.action.call.span,
  );
  if (isUsed) yield { ...found, file, variable, loaded: pathOf(caller.action.call.callee) };
}

/** Whether a function returns what it loaded. */
function gives({ body }: FunctionFact, held: readonly BindingFact[]): boolean {
  return eachAction(body).some(
    (it) =>
      it.kind === 'return' &&
      it.value?.kind === 'name' &&
      held.some(({ name }) => it.value?.kind === 'name' && name === it.value.name),
  );
}

/** `return null` of a helper: the handler has to look, and does not. */
function* passedOver(here: Reached, caller: Level, found: Found): Iterable<Found> {
  const { file, fact } = caller.entry;
  const variable = bindingOf(here.model, file, caller.action.result);
  if (!variable) return;
  for (const action of eachAction(fact.body)) {
    if (action.kind === 'if' && mentions(here.model, file, action.condition, variable)) return;
  }
  yield { ...found, file, variable, loaded: pathOf(caller.action.call.callee), isPassedOver: true };
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
/**
 * What is no stored thing of the domain, also where it is written by `client.send(new PutCommand(…))`. Messages that came too early are
 * laid aside, and none there is the good case.
 */
const besideRows =
  /parked|buffer|deferred|postponed|(?<![a-z])re-?ordering|out_?of_?order|early_?(?:event|message)|cache|redis|config|setting|flag|inbox|processed|dedup|lock|session|token|idempot|outbox|queue|(?:map|registry)\./i;
/** Who is asked by these gives an answer, and no row. */
const besides = new RegExp(`${besideRows.source}|http|api|client`, 'i');

/** One stored thing by an id of the handled message, whatever its version. */
function isLoad(here: Reached, { call, roles, settled, isNew }: CallAction): boolean {
  const name = lastName(call.callee);
  const path = pathOf(call.callee);
  // What an update gives back was changed by it: none of it says that the row was not in that state.
  if (isNew || roles.some((it) => it.kind === 'write')) return false;
  if (isMemoryLoad(here, call)) return true;
  if (settled !== 'awaited' && settled !== 'collected') return false;
  if (!loads.test(name) || (lists.test(name) && !/address|status|process$/i.test(name))) return false;
  if (besides.test(path) || roles.some((it) => it.kind === 'remote' || it.kind === 'guard')) return false;
  if (!roles.some((it) => it.kind === 'read') && !stores.test(path)) return false;
  const args = argumentsOf(call);
  if (args.some((it) => namesVersion(it))) return false;
  return args.some((it) => isHandledPart(here, here.fn.file, it));
}

/** `orders.get(event.orderId)` of a map that other code of the program fills. */
function isMemoryLoad(here: Reached, { callee, args }: CallAction['call']): boolean {
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

interface Loaded {
  readonly load: CallAction;
  readonly held: readonly BindingFact[];
  /** What it is loaded for may also be that it is deleted. */
  readonly isTakenAway?: true;
}

/** The message changes what was loaded: only then does it matter that it came too early. */
function isMovedOn(here: Reached, { load, held, isTakenAway }: Loaded, check: Span): boolean {
  const { file, fact } = here.fn;
  const writes = here.model
    .bodyOf(here.fn)
    .effects.filter(
      (it) =>
        it.role.kind === 'write' &&
        (isTakenAway === true || it.role.operation !== 'delete') &&
        (it.via[0] ?? it).at.start > check.end &&
        !besideRows.test(it.name),
    );
  if (writes.length === 0 && !isMemoryLoad(here, load.call)) return false;
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
