// Where a function ends that finds no state for the message it handles: it gives up, or throws what nobody tries again.
import type { Action, CallAction, IfAction } from '../../facts/actions.ts';
import type { Expr } from '../../facts/expressions.ts';
import type { BindingFact, FunctionFact } from '../../facts/facts.ts';
import { callsIn } from '../../facts/walk.ts';
import { holds, type FilePath, type Place, type Span } from '../../text.ts';
import { bindingOf, lastName, type Level } from '../calls/handling.ts';
import type { Reached } from '../calls/reached.ts';
import { pathOf } from '../effects/effects.ts';
import type { IsLost } from '../failures/fates.ts';
import { eachAction } from '../fileIndex.ts';
import type { Effect, EventModel } from '../model.ts';
import { checkOf, givesUp, guardIn, isPresence, isQuiet, throws } from './absenceChecks.ts';
import { besideRows, changesById, isMemoryLoad } from './stateLoads.ts';
import { repositories } from './storedBefore.ts';

/** A load, and where the work ends that finds nothing by it. */
export interface GivenUp {
  readonly file: FilePath;
  /** The variable that receives the load, or the store where the state is asked for. */
  readonly variable: Pick<BindingFact, 'name' | 'at'>;
  /** What loads, as a reader calls it. */
  readonly loaded: string;
  /** Where the work ends when nothing was found. */
  readonly check: Place;
  /** The check stands in a function whose caller goes on with what it gives. */
  readonly isPassedOver: boolean;
  /** What is thrown for it ends on the way to the broker. */
  readonly isThrown?: true;
  /** It asks for all that belong to the message, of which there may be none. */
  readonly isList?: true;
  /** It asks for nothing, and changes what has to be there. */
  readonly isChange?: true;
}

export interface Loaded {
  readonly load: CallAction;
  readonly held: readonly BindingFact[];
  /** What it is loaded for may also be that it is deleted. */
  readonly isTakenAway?: true;
}

/** Nothing is found, and the message is let go: `if (!order) return;`. */
export function* givenUpIn(here: Reached, loaded: Loaded): Iterable<GivenUp> {
  const { load, held } = loaded;
  const [variable] = held;
  const { fact } = here.fn;
  const guard = wholeWork(here, held);
  const check = checkOf(here, fact.body, held, givesUp) ?? guard;
  if (!check || !variable) return;
  const at = check === guard ? check.condition.at : check.at;
  if (!isMovedOn(here, loaded, at)) return;
  const found = givenUpAt(here, load, variable, at);
  const gives = check !== guard && check.then.some((it) => it.kind === 'return' && it.value);
  if (gives) yield* givenTo(here, here.levels.length - 2, found);
  else yield found;
}

function givenUpAt(
  { fn: { file } }: Reached,
  { call }: CallAction,
  variable: BindingFact,
  at: Span,
): GivenUp {
  return { file, variable, loaded: pathOf(call.callee), check: { file, at }, isPassedOver: false };
}

/** None is found, and a loop over what was found has nothing to do: `for (const reservation of reservations) …`. */
export function* nothingToDoIn(here: Reached, { load, held }: Loaded): Iterable<GivenUp> {
  const [variable] = held;
  const { file, fact } = here.fn;
  const actions = eachAction(fact.body);
  const isAsked = (it: Action): boolean =>
    it.kind === 'if' &&
    !isPresence(here, it.condition, held) &&
    held.some((one) => mentions(here.model, file, it.condition, one));
  if (!variable || actions.some(isAsked)) return;
  const { effects } = here.model.bodyOf(here.fn);
  const isWorked = (it: Action): boolean =>
    it.kind === 'loop' &&
    it.over?.kind === 'name' &&
    bindingOf(here.model, file, it.over.binding) === variable &&
    effects.some((one) => one.role.kind === 'write' && holds(it.at, (one.via[0] ?? one).at));
  const loop = actions.find(isWorked);
  if (loop && loop.kind === 'loop') yield { ...givenUpAt(here, load, variable, loop.at), isPassedOver: true };
}

/** Nothing is found, and what is thrown for it ends before it comes to a broker that would try again. */
export function* thrownIn(here: Reached, isLost: IsLost, loaded: Loaded): Iterable<GivenUp> {
  const { load, held } = loaded;
  const [variable] = held;
  const { fact } = here.fn;
  const at = throwsItself.test(lastName(load.call.callee))
    ? load.call.span
    : checkOf(here, fact.body, held, throws)?.at;
  if (!variable || !at || isOfItem(here) || !isLost(here.levels)) return;
  const found = givenUpAt(here, load, variable, at);
  for (const it of swallowed(here, loaded, found)) yield { ...it, isThrown: true };
}

/** `findOneByOrFail`, `findUniqueOrThrow`. */
const throwsItself = /Or(?:Fail|Throw)$/;

/** A guard with no other effect beside it, on the way of a message that was not given up before. */
function wholeWork(here: Reached, held: readonly BindingFact[]): IfAction | undefined {
  const { body } = here.fn.fact;
  const guard = guardIn(here, body, (it) => isPresence(here, it, held));
  const inside = callsIn(guard?.then ?? []).map(({ call }) => call.at.start);
  const isBeside = ({ via, at, name }: Effect): boolean =>
    !inside.includes((via[0]?.at ?? at).start) && !besideRows.test(name);
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
function* swallowed(here: Reached, loaded: Loaded, found: GivenUp): Iterable<GivenUp> {
  if (isMovedOn(here, loaded, found.check.at)) yield outOfRepository(here, found);
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

/** What a repository throws is read where the handler's work calls it. */
export function outOfRepository({ fn, levels }: Reached, found: GivenUp): GivenUp {
  const caller = levels.at(-2);
  if (!caller || !repositories.test(fn.fact.owner ?? '')) return found;
  const { callee, at } = caller.action.call;
  const variable = { name: lastName(callee), at };
  return { ...found, file: caller.entry.file, variable, loaded: pathOf(callee) };
}

/** It stands in a loop over the items of the message: what they name, a product or a price, no message has made. */
export function isOfItem({ model, levels }: Reached): boolean {
  return levels.some(({ entry, action: { call } }) => {
    const inside = model.files.get(entry.file)?.functions.filter((it) => holds(entry.fact.span, it.span));
    const around = inside?.filter((it) => holds(it.span, call.span)) ?? [];
    return around.some((fn) =>
      eachAction(fn.body).some(
        (it) =>
          it.kind === 'loop' &&
          it.over !== undefined &&
          !/records|messages|events|batch/i.test(pathOf(it.over)) &&
          holds(it.at, call.span),
      ),
    );
  });
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

/** `return null` of a helper, which callers may hand on: one of them has to look, and the one that goes on does not. */
function* givenTo(here: Reached, index: number, found: GivenUp): Iterable<GivenUp> {
  const caller = here.levels[index];
  if (!caller || isUnread(here.model, caller)) yield found;
  else if (isGivenOn(caller)) yield* givenTo(here, index - 1, found);
  else yield* passedOver(here, caller, found);
}

/** `return this.bus.execute(command)`. */
function isGivenOn({ entry, action }: Level): boolean {
  return eachAction(entry.fact.body).some(
    (it) => it.kind === 'return' && it.value?.kind === 'call' && it.value.at.start === action.call.at.start,
  );
}

/** `await this.orders.confirm(event.orderId);`, as a statement. */
function isUnread(model: EventModel, { entry, action }: Level): boolean {
  if (action.settled === 'dropped') return true;
  if (action.settled !== 'awaited' || bindingOf(model, entry.file, action.result)) return false;
  return !eachAction(entry.fact.body).some((it) => valuesIn(it).some((one) => holdsCall(one, action)));
}

export function valuesIn(action: Action): readonly Expr[] {
  if (action.kind === 'if') return [action.condition];
  if (action.kind === 'call') return [action.call.callee, ...action.call.args];
  if (action.kind === 'assign' || action.kind === 'return') return action.value ? [action.value] : [];
  if (action.kind === 'switch') return [action.on];
  return action.kind === 'loop' ? [action.over, action.condition].filter((it) => it !== undefined) : [];
}

function holdsCall(expr: Expr, action: CallAction): boolean {
  const deeper = (it: Expr): boolean => holdsCall(it, action);
  if (expr.kind === 'call') {
    if (expr.at.start === action.call.at.start) return true;
    return deeper(expr.callee) || expr.args.some(deeper);
  }
  if (expr.kind === 'member') return deeper(expr.object);
  if (expr.kind === 'object') return expr.entries.some((it) => deeper(it.value)) || expr.spreads.some(deeper);
  if (expr.kind === 'array') return expr.items.some(deeper);
  return (expr.kind === 'choice' || expr.kind === 'operation') && expr.of.some(deeper);
}

/** The caller has to look at what it is given, and does not. */
function* passedOver(here: Reached, caller: Level, found: GivenUp): Iterable<GivenUp> {
  const { file, fact } = caller.entry;
  const variable = bindingOf(here.model, file, caller.action.result);
  if (!variable) return;
  for (const action of eachAction(fact.body)) {
    if (action.kind === 'if' && mentions(here.model, file, action.condition, variable)) return;
  }
  yield { ...found, file, variable, loaded: pathOf(caller.action.call.callee), isPassedOver: true };
}

/** The message changes what was loaded: only then does it matter that it came too early. */
export function isMovedOn(here: Reached, { load, held, isTakenAway }: Loaded, check: Span): boolean {
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
  if (changesById(load)) return true;
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

export function mentions(model: EventModel, file: FilePath, expr: Expr, variable: BindingFact): boolean {
  const deeper = (it: Expr): boolean => mentions(model, file, it, variable);
  if (expr.kind === 'name') return bindingOf(model, file, expr.binding) === variable;
  if (expr.kind === 'member') return deeper(expr.object);
  if (expr.kind === 'object') return expr.spreads.some(deeper) || expr.entries.some((it) => deeper(it.value));
  if (expr.kind === 'call' || expr.kind === 'new') return deeper(expr.callee) || expr.args.some(deeper);
  if (expr.kind === 'array') return expr.items.some(deeper);
  return (expr.kind === 'choice' || expr.kind === 'operation') && expr.of.some(deeper);
}
