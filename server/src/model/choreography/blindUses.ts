// State that is used without a look whether it was found: what that throws for a message that came too early nobody tries again.
import type { Action, CallAction } from '../../facts/actions.ts';
import type { Expr } from '../../facts/expressions.ts';
import type { BindingFact } from '../../facts/facts.ts';
import type { Span } from '../../text.ts';
import { lastName } from '../calls/handling.ts';
import type { Reached } from '../calls/reached.ts';
import { pathOf } from '../effects/effects.ts';
import type { IsLost } from '../failures/fates.ts';
import { eachAction } from '../fileIndex.ts';
import type { FunctionNode } from '../model.ts';
import { isMovedOn, isOfItem, mentions, valuesIn, type GivenUp, type Loaded } from './givingUp.ts';

/** `const order = await this.orders.findById(event.orderId); order.status = 'paid';`. */
export function* usedBlindlyIn(here: Reached, isLost: IsLost, loaded: Loaded): Iterable<GivenUp> {
  const { load, held } = loaded;
  const [variable] = held;
  const { file } = here.fn;
  const at = variable && mayGiveNothing(here, load) ? firstUse(here, load, variable) : undefined;
  if (!variable || !at || isOfItem(here) || !isMovedOn(here, loaded, load.call.span)) return;
  const check = { file, at };
  if (isLost(here.levels))
    yield { file, variable, loaded: pathOf(load.call.callee), check, isPassedOver: false, isThrown: true };
}

const finders = /^find(?:One|Unique|First|ById|ByPk|OneBy|OneById)$/;

/** A finder of a database, or a function that says so by what it returns. */
function mayGiveNothing({ model, fn }: Reached, { call, roles }: CallAction): boolean {
  const callees = model.program.calleesOf(fn.file, fn, call).filter((it) => !it.fact.isAbstract);
  if (callees.length > 0) return callees.some(givesNull);
  return finders.test(lastName(call.callee)) && roles.some((it) => it.kind === 'read');
}

function givesNull({ fact }: FunctionNode): boolean {
  const actions = eachAction(fact.body);
  const returned = actions.flatMap((it) => (it.kind === 'return' && it.value ? [it.value] : []));
  return (
    returned.some((it) => isNull(it) || (it.kind === 'choice' && it.of.some(isNull))) || actions.some(isFound)
  );
}

/** `return this.rows.findOne({ where: { id } });`. */
function isFound(it: Action): boolean {
  return (
    it.kind === 'call' &&
    it.settled === 'returned' &&
    finders.test(lastName(it.call.callee)) &&
    it.roles.some((role) => role.kind === 'read')
  );
}

function isNull(expr: Expr): boolean {
  return (
    (expr.kind === 'literal' && /^(?:null|undefined)$/.test(expr.text)) ||
    (expr.kind === 'name' && expr.name === 'undefined')
  );
}

/** Where something of the variable is read or set before anything else is done with it. */
function firstUse({ model, fn }: Reached, load: CallAction, variable: BindingFact): Span | undefined {
  for (const action of eachAction(fn.fact.body)) {
    if (action === load) continue;
    const values = action.kind === 'assign' ? [action.target, ...valuesIn(action)] : valuesIn(action);
    const [first] = values.filter((it) => mentions(model, fn.file, it, variable));
    if (first) return memberOf(first, (it) => mentions(model, fn.file, it, variable))?.at;
  }
  return undefined;
}

/** `order.status`, alone or as an argument; `order?.status` and what stands behind a condition ask first. */
function memberOf(expr: Expr, isIt: (expr: Expr) => boolean): Expr | undefined {
  const deeper = (it: Expr): Expr | undefined => memberOf(it, isIt);
  if (expr.kind === 'member' && expr.object.kind === 'name')
    return isIt(expr.object) && !expr.isOptional ? expr : undefined;
  if (expr.kind === 'member') return deeper(expr.object);
  const parts =
    expr.kind === 'call' || expr.kind === 'new'
      ? [expr.callee, ...expr.args]
      : expr.kind === 'object'
        ? expr.entries.map((it) => it.value)
        : expr.kind === 'array'
          ? expr.items
          : [];
  return parts.map(deeper).find((it) => it !== undefined);
}
