// Updates that fail where there is no row yet, where nobody tries again what fails.
import type { CallAction } from '../../facts/actions.ts';
import type { WriteRole } from '../../facts/roles.ts';
import { callsIn } from '../../facts/walk.ts';
import { lastName } from '../calls/handling.ts';
import type { Reached } from '../calls/reached.ts';
import { isHandledPart } from '../consumers/handledParts.ts';
import { pathOf } from '../effects/effects.ts';
import type { IsLost } from '../failures/fates.ts';
import { isOfItem, outOfRepository, type GivenUp } from './givingUp.ts';
import { besideRows, isStateLoad } from './stateLoads.ts';

/** `prisma.order.update({ where: { id: event.orderId }, data })` before which nobody looks whether the order is there. */
export function* failingUpdateIn(here: Reached, isLost: IsLost): Iterable<GivenUp> {
  const action = here.levels.at(-1)?.action;
  const role = action && neededRow(action);
  const { file, fact } = here.fn;
  if (!role || !isHandledPart(here, file, role.where) || isOfItem(here) || !isLost(here.levels)) return;
  const loaded = pathOf(action.call.callee);
  const { at, span } = action.call;
  if (
    besideRows.test(loaded) ||
    callsIn(fact.body).some((it) => it.call.at.start < at.start && isAbout(here, it, role))
  )
    return;
  const variable = { name: lastName(action.call.callee), at };
  const check = { file, at: span };
  yield outOfRepository(here, {
    file,
    variable,
    loaded,
    check,
    isPassedOver: false,
    isThrown: true,
    isChange: true,
  });
}

type Needing = WriteRole & { readonly where: NonNullable<WriteRole['where']> };

/** Prisma's `update`, by nothing but an id, which throws for a row that is not there. */
function neededRow({ call, roles }: CallAction): Needing | undefined {
  const [how] = call.args;
  const keys = how?.kind === 'object' ? how.entries.map((it) => it.key) : [];
  if (lastName(call.callee) !== 'update' || !keys.includes('where') || !keys.includes('data'))
    return undefined;
  const role = roles.find((it): it is Needing => it.kind === 'write' && it.where !== undefined);
  const isById = role?.where.kind === 'object' && role.where.entries.length === 1;
  return isById && /^(?:update|increment)$/.test(role.operation) && !role.isConditional ? role : undefined;
}

/** It looks for the row, or makes it. */
function isAbout(here: Reached, action: CallAction, { store }: WriteRole): boolean {
  const isSame = action.roles.some(
    (it) => (it.kind === 'read' || (it.kind === 'write' && it.operation !== 'update')) && it.store === store,
  );
  return isSame || isStateLoad(here, action);
}
